import type { z } from 'zod'
import type { RefusedMailView } from '../../../contract/admin.ts'
import type { ReadableDb } from '../store/statements.ts'
import { checksOf } from '../store/tables/received-mail.ts'
import { refusedPage } from '../store/tables/refused-mail.ts'
import { pageOf, placeOf } from './cursor.ts'

/** What an inbox refused or put aside, the newest first, a page at a time. */
export function refusedMail(
  db: ReadableDb,
  options: { inboxId: string; cursor?: string | undefined; limit: number },
): { rows: z.input<typeof RefusedMailView>[]; nextCursor: string | null } {
  const { inboxId, cursor, limit } = options
  const found = refusedPage(db, { inboxId, after: placeOf(cursor), limit: limit + 1 })
  const { shown, nextCursor } = pageOf(found, limit, (row) => [row.at, row.id])
  return {
    rows: shown.map((row) => ({
      id: row.id,
      inboxId: row.inbox_id,
      at: row.at,
      from: row.from_address,
      to: row.to_address,
      subject: row.subject,
      size: row.size,
      state: row.state,
      reason: row.reason,
      checks: checksOf(db, row.id),
      client: row.client,
    })),
    nextCursor,
  }
}
