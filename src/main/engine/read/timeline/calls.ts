import { timelineActivities, type ActivityEntryRow } from '../../store/queries/timeline/activities.ts'
import { threadById } from '../../store/tables/threads.ts'
import { canSeeThread } from '../../team/access.ts'
import { refOfRow } from './rows.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource, excerpt } from './source.ts'

export const calls = defineSource<ActivityEntryRow<'calls'>>({
  filter: 'call',
  start: [LATEST, LATEST],
  read: (scope, [at, rowid], limit) =>
    timelineActivities(
      scope.db,
      'calls',
      scope.ownerIds,
      { at: Number(at), rowid: Number(rowid) },
      limit,
    ).map((row) => ({ at: row.at, position: [row.at, row.rowid], row })),
  show: (scope, rows) =>
    rows.map((row) => {
      const threadId = visibleThread(scope, row.thread_id)
      return [
        {
          ...blank,
          key: row.id,
          filter: 'call',
          kind: 'call',
          at: row.at,
          actorId: row.author_id,
          threadId,
          title: excerpt(row.text),
          detail: row.outcome,
          record: scope.recordOfRow(row.record_id),
          call: {
            id: row.id,
            record: refOfRow(scope, row),
            authorId: row.author_id,
            direction: row.direction,
            number: row.number,
            outcome: row.outcome,
            duration: row.duration,
            text: row.text,
            at: row.at,
            threadId,
          },
        },
      ]
    }),
})

/** A call belongs to its record; the conversation that it was made from may lie in an inbox that the reader cannot see. */
function visibleThread(scope: TimelineScope, id: string | null): string | null {
  const thread = id === null ? undefined : threadById(scope.db, id)
  return thread && canSeeThread(scope.access, thread) ? thread.id : null
}
