import type { z } from 'zod'
import type { RefusedMailView } from '../../../contract/admin.ts'
import type { ReadableDb } from '../store/statements.ts'
import { checksOf } from '../store/tables/received-mail.ts'
import { refusedPage } from '../store/tables/refused-mail.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** What an inbox refused or put aside, the newest first, a page at a time. */
export function refusedMail(
  db: ReadableDb,
  options: { inboxId: string; cursor?: string | undefined; limit: number },
): { rows: z.input<typeof RefusedMailView>[]; nextCursor: string | null } {
  const [at, id] =
    options.cursor === undefined
      ? [Number.MAX_SAFE_INTEGER, '']
      : (decodeCursor(options.cursor, ['number', 'string']) as [number, string])
  const found = refusedPage(db, { inboxId: options.inboxId, after: { at, id }, limit: options.limit + 1 })
  const rows = found.slice(0, options.limit)
  const last = rows.at(-1)
  return {
    rows: rows.map((row) => ({
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
    nextCursor: found.length > options.limit && last ? encodeCursor([last.at, last.id]) : null,
  }
}
