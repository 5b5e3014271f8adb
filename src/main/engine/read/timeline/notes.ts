import type { ActivityEntryRow } from '../../store/queries/timeline/activities.ts'
import { timelineActivities } from '../../store/queries/timeline/activities.ts'
import { refOfRow } from './rows.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource, excerpt } from './source.ts'

export const notes = defineSource<ActivityEntryRow<'notes'>>({
  filter: 'note',
  start: [LATEST, LATEST],
  read: (scope, [at, rowid], limit) =>
    timelineActivities(
      scope.db,
      'notes',
      scope.ownerIds,
      { at: Number(at), rowid: Number(rowid) },
      limit,
    ).map((row) => ({ at: row.at, position: [row.at, row.rowid], row })),
  show: (scope, rows) =>
    rows.map((row) => [
      {
        ...blank,
        key: row.id,
        filter: 'note',
        kind: 'note',
        at: row.at,
        actorId: row.author_id,
        title: excerpt(row.text),
        record: scope.recordOfRow(row.record_id),
        note: {
          id: row.id,
          record: refOfRow(scope, row),
          authorId: row.author_id,
          text: row.text,
          at: row.at,
          editedAt: row.edited_at,
        },
      },
    ]),
})
