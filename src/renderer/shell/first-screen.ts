import { ref, watch } from 'vue'

/** At the latest then the rest is loaded too, in ms: the list may be waiting for its engine. */
const PATIENCE = 2_000

/** True once the first screen stands; what it does not need is loaded and drawn only after that. */
export const firstScreenStands = ref(false)
/** The same for what is no component: settles then. */
export const firstScreen = new Promise<void>((resolve) =>
  watch(firstScreenStands, () => resolve(), { flush: 'sync', once: true }),
)

/** Called by what fills the first screen, as soon as it is drawn. */
export function firstScreenDone(): void {
  if (firstScreenStands.value) return
  // The frame in which the rows are painted comes first; the task after it can already take a key.
  requestAnimationFrame(() =>
    setTimeout(() => {
      // For profilers and the bench.
      performance.mark('first-screen')
      firstScreenStands.value = true
    }),
  )
}

setTimeout(() => (firstScreenStands.value = true), PATIENCE)
