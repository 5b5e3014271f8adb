import type { PropertyValues } from '../../../../contract/records.ts'
import { phonesOf } from '../../store/tables/contact-phones.ts'
import { companyById, companyRecordRow } from '../../store/tables/companies.ts'
import { companyIdOf } from '../../store/tables/contacts.ts'
import type { ImportRow } from '../../store/tables/imports.ts'
import { addAddress, mustBeContact } from '../records/addresses.ts'
import { companyOfName } from '../records/company-domains.ts'
import { setPhones } from '../records/contact-phones.ts'
import { createRecord } from '../records/create.ts'
import { noteRecord, type Doing } from '../records/doing.ts'
import { updateRecords } from '../records/update.ts'
import type { CompanyWish, Plan } from './plan.ts'

/**
 * Does what a row's plan says, within a transaction.
 * @returns the id of the record
 * @throws DomainError where the record cannot be made or changed after all; nothing of the row may be kept then
 */
export function applyPlan(doing: Doing, type: ImportRow['record_type'], plan: Plan): string {
  const values: PropertyValues = { ...plan.values }
  const company = plan.company && companyIdFor(doing, plan.company)
  if (company) values['company'] = company
  if (type !== 'contact') return made(doing, type, plan, values)
  const [first, ...others] = plan.addresses
  let id = plan.recordId
  if (id === null) {
    if (first !== undefined) values['email'] = first
    // The numbers are set below, all of them; one is needed here where there is nothing else.
    else if (plan.phones[0]) values['phone'] = plan.phones[0].number
    id = createRecord(doing, type, values)
  } else if (Object.keys(values).length > 0) updateRecords(doing, type, [id], values)
  for (const address of plan.recordId === null ? others : plan.addresses) {
    addAddress(doing, mustBeContact(doing, id), address)
  }
  if (plan.phones.length > 0) {
    const before = plan.recordId === null ? [] : phonesOf(doing.write.db, id)
    setPhones(doing, mustBeContact(doing, id), [...before, ...plan.phones])
  }
  noteRecord(doing.write, type, mustBeContact(doing, id))
  return id
}

function made(doing: Doing, type: ImportRow['record_type'], plan: Plan, values: PropertyValues): string {
  if (plan.recordId === null) return createRecord(doing, type, values)
  updateRecords(doing, type, [plan.recordId], values)
  return plan.recordId
}

/** Made where it is missing, so that it goes with the import. Null for one that somebody removed. */
function companyIdFor(doing: Doing, wish: CompanyWish): string | null {
  if (wish.id !== null) return wish.id
  if (wish.domain === null) return companyOfName(doing, wish.name)
  const { db } = doing.write
  const known = companyById(db, companyIdOf(wish.domain))
  if (!known) return createRecord(doing, 'company', { name: wish.name, domain: wish.domain })
  const record = companyRecordRow(db, known.id)
  return record?.listed === 1 ? record.id : null
}
