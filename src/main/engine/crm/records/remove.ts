import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { OpEntity } from '../../store/ops.ts'
import { mustChangeRecord, noteRecord, type Doing, type RecordRow } from './doing.ts'

const messagesOf = (row: RecordRow): number => ('record_message_count' in row ? row.record_message_count : 0)

/**
 * Takes records out of every list; their history stays.
 * @throws DomainError NOT_FOUND, NOT_ALLOWED; CONFLICT when there is mail with one of the contacts: nothing is removed then
 */
export function removeRecords(doing: Doing, type: RecordType, ids: readonly string[]): void {
  const { write, undo } = doing
  const rows = [...new Set(ids)].map((id) => mustChangeRecord(doing, type, id))
  const inTouch = rows.filter((row) => messagesOf(row) > 0)
  if (inTouch[0]) {
    const first =
      'name' in inTouch[0] ? inTouch[0].name || ('email' in inTouch[0] ? inTouch[0].email : '') : ''
    const who = inTouch.length === 1 ? first : `${first} and ${inTouch.length - 1} more of them`
    throw new DomainError(
      'CONFLICT',
      `There is mail with ${who}, and a contact with mail stays. Leave ${inTouch.length === 1 ? 'it' : 'them'} out, or merge ${inTouch.length === 1 ? 'it' : 'each'} into another contact.`,
    )
  }
  for (const row of rows) {
    undo.append({
      entity: type satisfies OpEntity,
      id: row.id,
      kind: 'set',
      values: { removed_at: write.now },
    })
    noteRecord(write, type, row)
  }
}
