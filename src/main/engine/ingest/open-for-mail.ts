import { chainOf, saidAt, stateOf } from '../store/grouping/structure.ts'
import type { Store, Write } from '../store/store.ts'
import { appendBecause, isByCommand, threadMergeBehind } from '../store/undo.ts'

/**
 * New mail reopens a closed conversation (D7), and brings back one that was snoozed (D8). History that is read for the first
 * time does not. It does so to the part that the mail is for and to all that this is merged into; taking such a merge back
 * closes those again that nobody wrote to.
 * @param since  leaves alone what was said after that moment, in ms: for mail that did not come just now
 */
export function openForMail(
  write: Write,
  store: Pick<Store, 'hlc'>,
  partId: string,
  since: number | null = null,
): void {
  const { db } = write
  const merges: string[] = []
  for (const id of chainOf(db, partId)) {
    const now = stateOf(db, id)
    const isOlder = (field: string): boolean => since === null || since > saidAt(db, 'thread', id, field)
    const opens =
      now.status === 'closed' || (now.status === 'open' && isByCommand(db, 'thread', id, 'status'))
    const wakes = now.snoozed_until !== null || isByCommand(db, 'thread', id, 'snoozed_until')
    const wakesForReply =
      now.snoozed_until_reply === 1 || isByCommand(db, 'thread', id, 'snoozed_until_reply')
    const values = {
      ...(opens && isOlder('status') && { status: 'open' }),
      ...(wakes && isOlder('snoozed_until') && { snoozed_until: null }),
      ...(wakesForReply && isOlder('snoozed_until_reply') && { snoozed_until_reply: 0 }),
    }
    if (Object.keys(values).length > 0) {
      appendBecause(write, store, merges, { entity: 'thread', id, kind: 'set', values })
      write.changed('threads', id)
    }
    const merge = threadMergeBehind(db, id)
    if (merge !== undefined) merges.push(merge)
  }
}
