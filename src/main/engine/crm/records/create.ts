import type { PropertyValues, RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import type { Scalar } from '../../store/ops.ts'
import { companyById } from '../../store/tables/companies.ts'
import { contactIdOf } from '../../store/tables/contacts.ts'
import { nextTicketNumber } from '../../store/tables/tickets.ts'
import { companyOfAddress } from '../company-domain.ts'
import { freeContactRow } from './addresses.ts'
import { companyForAddress, mustBeFreeDomain, newCompanyId } from './company-domains.ts'
import { noRecord, noteRecord, recordRow, type Doing } from './doing.ts'
import { firstStage } from './pipelines.ts'
import { checkValues, plainColumns, setValues, type Checked } from './update.ts'

/**
 * Makes a record.
 * @returns its id
 * @throws DomainError BAD_INPUT; CONFLICT with the id of the record that has the address or domain already
 */
export function createRecord(doing: Doing, type: RecordType, values: PropertyValues): string {
  const checked = checkValues(doing, type, values)
  const id = make[type](doing, checked)
  const row = recordRow(doing.write.db, type, id)
  if (!row) throw noRecord(type)
  setValues(doing, type, row, checked)
  noteRecord(doing.write, type, row)
  return id
}

const textOf = (checked: readonly Checked[], key: string): string => {
  const value = checked.find(({ property }) => property.key === key)?.value
  return typeof value === 'string' ? value : ''
}

const missing = (field: string, message: string): DomainError =>
  new DomainError('BAD_INPUT', message, { field })

/** Each makes the row with what it cannot be without; the rest is set on it afterwards. */
const make: Record<RecordType, (doing: Doing, checked: readonly Checked[]) => string> = {
  contact(doing, checked) {
    const { write, undo } = doing
    const address = textOf(checked, 'email')
    if (!['email', 'first_name', 'last_name', 'phone'].some((key) => textOf(checked, key) !== ''))
      throw missing('email', 'A contact needs an address, a name or a phone number. Fill in one of them.')
    const known = address === '' ? undefined : freeContactRow(doing, address)
    const id = address === '' ? uuidV7(write.now) : contactIdOf(address)
    const says = checked.some(({ property }) => property.key === 'company')
    const company = says || address === '' ? null : companyForAddress(doing, address)
    const fields = {
      ...(company === null ? {} : { company_id: company }),
      ...plainColumns('contact', checked),
    }
    if (known) {
      const back = {
        removed_at: null,
        merged_into: null,
        merged_at: null,
        is_alias: 0,
        address_removed_at: null,
      }
      undo.append({ entity: 'contact', id, kind: 'set', values: { ...back, ...fields } })
      return id
    }
    const made: Record<string, Scalar> = {
      address: address === '' ? null : address,
      name: '',
      first_seen_at: 0,
      last_seen_at: 0,
      created_at: write.now,
      removed_at: null,
    }
    undo.append({ entity: 'contact', id, kind: 'create', values: { ...made, ...fields } })
    return id
  },

  company(doing, checked) {
    const { write, undo } = doing
    const domain = textOf(checked, 'domain')
    const name = textOf(checked, 'name') || (domain && (companyOfAddress(`x@${domain}`)?.name ?? domain))
    if (name === '') throw missing('name', 'A company needs a name. Fill it in.')
    if (domain !== '') mustBeFreeDomain(doing, domain, null)
    const id = newCompanyId(doing, domain)
    const fields = { ...plainColumns('company', checked), name, domain: domain === '' ? null : domain }
    if (companyById(write.db, id)) {
      const back = { ...fields, removed_at: null, merged_into: null, merged_at: null, is_alias: 0 }
      undo.append({ entity: 'company', id, kind: 'set', values: back })
    } else {
      const values = { ...fields, created_at: write.now, removed_at: null }
      undo.append({ entity: 'company', id, kind: 'create', values })
    }
    return id
  },

  deal(doing, checked) {
    const { write, undo } = doing
    if (textOf(checked, 'name') === '') throw missing('name', 'A deal needs a name. Fill it in.')
    const id = uuidV7(write.now)
    const stage = textOf(checked, 'stage') || firstStage(doing)
    const values = {
      ...plainColumns('deal', checked),
      stage_id: stage,
      created_at: write.now,
      removed_at: null,
    }
    undo.append({ entity: 'deal', id, kind: 'create', values })
    return id
  },

  ticket(doing, checked) {
    const { write, undo } = doing
    if (textOf(checked, 'subject') === '') throw missing('subject', 'A ticket needs a subject. Fill it in.')
    const id = uuidV7(write.now)
    const values = {
      number: nextTicketNumber(write.db),
      thread_id: null,
      contact_id: null,
      subject: textOf(checked, 'subject'),
      pipeline: textOf(checked, 'pipeline') || 'Support',
      status: 'new',
      priority: 'medium',
      category: '',
      owner_id: null,
      ...plainColumns('ticket', checked),
      created_at: write.now,
      closed_at: textOf(checked, 'status') === 'closed' ? write.now : null,
      removed_at: null,
    }
    undo.append({ entity: 'ticket', id, kind: 'create', values })
    return id
  },
}
