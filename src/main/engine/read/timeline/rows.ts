import type { RecordType } from '../../../../contract/records.ts'
import type { TimelineScope } from './scope.ts'

/** The record that a row's activities belong to now: the timeline's own, or another one that is part of it. */
export function refOfRow(
  scope: TimelineScope,
  row: { record_type: RecordType; record_id: string },
): { type: RecordType; id: string } {
  const other = scope.recordOfRow(row.record_id)
  return other ? { type: other.type, id: other.id } : { type: scope.record.type, id: scope.record.id }
}
