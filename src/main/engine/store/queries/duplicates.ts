import type { MergeableTable } from '../record-ids.ts'
import type { ReadableDb } from '../statements.ts'

/**
 * What records may be the same: first the keys that several rows share, by a walk along an index that holds the key, then
 * the members of one key at a time. Pairs are made of neither.
 */

/** Members of one key that are looked at: past this many it is no sign of a duplicate ("info", a switchboard). */
const MEMBERS = 50

export type NamedRecord = { id: string; name: string }

export const sharedAddressKeysSql = `SELECT address_key AS key FROM contacts INDEXED BY contacts_by_address_key
  WHERE address_key IS NOT NULL GROUP BY address_key HAVING min(record_id) <> max(record_id) LIMIT ?`
export const sharedAddressKeys = (db: ReadableDb, limit: number): string[] =>
  db.all<{ key: string }>(sharedAddressKeysSql, [limit]).map((row) => row.key)

/** The records that a mailbox is known by, with how each of them writes it. */
export const recordsOfAddressKey = (db: ReadableDb, key: string): (NamedRecord & { address: string })[] =>
  db.all(
    `SELECT k.id, k.name, min(c.address) AS address FROM contacts c INDEXED BY contacts_by_address_key
       CROSS JOIN contacts k ON k.id = c.record_id
     WHERE c.address_key = ? AND c.address_removed_at IS NULL AND k.listed = 1 GROUP BY k.id ORDER BY k.id LIMIT ${MEMBERS}`,
    [key],
  )

export const sharedPhonesSql = `SELECT number AS key FROM contact_phones INDEXED BY contact_phones_by_number
  WHERE number > '' GROUP BY number HAVING count(*) > 1 LIMIT ?`
export const sharedPhones = (db: ReadableDb, limit: number): string[] =>
  db.all<{ key: string }>(sharedPhonesSql, [limit]).map((row) => row.key)

export const recordsOfPhone = (db: ReadableDb, number: string): NamedRecord[] =>
  db.all(
    `SELECT DISTINCT k.id, k.name FROM contact_phones p INDEXED BY contact_phones_by_number
       CROSS JOIN contacts c ON c.id = p.contact_id CROSS JOIN contacts k ON k.id = c.record_id
     WHERE p.number = ? AND p.removed_at IS NULL AND k.listed = 1 ORDER BY k.id LIMIT ${MEMBERS}`,
    [number],
  )

export type NameAtCompany = { company_id: string; name: string }

export const sharedNamesAtCompaniesSql = `SELECT company_id, name FROM contacts INDEXED BY contacts_by_company
  WHERE listed = 1 AND company_id > '' AND name <> '' GROUP BY company_id, name COLLATE NOCASE HAVING count(*) > 1 LIMIT ?`
export const sharedNamesAtCompanies = (db: ReadableDb, limit: number): NameAtCompany[] =>
  db.all<NameAtCompany>(sharedNamesAtCompaniesSql, [limit])

export const recordsOfNameAtCompany = (db: ReadableDb, key: NameAtCompany): NamedRecord[] =>
  db.all(
    `SELECT id, name FROM contacts INDEXED BY contacts_by_company
     WHERE listed = 1 AND company_id = ? AND name = ? COLLATE NOCASE ORDER BY id LIMIT ${MEMBERS}`,
    [key.company_id, key.name],
  )

/** The name and domain of the company that a row belongs to. */
export const companyOfRow = (
  db: ReadableDb,
  id: string,
): { name: string; domain: string | null } | undefined =>
  db.get(
    'SELECT k.name, k.domain FROM companies c CROSS JOIN companies k ON k.id = c.record_id WHERE c.id = ?',
    [id],
  )

export const sharedCompanyNamesSql = `SELECT name AS key FROM companies INDEXED BY companies_by_name
  WHERE listed = 1 AND name > '' GROUP BY name COLLATE NOCASE HAVING count(*) > 1 LIMIT ?`
export const sharedCompanyNames = (db: ReadableDb, limit: number): string[] =>
  db.all<{ key: string }>(sharedCompanyNamesSql, [limit]).map((row) => row.key)

export const companiesNamed = (db: ReadableDb, name: string): NamedRecord[] =>
  db.all(
    `SELECT id, name FROM companies INDEXED BY companies_by_name
     WHERE listed = 1 AND name = ? COLLATE NOCASE ORDER BY id LIMIT ${MEMBERS}`,
    [name],
  )

export type DomainOfCompany = { id: string; domain: string }

/** Companies whose domain has three labels or more: all others are registrable as they are. */
export const deepDomainsSql = `SELECT id, coalesce(domain, '') AS domain FROM companies INDEXED BY companies_by_listed_domain
  WHERE listed = 1 AND coalesce(domain, '') > '' AND coalesce(domain, '') LIKE '%.%.%' LIMIT ?`
export const deepDomains = (db: ReadableDb, limit: number): DomainOfCompany[] =>
  db.all<DomainOfCompany>(deepDomainsSql, [limit])

export const companiesWithDomain = (db: ReadableDb, domain: string): DomainOfCompany[] =>
  db.all(
    `SELECT id, coalesce(domain, '') AS domain FROM companies INDEXED BY companies_by_listed_domain
     WHERE listed = 1 AND coalesce(domain, '') = ? ORDER BY id LIMIT ${MEMBERS}`,
    [domain],
  )

export const sharedDomainsSql = `SELECT coalesce(domain, '') AS key FROM companies INDEXED BY companies_by_listed_domain
  WHERE listed = 1 AND coalesce(domain, '') > '' GROUP BY coalesce(domain, '') HAVING count(*) > 1 LIMIT ?`
export const sharedDomains = (db: ReadableDb, limit: number): string[] =>
  db.all<{ key: string }>(sharedDomainsSql, [limit]).map((row) => row.key)

export const dismissedSql = (table: MergeableTable): string =>
  `SELECT 1 FROM ${table} a INDEXED BY ${table}_by_record CROSS JOIN ${table} b INDEXED BY ${table}_by_record
     CROSS JOIN duplicate_dismissals d INDEXED BY duplicate_dismissals_pair
       ON d.a_id = min(a.id, b.id) AND d.b_id = max(a.id, b.id)
   WHERE a.record_id = ? AND b.record_id = ? AND d.removed_at IS NULL LIMIT 1`

/** Whether somebody said of two records, or of what was merged into them, that they are not the same. */
export const areDismissed = (db: ReadableDb, table: MergeableTable, a: string, b: string): boolean =>
  db.get(dismissedSql(table), [a, b]) !== undefined
