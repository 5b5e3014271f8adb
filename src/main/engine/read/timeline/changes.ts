import type { OpEntity } from '../../store/ops.ts'
import {
  timelineHistory,
  type HistoryEntryRow,
  type HistoryKind,
} from '../../store/queries/timeline/history.ts'
import { phonesOf, valuesOf } from '../../store/queries/timeline/scope.ts'
import { changeEntries, namesOfChanges, type Subject } from './change-entries.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { defineSource } from './source.ts'

/** An op, and what it was about: the row of a record, and for a part of one which part. */
type Change = HistoryEntryRow & { subject: Subject }

/** What people changed about the record, and about the people of a company. */
export const changes = defineSource<Change>({
  filter: 'change',
  start: [LATEST],
  read: (scope, [before], limit) =>
    partsOf(scope)
      .flatMap(({ entity, subjects, kind }) =>
        timelineHistory(scope.db, entity, [...subjects.keys()], kind, Number(before), limit).flatMap(
          (row) => {
            const subject = subjects.get(row.entity_id)
            return subject ? [{ ...row, subject }] : []
          },
        ),
      )
      .sort((a, b) => b.seq - a.seq)
      .slice(0, limit)
      .map((row) => ({ at: row.at, position: [row.seq], row })),
  show(scope, rows) {
    if (rows.length === 0) return []
    const names = namesOfChanges(scope.db, rows)
    return rows.map((row) => changeEntries(scope, row, row.subject, names))
  },
})

type Part = { entity: OpEntity; kind: HistoryKind; subjects: ReadonlyMap<string, Subject> }

/** Which ops are about the record: those on its rows, on their phones and on the values of own properties. */
function partsOf({ db, record, ownerIds, contactIds }: TimelineScope): Part[] {
  const rows = (entity: OpEntity, ids: readonly string[]): Part => ({
    entity,
    kind: 'all',
    subjects: new Map(ids.map((rowId) => [rowId, { rowId }])),
  })
  const values = new Map(
    valuesOf(db, ownerIds).map((row) => [row.id, { rowId: row.of_id, propertyId: row.property_id }]),
  )
  const phones = new Map(
    phonesOf(db, contactIds).map((row) => [row.id, { rowId: row.contact_id, phone: row.number }]),
  )
  return [
    rows(record.type, record.rowIds),
    ...(record.type === 'company' ? [rows('contact', contactIds)] : []),
    { entity: 'property_value', kind: 'all', subjects: values },
    { entity: 'contact_phone', kind: 'all', subjects: phones },
  ]
}
