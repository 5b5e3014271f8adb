import type { ContactFields } from '../../../contract/contacts.ts'
import type { PropertyValues } from '../../../contract/records.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { Store } from '../store/store.ts'
import { contactRecord, type ContactRow } from '../store/tables/contacts.ts'
import { companyOfName } from './records/company-domains.ts'
import { beginDoing, noteRecord, UNGUARDED, type Doing } from './records/doing.ts'
import { checkValues, setValues } from './records/update.ts'

/**
 * Changes what people wrote about a contact. A company is found by its name or made; an empty name takes the contact
 * out of its company. Fields that have the value already are left alone.
 * @throws DomainError NOT_FOUND, BAD_INPUT
 */
export function editContact(store: Store, actorId: string, contactId: string, fields: ContactFields): void {
  store.write(
    (write) => {
      const row = contactRecord(write.db, contactId)
      if (!row) throw new DomainError('NOT_FOUND', 'This contact does not exist.')
      const doing = beginDoing(write, store, actorId, UNGUARDED)
      const changed = setValues(
        doing,
        'contact',
        row,
        checkValues(doing, 'contact', valuesOf(doing, row, fields)),
      )
      const renamed = fields.name !== undefined && rename(doing, row, fields.name)
      if (changed || renamed) noteRecord(write, 'contact', row)
    },
    { durable: true },
  )
}

function valuesOf(doing: Doing, row: ContactRow, fields: ContactFields): PropertyValues {
  const { jobTitle, phone, notes, companyName, ownerId } = fields
  return {
    ...(jobTitle === undefined ? {} : { job_title: jobTitle }),
    ...(phone === undefined ? {} : { phone }),
    ...(notes === undefined ? {} : { notes }),
    ...(companyName === undefined
      ? {}
      : { company: companyName === '' ? null : companyOfName(doing, companyName) }),
    ...(ownerId === undefined || ownerId === row.owner_id ? {} : { owner_id: ownerId }),
  }
}

/** Where there are a first and a last name, a new name is split between them: the last word is the last name. */
function rename({ undo }: Doing, row: ContactRow, name: string): boolean {
  if (name === row.name) return false
  const words = name.split(/\s+/).filter(Boolean)
  const values: Record<string, string> =
    row.first_name === '' && row.last_name === ''
      ? { name }
      : {
          name,
          first_name: words.slice(0, -1).join(' ') || name,
          last_name: words.length > 1 ? (words.at(-1) ?? '') : '',
        }
  undo.append({ entity: 'contact', id: row.id, kind: 'set', values })
  return true
}
