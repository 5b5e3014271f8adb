import { DomainError } from '../../lib/domain-error.ts'
import {
  companiesWithDomain,
  companyById,
  companyRecordRow,
  type CompanyRow,
} from '../../store/tables/companies.ts'
import { companyIdOf } from '../../store/tables/contacts.ts'
import { appendOp } from '../../store/ops.ts'
import { companyNamed } from '../../store/queries/contacts.ts'
import { NAMESPACE, uuidV5, uuidV7 } from '../../lib/uuid.ts'
import { companyOfAddress } from '../company-domain.ts'
import type { Doing } from './doing.ts'

/**
 * The domains of a company. Each has a row of its own whose id follows from it, so that mail finds its company; one that is
 * not the company's own row is merged into it.
 */

/** @throws DomainError CONFLICT with the id of another company that has the domain */
export function mustBeFreeDomain(doing: Doing, domain: string, exceptId: string | null): void {
  const { db } = doing.write
  // Mail of a domain goes to the row that its id names, whatever domain that shows now.
  for (const id of [companyIdOf(domain), ...companiesWithDomain(db, domain).map((row) => row.id)]) {
    const record = companyRecordRow(db, id)
    if (record?.listed !== 1 || record.id === exceptId) continue
    throw new DomainError(
      'CONFLICT',
      `${domain} is the domain of ${record.name || 'a company without a name'} already. Open that company, or merge the two.`,
      { id: record.id },
    )
  }
}

/** Lets a company's mail find it by a new domain. To be called after its field was set. */
export function linkDomain(doing: Doing, record: CompanyRow, domain: string): void {
  const { write, undo } = doing
  const id = companyIdOf(domain)
  if (id === record.id) return
  const known = companyById(write.db, id)
  if (known && companyRecordRow(write.db, id)?.id === record.id) return
  const alias = { merged_into: record.id, merged_at: write.now, is_alias: 1 }
  if (known) undo.append({ entity: 'company', id, kind: 'set', values: { ...alias, removed_at: null } })
  else {
    const values = { name: record.name, domain, created_at: write.now, ...alias, removed_at: null }
    undo.append({ entity: 'company', id, kind: 'create', values })
  }
}

/** The id that a new company gets: that of its domain where it has one. */
export const newCompanyId = (doing: Doing, domain: string): string =>
  domain === '' ? uuidV7(doing.write.now) : companyIdOf(domain)

/** The company of an address's domain, made if missing; null for free-mail domains, and for a company that was removed. */
export function companyForAddress(doing: Doing, address: string): string | null {
  const found = companyOfAddress(address)
  if (!found) return null
  const { write, store, actorId } = doing
  const id = companyIdOf(found.domain)
  if (companyById(write.db, id)) {
    const record = companyRecordRow(write.db, id)
    return record?.listed === 1 ? record.id : null
  }
  // As when mail makes it: it stays when what it was made for is taken back.
  const values = { name: found.name, domain: found.domain, created_at: write.now }
  appendOp(write, store.hlc, actorId, { entity: 'company', id, kind: 'create', values })
  write.changed('companies', id)
  return id
}

/** The company of that name, whatever its case; made if missing. @returns its id */
export function companyOfName(doing: Doing, name: string): string {
  const { write, undo } = doing
  const known = companyNamed(write.db, name)
  if (known) return companyRecordRow(write.db, known.id)?.id ?? known.id
  const id = uuidV5(NAMESPACE.company, name.trim().toLowerCase())
  if (companyById(write.db, id)) {
    const back = { name: name.trim(), removed_at: null, merged_into: null, merged_at: null, is_alias: 0 }
    undo.append({ entity: 'company', id, kind: 'set', values: back })
  } else {
    const values = { name: name.trim(), domain: null, created_at: write.now, removed_at: null }
    undo.append({ entity: 'company', id, kind: 'create', values })
  }
  write.changed('companies', id)
  return id
}
