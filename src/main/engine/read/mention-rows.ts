import { mentionsPage } from '../store/queries/mentions.ts'
import type { ReadableDb } from '../store/statements.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { decodeCursor, pageOf } from './cursor.ts'
import { BARE_ROW, type ListInput, type ListPage } from './shapes.ts'

/** Characters of a comment that its row shows. */
const START = 200

/** One page of what mentions the user: a row is a comment, under the name of who wrote it. */
export function mentionRows(db: ReadableDb, access: Access, input: ListInput): ListPage {
  if (input.filter.assigneeId) return { rows: [], nextCursor: null }
  const [after] =
    input.cursor === undefined
      ? [input.sort === 'newest' ? '\uFFFF' : '']
      : decodeCursor(input.cursor, ['string'])
  const found = mentionsPage(db, {
    userId: access.user.id,
    sort: input.sort,
    unread: input.filter.unread === true,
    after: String(after),
    limit: input.limit + 1,
    inboxIds: inboxFilter(access),
  })
  const { shown, nextCursor } = pageOf(found, input.limit, (row) => [row.comment_id])
  return {
    rows: shown.map((row) => ({
      ...BARE_ROW,
      key: row.comment_id,
      threadId: row.thread_id,
      inboxId: row.inbox_id,
      sender: { name: row.author_name, address: row.author_email },
      subject: row.subject,
      snippet: row.text.replace(/\s+/g, ' ').slice(0, START),
      at: row.at,
      unread: row.is_read === 0,
      hasAttachment: row.has_file === 1,
      assigneeId: row.assignee_id,
      teamId: row.team_id,
      status: row.status,
    })),
    nextCursor,
  }
}
