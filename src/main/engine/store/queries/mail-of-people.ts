import { marks } from '../statements.ts'

/** Mail from and to people, for timelines and for the files of a contact. */

export type MailRow = {
  rowid: number
  id: string
  thread_id: string
  channel_id: string
  message_id: string
  direction: 'in' | 'out'
  subject: string
  snippet: string
  sort_at: number
}

export const MAIL_COLUMNS =
  'm.rowid, m.id, m.thread_id, m.channel_id, m.message_id, m.direction, m.subject, m.snippet, m.sort_at'

/**
 * Of threads `t`: no spam, and only what lies in the inboxes of the user, or is logged personal mail, which everyone sees
 * on its records.
 * @param inboxes  how many they are, each a parameter; null for all
 */
export const inSight = (inboxes: number | null): string =>
  `AND t.status <> 'spam' ${inboxes === null ? '' : `AND (t.inbox_id IS NULL OR t.inbox_id IN (${marks(inboxes)}))`}`

type What = {
  /** How many inboxes the user sees; null for all. */
  inboxes: number | null
  /** Only what carries files. */
  withFiles?: boolean
  columns?: string
  /** The contact's row, or the address. */
  owner?: string
  limit?: string
}

/** The parts of a query, each a parameter where it is left out. */
const partsOf = ({ inboxes, withFiles, columns = MAIL_COLUMNS, owner = '?', limit = '?' }: What) => ({
  columns,
  owner,
  limit,
  where: `${withFiles ? 'AND m.attachment_count > 0' : ''} ${inSight(inboxes)}`,
})

/** Mail from one contact's row before a rowid, newest first. */
export function mailFrom(what: What): string {
  const { columns, owner, limit, where } = partsOf(what)
  return `SELECT ${columns} FROM messages m INDEXED BY messages_by_contact CROSS JOIN threads t ON t.id = m.thread_id
   WHERE m.contact_id = ${owner} AND m.rowid < ? ${where} ORDER BY m.rowid DESC LIMIT ${limit}`
}

/** Mail to one address before a rowid, newest first. Somebody can be in To and in Cc of one mail. */
export function mailTo(what: What): string {
  const { columns, owner, limit, where } = partsOf(what)
  return `SELECT ${columns} FROM message_recipients r INDEXED BY message_recipients_address
     CROSS JOIN messages m ON m.rowid = r.message_rowid CROSS JOIN threads t ON t.id = m.thread_id
   WHERE r.address = ${owner} AND r.message_rowid < ? AND r.kind <> 'reply_to' AND m.direction = 'out' ${where}
   GROUP BY r.message_rowid ORDER BY r.message_rowid DESC LIMIT ${limit}`
}

/** The newest of what was found in several ways, each once. */
export const newestOnce = <Row extends { rowid: number }>(rows: readonly Row[], limit: number): Row[] =>
  [...new Map(rows.map((row) => [row.rowid, row])).values()].sort((a, b) => b.rowid - a.rowid).slice(0, limit)
