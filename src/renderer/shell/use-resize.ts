import { computed } from 'vue'

/** One arrow key moves an edge by so much, in CSS pixels. */
const STEP = 16

/**
 * An edge that is drawn by the pointer and moved by the keyboard: arrows by a step, Home and End to its limits.
 * All widths are CSS pixels; `set` is given whole ones between `min` and `max`. `reverse`: the pane lies at the right
 * of its edge. What it answers is bound to the element of the edge.
 */
export function useResize(edge: {
  width: () => number
  set: (width: number) => void
  min: () => number
  max: () => number
  reverse?: () => boolean
}) {
  const set = (next: number) => edge.set(Math.round(Math.max(edge.min(), Math.min(edge.max(), next))))
  const towards = () => (edge.reverse?.() ? -1 : 1)

  function onPointerdown(event: PointerEvent): void {
    event.preventDefault()
    const handle = event.currentTarget as HTMLElement
    handle.setPointerCapture(event.pointerId)
    const from = event.clientX
    const before = edge.width()
    const move = (moved: PointerEvent) => set(before + (moved.clientX - from) * towards())
    const done = () => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('lostpointercapture', done)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', done)
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft') set(edge.width() - STEP * towards())
    else if (event.key === 'ArrowRight') set(edge.width() + STEP * towards())
    else if (event.key === 'Home') set(edge.min())
    else if (event.key === 'End') set(edge.max())
    else return
    event.preventDefault()
    // What lies around it may know the same keys.
    event.stopPropagation()
  }

  return computed(() => ({
    role: 'separator',
    tabindex: 0,
    'aria-orientation': 'vertical' as const,
    'aria-valuenow': edge.width(),
    'aria-valuemin': edge.min(),
    'aria-valuemax': edge.max(),
    onPointerdown,
    onKeydown,
  }))
}
