import type { ThreadStatus } from '../../../../contract/threads.ts'
import { marks, type ReadableDb } from '../statements.ts'

/** Comments that mention somebody, as a list of them shows each. */
export type MentionRow = {
  comment_id: string
  is_read: number
  thread_id: string
  text: string
  at: number
  has_file: number
  author_name: string
  author_email: string
  inbox_id: string
  subject: string
  status: ThreadStatus
  assignee_id: string | null
  team_id: string | null
}

/** Of others, in inboxes that the user can see. The ids of comments are in the order of their time (UUIDv7). */
const from = (index: string, inboxes: number | null): string =>
  `FROM comment_mentions m INDEXED BY ${index}
   CROSS JOIN comments c ON c.id = m.comment_id AND c.removed_at IS NULL AND c.author_id <> m.user_id
   CROSS JOIN threads t ON t.id = c.thread_id
     AND ${inboxes === null ? 't.inbox_id IS NOT NULL' : `t.inbox_id IN (${marks(inboxes)})`}`

export const mentionsSql = (
  page: { sort: 'newest' | 'oldest'; unread: boolean },
  inboxes: number | null,
): string =>
  `SELECT m.comment_id, m.is_read, c.thread_id, c.text, c.at, u.name AS author_name, u.email AS author_email,
     EXISTS (SELECT 1 FROM comment_files f WHERE f.comment_id = c.id AND f.removed_at IS NULL) AS has_file,
     t.inbox_id, t.subject, t.status, t.assignee_id, t.team_id
   ${from(page.unread ? 'comment_mentions_unread' : 'comment_mentions_of', inboxes)}
   CROSS JOIN users u ON u.id = c.author_id
   WHERE m.user_id = ? ${page.unread ? 'AND m.is_read = 0' : ''} AND m.comment_id ${page.sort === 'newest' ? '<' : '>'} ?
   ORDER BY m.comment_id ${page.sort === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`

/** A page of what mentions a user, after the comment `after`. `inboxIds`: what they can see, null for all. */
export const mentionsPage = (
  db: ReadableDb,
  options: {
    userId: string
    sort: 'newest' | 'oldest'
    unread: boolean
    after: string
    limit: number
    inboxIds: readonly string[] | null
  },
): MentionRow[] =>
  db.all<MentionRow>(mentionsSql(options, options.inboxIds?.length ?? null), [
    ...(options.inboxIds ?? []),
    options.userId,
    options.after,
    options.limit,
  ])

export const unreadMentionsSql = (inboxes: number | null): string =>
  `SELECT count(*) AS n FROM (SELECT 1 ${from('comment_mentions_unread', inboxes)}
   WHERE m.user_id = ? AND m.is_read = 0 LIMIT ?)`

/** How many mentions a user has not seen, `cap` at most. */
export const unreadMentionCount = (
  db: ReadableDb,
  userId: string,
  inboxIds: readonly string[] | null,
  cap: number,
): number =>
  db.get<{ n: number }>(unreadMentionsSql(inboxIds?.length ?? null), [...(inboxIds ?? []), userId, cap])?.n ??
  0
