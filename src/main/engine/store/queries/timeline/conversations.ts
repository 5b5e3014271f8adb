import type { ReadableDb } from '../../statements.ts'
import { ownersOfPage, placeSql, readHeads } from './heads.ts'

/** What was said about conversations. Which of them the user sees is decided by who asks. */

export type CommentEntryRow = { id: string; thread_id: string; author_id: string; text: string; at: number }

const comments = (columns: string, owner: string, limit: string): string =>
  `SELECT ${columns} FROM comments INDEXED BY comments_by_thread
   WHERE thread_id = ${owner} AND (at, id) < (?, ?) AND removed_at IS NULL ORDER BY at DESC, id DESC LIMIT ${limit}`
export const commentsOfThreadSql = comments('id, thread_id, author_id, text, at', '?', '?')
export const newestCommentSql = comments(placeSql('at', 'id'), 'o.value', '1')

/** Comments of some conversations before a place, newest first. */
export function timelineComments(
  db: ReadableDb,
  threadIds: readonly string[],
  before: { at: number; id: string },
  limit: number,
): CommentEntryRow[] {
  const place = [before.at, before.id]
  return ownersOfPage(threadIds, limit, () => readHeads(db, newestCommentSql, place, threadIds))
    .flatMap((id) => db.all<CommentEntryRow>(commentsOfThreadSql, [id, ...place, limit]))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
    .slice(0, limit)
}

export const aliasesSql = `SELECT a.alias_id, a.thread_id FROM json_each(?) o
  CROSS JOIN thread_aliases a INDEXED BY thread_aliases_thread ON a.thread_id = o.value`

/** The ids under which conversations that were joined to these are still named, with the one that each leads to. */
export const aliasesOfThreads = (
  db: ReadableDb,
  threadIds: readonly string[],
): { alias_id: string; thread_id: string }[] => db.all(aliasesSql, [JSON.stringify(threadIds)])
