import { shallowRef } from 'vue'
import { defineStore } from 'pinia'

export type ToastAction = { readonly label: string; readonly run: () => void | Promise<void> }

export type Toast = {
  readonly id: number
  readonly text: string
  readonly tone: 'info' | 'success' | 'danger'
  readonly action?: ToastAction
  /** A second button. */
  readonly also?: ToastAction
  readonly transient: boolean
  /** Words that change by the second, shown instead of `text` until the time comes. */
  readonly countdown?: Countdown
}

/** `until` in ms; `text` gets the whole seconds that are left. */
type Countdown = { readonly until: number; readonly text: (seconds: number) => string }

type ToastOptions = {
  tone?: Toast['tone']
  /** A button in the toast, "Undo" for one; pressing it also closes the toast. */
  action?: ToastAction
  /** Another one before it: what else could be wanted now. */
  also?: ToastAction
  /** How long it stays, in ms; 0 until it is closed. */
  stays?: number
  /** Gives way to the next toast: only the last of a row of quick commands is worth its place. */
  transient?: boolean
  countdown?: Countdown
}

const STAYS = 6_000

/** Short messages at the bottom of the window, spoken by screen readers as they come. */
export const useToastsStore = defineStore('toasts', () => {
  const toasts = shallowRef<readonly Toast[]>([])
  const timers = new Map<number, { timer: ReturnType<typeof setTimeout>; ends: number }>()
  const paused = new Map<number, number>()
  let lastId = 0

  function close(id: number): void {
    clearTimeout(timers.get(id)?.timer)
    timers.delete(id)
    paused.delete(id)
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function closeIn(id: number, ms: number): void {
    timers.set(id, { timer: setTimeout(() => close(id), ms), ends: Date.now() + ms })
  }

  /** Shows a toast; returns the function that closes it early. */
  function show(text: string, options: ToastOptions = {}): () => void {
    const id = (lastId += 1)
    const toast: Toast = {
      id,
      text,
      tone: options.tone ?? 'info',
      transient: options.transient ?? false,
      ...(options.action && { action: options.action }),
      ...(options.also && { also: options.also }),
      ...(options.countdown && { countdown: options.countdown }),
    }
    // The same words twice tell nothing new.
    toasts.value
      .filter((before) => before.transient || before.text === text)
      .forEach((before) => close(before.id))
    toasts.value = [...toasts.value.slice(-3), toast]
    const stays = options.stays ?? (toast.tone === 'danger' ? 2 * STAYS : STAYS)
    if (stays > 0) closeIn(id, stays)
    return () => close(id)
  }

  /** Nothing disappears under the pointer or the focus (WCAG 2.2.1). */
  function pause(): void {
    for (const [id, { timer, ends }] of timers) {
      clearTimeout(timer)
      paused.set(id, Math.max(1_500, ends - Date.now()))
    }
    timers.clear()
  }

  function resume(): void {
    for (const [id, ms] of paused) closeIn(id, ms)
    paused.clear()
  }

  return { toasts, show, close, pause, resume }
})
