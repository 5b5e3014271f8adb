import { groupBy } from '../lib/group-by.ts'
import type { ReadableDb } from '../store/statements.ts'
import { reportsOf, sentWithId, type MailReportRow } from '../store/tables/mail-reports.ts'
import { threadById } from '../store/tables/threads.ts'
import type { MailReportShape, MessageShape } from './shapes.ts'

export const mailReportShape = (row: MailReportRow): MailReportShape => ({
  kind: row.kind,
  address: row.address,
  reason: row.reason,
  text: row.text,
  at: row.at,
  until: row.until,
  messageId: row.message_id,
})

/** What automatic messages say, and about which message of the same inbox, by their rowids. */
export function reportShapes(
  db: ReadableDb,
  messages: readonly { rowid: number; thread_id: string; automatic: string | null }[],
): Map<number, NonNullable<MessageShape['report']>> {
  const reporting = messages.filter(({ automatic }) => automatic !== null)
  const rows = groupBy(
    reportsOf(
      db,
      reporting.map(({ rowid }) => rowid),
    ),
    (row) => row.message_rowid,
  )
  return new Map(
    reporting.flatMap(({ rowid, thread_id }) => {
      const outcomes = rows.get(rowid)
      if (!outcomes) return []
      return [[rowid, { outcomes: outcomes.map(mailReportShape), about: aboutOf(db, thread_id, outcomes) }]]
    }),
  )
}

/** The message of ours that is reported about, unless it lies where whoever sees the report may not look. */
function aboutOf(
  db: ReadableDb,
  threadId: string,
  rows: readonly MailReportRow[],
): { id: string; threadId: string; subject: string } | null {
  const id = rows.find((row) => row.original_id !== null)?.original_id
  if (!id) return null
  const inboxId = threadById(db, threadId)?.inbox_id ?? null
  const original = sentWithId(db, id).find((sent) => sent.inbox_id === inboxId)
  return original ? { id: original.id, threadId: original.thread_id, subject: original.subject } : null
}
