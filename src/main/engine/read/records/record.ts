import type { RecordRef } from '../../../../contract/records.ts'
import { isTicket, noRecord, phoneCountry, recordRow, type RecordRow } from '../../crm/records/doing.ts'
import { phoneShown } from '../../crm/records/phones.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { companyRows } from '../../store/tables/companies.ts'
import { contactRows, type ContactRow } from '../../store/tables/contacts.ts'
import { bounceOf } from '../../store/tables/mail-reports.ts'
import { phonesOf } from '../../store/tables/contact-phones.ts'
import { threadById } from '../../store/tables/threads.ts'
import { refusalToAct, type Access } from '../../team/access.ts'
import { associationsOfRecord } from './associations.ts'
import { recordRows, type RecordShape } from './rows.ts'
import { seesTicket } from './summaries.ts'

/** A record with everything that its page shows beside the timeline. @throws DomainError NOT_FOUND */
export function recordShape(db: ReadableDb, access: Access, ref: RecordRef): RecordShape {
  const row = recordRow(db, ref.type, ref.id)
  if (!row || (isTicket(row) && !seesTicket(db, access, row))) throw noRecord(ref.type)
  const [shape] = recordRows(db, ref.type, [row.id])
  if (!shape) throw noRecord(ref.type)
  const isContact = ref.type === 'contact'
  return {
    ...shape,
    addresses: isContact ? addressesOf(db, row as ContactRow) : [],
    phones: isContact ? phoneShapes(db, row.id) : [],
    associations: associationsOfRecord(db, access, shape.ref, row),
    merged: mergedInto(db, ref.type, row.id),
    threadId: isTicket(row) ? row.thread_id : null,
    createdAt: createdAt(row),
    refusal: isTicket(row) ? refusalOf(db, access, row.thread_id) : null,
  }
}

const createdAt = (row: RecordRow): number =>
  'record_first_seen_at' in row ? row.created_at || row.record_first_seen_at : row.created_at

function refusalOf(db: ReadableDb, access: Access, threadId: string | null): string | null {
  const inboxId = threadId === null ? null : threadById(db, threadId)?.inbox_id
  return inboxId ? refusalToAct(access, inboxId) : null
}

/** The addresses of a contact, the primary one first. */
function addressesOf(db: ReadableDb, record: ContactRow): RecordShape['addresses'] {
  const addresses = contactRows(db, record.id)
    .filter((row) => row.address_removed_at === null)
    .flatMap(({ address }) => (address === null ? [] : [address]))
  // Also what bounced before it was anybody's address.
  const bounces = bounceOf(db, addresses)
  return addresses
    .map((address) => {
      const bounce = bounces.get(address)
      const reason = bounce && (bounce.text || bounce.reason.replaceAll('_', ' '))
      return {
        address,
        primary: address === record.email,
        bounced: bounce && reason ? { at: bounce.at, reason } : null,
      }
    })
    .sort((a, b) => Number(b.primary) - Number(a.primary))
}

function phoneShapes(db: ReadableDb, recordId: string): RecordShape['phones'] {
  const country = phoneCountry(db)
  return phonesOf(db, recordId).map(({ number, label }) => ({
    number,
    label,
    ...phoneShown(number, country),
  }))
}

/** What was merged into a record, newest first; additional addresses and domains are none of it. */
function mergedInto(db: ReadableDb, type: RecordRef['type'], id: string): RecordShape['merged'] {
  if (type !== 'contact' && type !== 'company') return []
  const rows =
    type === 'contact'
      ? contactRows(db, id).map((row) => ({ ...row, key: row.address }))
      : companyRows(db, id).map((row) => ({ ...row, key: row.domain }))
  return rows
    .filter((row) => row.id !== id && row.is_alias === 0)
    .map((row) => ({
      ref: { type, id: row.id },
      name: row.name || (row.key ?? ''),
      address: row.key,
      at: row.merged_at ?? 0,
    }))
    .sort((a, b) => b.at - a.at)
}
