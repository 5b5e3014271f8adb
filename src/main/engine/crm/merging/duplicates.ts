import { DomainError } from '../../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import {
  areDismissed,
  companiesNamed,
  companiesWithDomain,
  companyOfRow,
  deepDomains,
  recordsOfAddressKey,
  recordsOfNameAtCompany,
  recordsOfPhone,
  sharedAddressKeys,
  sharedCompanyNames,
  sharedDomains,
  sharedNamesAtCompanies,
  sharedPhones,
  type DomainOfCompany,
} from '../../store/queries/duplicates.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store } from '../../store/store.ts'
import { collectUndo } from '../../store/undo.ts'
import { companyOfAddress } from '../company-domain.ts'
import { MERGEABLE, mustBeRecord, type MergeableType } from './mergeable.ts'

/** Two records that may be the same, and why, in words. */
export type Duplicate = { a: string; b: string; reason: string }

/** Keys of one kind that are looked at: what is merged or dismissed makes room for the next ones. */
const KEYS = 2_000
/** Domains with more labels than two, all of which are compared. */
const DEEP_DOMAINS = 20_000

/**
 * Suggests records that may be the same, the surest signs first. Each rule walks the keys that are shared, so the cost
 * grows with the index and not with the number of pairs.
 * @param limit  pairs at most
 */
export function findDuplicates(db: ReadableDb, type: MergeableType, limit: number): Duplicate[] {
  const table = MERGEABLE[type]
  const found = new Map<string, Duplicate>()
  for (const choices of type === 'contact' ? contactSuggestions(db) : companySuggestions(db)) {
    if (found.size >= limit) break
    const chosen = choices.find(({ a, b }) => !areDismissed(db, table, a, b))
    if (chosen && !found.has(`${chosen.a} ${chosen.b}`)) found.set(`${chosen.a} ${chosen.b}`, chosen)
  }
  return [...found.values()]
}

function* contactSuggestions(db: ReadableDb): Generator<Duplicate[]> {
  for (const key of sharedAddressKeys(db, KEYS)) {
    yield* pairs(
      recordsOfAddressKey(db, key),
      (a, b) => `${a.address} and ${b.address} are one mailbox: its provider ignores what differs`,
    )
  }
  for (const number of sharedPhones(db, KEYS)) {
    for (const same of byName(recordsOfPhone(db, number)))
      yield* pairs(same, () => `Same name and the same phone number, ${number}`)
  }
  for (const key of sharedNamesAtCompanies(db, KEYS)) {
    const company = companyOfRow(db, key.company_id)
    const where = company?.domain
      ? `the same company domain, ${company.domain}`
      : `the same company, ${company?.name ?? ''}`
    yield* pairs(recordsOfNameAtCompany(db, key), () => `Same name and ${where}`)
  }
}

function* companySuggestions(db: ReadableDb): Generator<Duplicate[]> {
  for (const domain of sharedDomains(db, KEYS))
    yield* pairs(companiesWithDomain(db, domain), () => `Same domain, ${domain}`)
  for (const [domain, companies] of byRegistrableDomain(db))
    yield* pairs(companies, (a, b) => `${a.domain} and ${b.domain} are both under ${domain}`)
  for (const name of sharedCompanyNames(db, KEYS))
    yield* pairs(companiesNamed(db, name), () => `Same name, ${name}`)
}

/** Companies by the domain that somebody registered, where one of them names a part of it. */
function byRegistrableDomain(db: ReadableDb): Map<string, DomainOfCompany[]> {
  const groups = new Map<string, DomainOfCompany[]>()
  for (const company of deepDomains(db, DEEP_DOMAINS)) {
    const registrable = companyOfAddress(`x@${company.domain}`)?.domain
    // acme.co.uk is registrable as it is; it is found by those under it.
    if (registrable === undefined || registrable === company.domain) continue
    const group = groups.get(registrable) ?? companiesWithDomain(db, registrable)
    groups.set(registrable, [...group, company])
  }
  return groups
}

/** Records with the same name, whatever its case and accents; those without one are nobody's duplicate. */
function byName<R extends { name: string }>(records: readonly R[]): R[][] {
  const groups = new Map<string, R[]>()
  for (const record of records) {
    const key = nameKey(record.name)
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()]
}

const nameKey = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** For each record the pairs with those before it: one is enough, and where that was dismissed the next one. */
function* pairs<R extends { id: string }>(
  records: readonly R[],
  reason: (a: R, b: R) => string,
): Generator<Duplicate[]> {
  for (const [i, second] of records.entries()) {
    yield records.slice(0, i).flatMap((first) => {
      if (first.id === second.id) return []
      const [a, b] = first.id < second.id ? [first, second] : [second, first]
      return [{ a: a.id, b: b.id, reason: reason(a, b) }]
    })
  }
}

/**
 * "These are not the same": the two are not suggested again, whatever is merged into either.
 * @returns what `undo.run` is called with
 * @throws DomainError NOT_FOUND, BAD_INPUT when they are one record
 */
export function dismissDuplicate(
  store: Store,
  actorId: string,
  type: MergeableType,
  one: string,
  other: string,
): string | null {
  return store.write(
    (write) => {
      const ids = [mustBeRecord(write.db, type, one), mustBeRecord(write.db, type, other)].sort()
      const [a, b] = ids as [string, string]
      if (a === b) throw new DomainError('BAD_INPUT', 'These two are one record already.')
      const id = uuidV5(NAMESPACE.duplicateDismissal, `${a}\n${b}`)
      const undo = collectUndo(write, store, actorId)
      undo.append({
        entity: 'duplicate_dismissal',
        id,
        kind: 'create',
        values: { record_type: type, a_id: a, b_id: b, created_at: write.now, removed_at: null },
      })
      for (const record of ids) write.changed(MERGEABLE[type], record)
      return undo.id()
    },
    { durable: true },
  )
}
