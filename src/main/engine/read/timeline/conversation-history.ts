import { timelineHistory, type HistoryEntryRow } from '../../store/queries/timeline/history.ts'
import { allTeams } from '../../store/tables/teams.ts'
import { allUsers } from '../../store/tables/users.ts'
import { threadEvents } from '../thread.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource } from './source.ts'

/** What was decided about the conversations: given to somebody, closed, reopened. */
export const conversationHistory = defineSource<HistoryEntryRow>({
  filter: 'change',
  start: [LATEST],
  read: (scope, [before], limit) =>
    timelineHistory(scope.db, 'thread', [...scope.conversations().keys()], 'sets', Number(before), limit).map(
      (row) => ({ at: row.at, position: [row.seq], row }),
    ),
  show(scope, rows) {
    if (rows.length === 0) return []
    const names = new Map([...allUsers(scope.db), ...allTeams(scope.db)].map(({ id, name }) => [id, name]))
    return rows.map((row) => {
      const thread = scope.conversations().get(row.entity_id)
      // That conversations were merged is told by those.
      const events = threadEvents(row).filter(({ kind }) => kind !== 'merged' && kind !== 'taken_apart')
      return events.map((event) => ({
        ...blank,
        key: event.key,
        filter: 'change',
        kind: event.kind,
        at: row.at,
        actorId: event.actorId,
        threadId: thread?.id ?? row.entity_id,
        title: names.get(event.assigneeId ?? event.teamId ?? '') ?? '',
        detail: thread?.subject ?? '',
      }))
    })
  },
})
