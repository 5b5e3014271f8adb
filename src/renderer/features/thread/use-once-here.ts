import { effectScope, watch } from 'vue'

/**
 * A key may be quicker than the engine: what it asks for waits for the conversation, unless that is left before.
 * @returns what runs `run` once the conversation is here, if it `can` be done then. Call in a component.
 */
export function useOnceHere(here: () => boolean) {
  // Ends with the component.
  const waits = effectScope()
  return (can: () => boolean, run: () => Promise<void>) => async (): Promise<void> => {
    if (!here()) {
      await new Promise<void>((come) =>
        waits.run(() => watch(here, () => come(), { once: true, flush: 'post' })),
      )
    }
    if (can()) await run()
  }
}
