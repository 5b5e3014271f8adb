import { effectScope } from 'vue'
import { onEngineChange } from '@/stores/changes.ts'

type Listener = (ids: readonly string[] | null) => unknown
const listeners = new Set<Listener>()
let watching = false

/** Calls `listener` with the ids of outbox items that changed (null: any may have). Returns the end of it. */
export function onOutboxChange(listener: Listener): () => void {
  if (!watching) {
    watching = true
    // For as long as the page lives: a sending is followed whatever is on screen.
    effectScope(true).run(() =>
      onEngineChange((change) => {
        const outbox = change.changes.find(({ entity }) => entity === 'outbox')
        if (outbox) listeners.forEach((each) => void each(outbox.ids))
      }),
    )
  }
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
