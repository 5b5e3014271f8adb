import { DomainError } from '../lib/domain-error.ts'
import { newsSince } from '../store/queries/thread-news.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { DraftRow } from '../store/tables/drafts.ts'

/** Refuses to send an answer to a thread that changed, unless its writer was shown the newest of it (D6). */
export function mustHaveSeen(db: ReadableDb, draft: DraftRow, seen: string | undefined): void {
  const [newest] = newsSince(db, draft)
  if (!newest || newest.id === seen) return
  throw new DomainError(
    'CONFLICT',
    `New mail from ${newest.from_name || newest.from_address} came into this conversation while you were writing. Read it, then send again.`,
    { field: 'news', id: newest.id },
  )
}
