import { defineAsyncComponent } from 'vue'

const load = () => import('./ComposerForm.vue')

/** The form with its editor, which is most of what this feature weighs: not part of the first screen. */
export const ComposerForm = defineAsyncComponent(load)

/** Fetches the form while nothing else is to be done, so that the first "Compose" opens at once. */
export function preloadComposerForm(): void {
  const run = () => void load().catch(() => {})
  // Not every browser says when it is idle.
  setTimeout(() => ('requestIdleCallback' in window ? window.requestIdleCallback(run) : run()), 3000)
}
