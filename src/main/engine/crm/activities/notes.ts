import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { Store } from '../../store/store.ts'
import { noteById } from '../../store/tables/activities.ts'
import { addActivity, setActivity } from './activity.ts'
import { mustBeOwn, type Actor } from './actor.ts'

/** Writes a note on a record, durably. @returns its id */
export function addNote(
  store: Store,
  actorId: string,
  record: { type: RecordType; id: string },
  text: string,
): string {
  return addActivity(store, 'note', actorId, record, ({ now }) => ({ text, at: now }))
}

/**
 * Changes a note, or takes it away with null; its author and admins only.
 * @returns what takes that back, or null when nothing changed
 * @throws DomainError NOT_FOUND, NOT_ALLOWED
 */
export function updateNote(store: Store, actor: Actor, id: string, text: string | null): string | null {
  return store.write(
    (write) => {
      const note = noteById(write.db, id)
      if (!note || note.removed_at !== null) {
        throw new DomainError('NOT_FOUND', 'This note does not exist any more.')
      }
      mustBeOwn(actor, note.author_id, 'note')
      if (note.text === text) return null
      const values: Record<string, string | number> =
        text === null ? { removed_at: write.now } : { text, edited_at: write.now }
      return setActivity(write, store, 'note', actor.id, id, values)
    },
    { durable: true },
  )
}
