import { marks, type ReadableDb } from '../../statements.ts'
import { ownersOfPage, readHeads } from './heads.ts'

export type MailEntryRow = {
  rowid: number
  id: string
  thread_id: string
  channel_id: string
  message_id: string
  direction: 'in' | 'out'
  subject: string
  snippet: string
  sort_at: number
  /** The contact row or the address that it was found by, or the conversation. */
  owner: string
}

/** Where mail of a timeline is looked for. `inboxIds` null: all inboxes. Logged personal mail is in none, and shows. */
export type MailScope = {
  contactIds: readonly string[]
  addresses: readonly string[]
  threadIds: readonly string[]
  inboxIds: readonly string[] | null
}

const COLUMNS =
  'm.rowid, m.id, m.thread_id, m.channel_id, m.message_id, m.direction, m.subject, m.snippet, m.sort_at'

/** Keeps to the inboxes of the user, and away from spam. */
const visible = (inboxes: number | null): { join: string; where: string } => ({
  join: 'CROSS JOIN threads t ON t.id = m.thread_id',
  where: `AND t.status <> 'spam' ${inboxes === null ? '' : `AND (t.inbox_id IS NULL OR t.inbox_id IN (${marks(inboxes)}))`}`,
})

const from = (columns: string, owner: string, inboxes: number | null, limit: string): string => {
  const { join, where } = visible(inboxes)
  return `SELECT ${columns} FROM messages m INDEXED BY messages_by_contact ${join}
   WHERE m.contact_id = ${owner} AND m.rowid < ? ${where} ORDER BY m.rowid DESC LIMIT ${limit}`
}
const to = (columns: string, owner: string, inboxes: number | null, limit: string): string => {
  const { join, where } = visible(inboxes)
  // Somebody can be in To and in Cc of one mail.
  return `SELECT ${columns} FROM message_recipients r INDEXED BY message_recipients_address
     CROSS JOIN messages m ON m.rowid = r.message_rowid ${join}
   WHERE r.address = ${owner} AND r.message_rowid < ? AND r.kind <> 'reply_to' AND m.direction = 'out' ${where}
   GROUP BY r.message_rowid ORDER BY r.message_rowid DESC LIMIT ${limit}`
}
const within = (columns: string, owner: string, limit: string): string =>
  `SELECT ${columns} FROM messages m INDEXED BY messages_by_thread
   WHERE m.thread_id = ${owner} AND m.rowid < ? ORDER BY m.rowid DESC LIMIT ${limit}`

/** Mail from one contact's row, to one address, of one conversation (whose visibility is the caller's business). */
export const mailFromSql = (inboxes: number | null): string => from(COLUMNS, '?', inboxes, '?')
export const mailToSql = (inboxes: number | null): string => to(COLUMNS, '?', inboxes, '?')
export const mailWithinSql = within(COLUMNS, '?', '?')

/** The newest of each owner. */
export const newestFromSql = (inboxes: number | null): string => from('m.rowid', 'o.value', inboxes, '1')
export const newestToSql = (inboxes: number | null): string => to('m.rowid', 'o.value', inboxes, '1')
export const newestWithinSql = within('m.rowid', 'o.value', '1')

/** Mail of a timeline before a rowid, newest first, each once. */
export function timelineMail(
  db: ReadableDb,
  scope: MailScope,
  before: number,
  limit: number,
): MailEntryRow[] {
  const inboxes = scope.inboxIds?.length ?? null
  const filter = scope.inboxIds ?? []
  const read = (
    owners: readonly string[],
    newest: string,
    page: string,
    params: readonly string[],
  ): MailEntryRow[] =>
    ownersOfPage(owners, limit, () => readHeads(db, newest, [before, ...params], owners)).flatMap((owner) =>
      db
        .all<Omit<MailEntryRow, 'owner'>>(page, [owner, before, ...params, limit])
        .map((row) => ({ ...row, owner })),
    )
  const found = [
    ...read(scope.threadIds, newestWithinSql, mailWithinSql, []),
    ...read(scope.addresses, newestToSql(inboxes), mailToSql(inboxes), filter),
    ...read(scope.contactIds, newestFromSql(inboxes), mailFromSql(inboxes), filter),
  ]
  const once = new Map(found.map((row) => [row.rowid, row]))
  return [...once.values()].sort((a, b) => b.rowid - a.rowid).slice(0, limit)
}
