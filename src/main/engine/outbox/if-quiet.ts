import { countOfOthers, newestOfOthers } from '../store/queries/thread-news.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { setDraftOutbox, setDraftReturned } from '../store/tables/drafts.ts'
import {
  deleteOutbox,
  outboxRecipients,
  quietItems,
  updateOutbox,
  type OutboxRow,
} from '../store/tables/outbox.ts'
import { answerChanged } from './drafts.ts'

/** "Only if nobody answers before": a mail for later that its conversation can make needless. */

/** Whether nobody got it and nothing of it is on the wire, so that it can be a draft again. */
export const isUntouched = (db: ReadableDb, item: OutboxRow): boolean =>
  ['held', 'queued', 'failed'].includes(item.state) &&
  item.sent_at === null &&
  outboxRecipients(db, item.id).every(({ state }) => state !== 'accepted')

/** Takes an item out of the outbox; its draft is one again. */
export function backToDraft(write: Write, item: OutboxRow & { draft_id: string }): void {
  const { db, changed } = write
  setDraftOutbox(db, item.draft_id, null)
  deleteOutbox(db, item.id)
  changed('outbox', item.id)
  changed('drafts', item.draft_id)
  answerChanged(write, item)
  if (item.thread_id) changed('threads', item.thread_id)
}

/** Whether somebody else's mail came into its conversation since it was queued. */
export const wasAnswered = (db: ReadableDb, item: OutboxRow): boolean =>
  item.quiet_count !== null &&
  item.thread_id !== null &&
  countOfOthers(db, item.thread_id, item.author_id) > item.quiet_count

/**
 * Puts back what is not wanted any more. Durable when it returns.
 * @returns whether this item was put back
 */
export function returnIfAnswered(store: Store, item: OutboxRow): boolean {
  if (!wasAnswered(store.read, item) || !isUntouched(store.read, item)) return false
  const { draft_id, thread_id } = item
  // Without its draft it could only be lost: it is sent.
  if (draft_id === null || thread_id === null) return false
  store.write(
    (write) => {
      const newest = newestOfOthers(write.db, thread_id, item.author_id)
      backToDraft(write, { ...item, draft_id })
      setDraftReturned(write.db, draft_id, write.now, newest?.id ?? '')
    },
    { durable: true },
  )
  return true
}

/** The same for everything that waits so. */
export function returnAllAnswered(store: Store): void {
  for (const item of quietItems(store.read)) returnIfAnswered(store, item)
}

/** Notes what its conversation has now. */
export function onlyIfQuiet(write: Write, item: Pick<OutboxRow, 'id' | 'author_id'>, threadId: string): void {
  updateOutbox(write.db, item.id, { quiet_count: countOfOthers(write.db, threadId, item.author_id) })
}
