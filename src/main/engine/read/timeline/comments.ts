import { timelineComments, type CommentEntryRow } from '../../store/queries/timeline/conversations.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource, excerpt } from './source.ts'

/** What colleagues said to each other about the conversations. */
export const comments = defineSource<CommentEntryRow>({
  filter: 'comment',
  start: [LATEST, ''],
  read: (scope, [at, id], limit) =>
    timelineComments(
      scope.db,
      [...scope.conversations().keys()],
      { at: Number(at), id: String(id) },
      limit,
    ).map((row) => ({ at: row.at, position: [row.at, row.id], row })),
  show: (scope, rows) =>
    rows.map((row) => {
      const thread = scope.conversations().get(row.thread_id)
      return [
        {
          ...blank,
          key: row.id,
          filter: 'comment',
          kind: 'comment',
          at: row.at,
          actorId: row.author_id,
          threadId: thread?.id ?? row.thread_id,
          title: excerpt(row.text),
          detail: thread?.subject ?? '',
        },
      ]
    }),
})
