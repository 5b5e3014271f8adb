import { timelineHistory, type HistoryEntryRow } from '../../store/queries/timeline/history.ts'
import { associationsOf, type AssociationEnd } from '../../store/queries/timeline/scope.ts'
import { threadById } from '../../store/tables/threads.ts'
import { canSeeThread } from '../../team/access.ts'
import { mustSeeRecord } from '../../team/activity-records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { RecordEntryShape } from '../shapes.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource } from './source.ts'

type Association = HistoryEntryRow & { other: Other }
type Other = { name: string; threadId: string | null; record: RecordEntryShape['record'] }

/** What the record was connected with, and was no longer. What the reader cannot see is not named. */
export const associations = defineSource<Association>({
  filter: 'change',
  start: [LATEST],
  read(scope, [before], limit) {
    const others = new Map<string, Other>()
    for (const rowId of scope.record.rowIds) {
      for (const { id, type, other_id } of associationsOf(scope.db, rowId)) {
        const other = otherEnd(scope, type, other_id)
        if (other) others.set(id, other)
      }
    }
    return timelineHistory(scope.db, 'association', [...others.keys()], 'all', Number(before), limit).flatMap(
      (row) => {
        const other = others.get(row.entity_id)
        return other ? [{ at: row.at, position: [row.seq], row: { ...row, other } }] : []
      },
    )
  },
  show: (_scope, rows) =>
    rows.map((row) => {
      const { removed_at } = JSON.parse(row.change) as { removed_at?: unknown }
      const isOver = row.kind === 'set' && typeof removed_at === 'number'
      return [
        {
          ...blank,
          key: row.id,
          filter: 'change',
          kind: isOver ? 'disassociated' : 'associated',
          at: row.at,
          actorId: row.actor_id,
          threadId: row.other.threadId,
          title: row.other.name,
          record: row.other.record,
        },
      ]
    }),
})

function otherEnd(scope: TimelineScope, type: AssociationEnd, id: string): Other | null {
  if (type === 'thread') {
    const thread = threadById(scope.db, id)
    return thread && canSeeThread(scope.access, thread)
      ? { name: thread.subject, threadId: thread.id, record: null }
      : null
  }
  try {
    const record = mustSeeRecord(scope.db, scope.access, { type, id })
    return { name: record.name, threadId: null, record: { type, id: record.id, name: record.name } }
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}
