import type { ContactFields } from '../../../contract/contacts.ts'
import { DomainError } from '../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { userById } from '../store/tables/users.ts'
import { companyNamed, contactCard } from '../store/queries/contacts.ts'

/** The column behind each field of the contract. */
export const contactColumns = {
  name: 'name',
  jobTitle: 'job_title',
  phone: 'phone',
  notes: 'notes',
} as const satisfies Record<Exclude<keyof ContactFields, 'companyName' | 'ownerId'>, string>

/**
 * Changes what people wrote about a contact. A company is found by its name or made; an empty name takes the contact
 * out of its company. Fields that have the value already are left alone.
 * @throws DomainError NOT_FOUND
 */
export function editContact(store: Store, actorId: string, contactId: string, fields: ContactFields): void {
  store.write(
    (write) => {
      const card = contactCard(write.db, contactId)
      if (!card) throw new DomainError('NOT_FOUND', 'This contact does not exist.')
      const values: Record<string, string | null> = {}
      for (const [field, column] of Object.entries(contactColumns) as [
        keyof typeof contactColumns,
        keyof typeof card,
      ][]) {
        const value = fields[field]
        if (value !== undefined && value !== card[column]) values[column] = value
      }
      if (fields.companyName !== undefined) {
        const companyId =
          fields.companyName === '' ? null : companyByName(write, store, actorId, fields.companyName)
        if (companyId !== card.company_id) values.company_id = companyId
      }
      if (fields.ownerId !== undefined && fields.ownerId !== card.owner_id) {
        if (fields.ownerId !== null && userById(write.db, fields.ownerId)?.active !== 1) {
          throw new DomainError('BAD_INPUT', 'The owner has to be an active user.', { field: 'ownerId' })
        }
        values.owner_id = fields.ownerId
      }
      if (Object.keys(values).length === 0) return
      appendOp(write, store.hlc, actorId, { entity: 'contact', id: card.id, kind: 'set', values })
      write.changed('contacts', card.id)
    },
    { durable: true },
  )
}

function companyByName(write: Write, store: Store, actorId: string, name: string): string {
  const known = companyNamed(write.db, name)
  if (known) return known.id
  const id = uuidV5(NAMESPACE.company, name.toLowerCase())
  appendOp(write, store.hlc, actorId, {
    entity: 'company',
    id,
    kind: 'create',
    values: { name, domain: null, created_at: write.now },
  })
  write.changed('companies', id)
  return id
}
