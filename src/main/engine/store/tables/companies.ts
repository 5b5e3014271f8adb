import type { ReadableDb } from '../statements.ts'

/** One row: a company, one that was merged into another, or an additional domain of one. */
export type CompanyRow = {
  id: string
  name: string
  domain: string | null
  phone: string
  website: string
  industry: string
  city: string
  country: string
  owner_id: string | null
  notes: string
  created_at: number
  removed_at: number | null
  merged_into: string | null
  merged_at: number | null
  is_alias: number
  /** The record that it belongs to: its own id, unless it was merged. */
  record_id: string
  /** 1 where lists and searches show it. */
  listed: number
}

export const companyById = (db: ReadableDb, id: string): CompanyRow | undefined =>
  db.get<CompanyRow>('SELECT * FROM companies WHERE id = ?', [id])

/** The record that a company belongs to now, which may be itself. */
export const companyRecordRow = (db: ReadableDb, id: string): CompanyRow | undefined =>
  db.get<CompanyRow>('SELECT * FROM companies WHERE id = (SELECT record_id FROM companies WHERE id = ?)', [
    id,
  ])

/** The rows of a record, itself first. */
export const companyRows = (db: ReadableDb, recordId: string): CompanyRow[] =>
  db.all<CompanyRow>(
    `SELECT * FROM companies INDEXED BY companies_by_record WHERE record_id = ?1
     ORDER BY id <> ?1, coalesce(merged_at, 0), id`,
    [recordId],
  )

/** Companies that show a domain, and its own row. */
export const companiesWithDomain = (db: ReadableDb, domain: string): CompanyRow[] =>
  db.all<CompanyRow>('SELECT * FROM companies INDEXED BY companies_by_domain WHERE domain = ? ORDER BY id', [
    domain,
  ])
