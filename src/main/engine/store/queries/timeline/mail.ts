import type { ReadableDb } from '../../statements.ts'
import { MAIL_COLUMNS, mailFrom, mailTo, newestOnce, type MailRow } from '../mail-of-people.ts'
import { ownersOfPage, readHeads } from './heads.ts'

export type MailEntryRow = MailRow & {
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

const within = (columns: string, owner: string, limit: string): string =>
  `SELECT ${columns} FROM messages m INDEXED BY messages_by_thread
   WHERE m.thread_id = ${owner} AND m.rowid < ? ORDER BY m.rowid DESC LIMIT ${limit}`

/** Mail from one contact's row, to one address, of one conversation (whose visibility is the caller's business). */
export const mailFromSql = (inboxes: number | null): string => mailFrom({ inboxes })
export const mailToSql = (inboxes: number | null): string => mailTo({ inboxes })
export const mailWithinSql = within(MAIL_COLUMNS, '?', '?')

const NEWEST = { columns: 'm.rowid', owner: 'o.value', limit: '1' }
/** The newest of each owner. */
export const newestFromSql = (inboxes: number | null): string => mailFrom({ ...NEWEST, inboxes })
export const newestToSql = (inboxes: number | null): string => mailTo({ ...NEWEST, inboxes })
export const newestWithinSql = within(NEWEST.columns, NEWEST.owner, NEWEST.limit)

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
  return newestOnce(found, limit)
}
