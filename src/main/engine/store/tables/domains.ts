import type { ReadableDb, WritableDb } from '../statements.ts'

export type DomainRow = {
  id: string
  /** In ASCII, lower case. */
  domain: string
  token: string
  created_at: number
  /** When its ownership was proved; null while it is not. */
  connected_at: number | null
  /** When this machine last looked into the DNS. */
  checked_at: number | null
}

export type DomainCheckName = 'ownership' | 'spf' | 'dkim' | 'dmarc'
export type DomainCheckRow = { name: DomainCheckName; state: 'pending' | 'ok' | 'failed'; detail: string }

export const allDomains = (db: ReadableDb): DomainRow[] =>
  db.all<DomainRow>('SELECT * FROM domains ORDER BY domain')

export const domainById = (db: ReadableDb, id: string): DomainRow | undefined =>
  db.get<DomainRow>('SELECT * FROM domains WHERE id = ?', [id])

/** @param domain  in ASCII, lower case */
export const domainByName = (db: ReadableDb, domain: string): DomainRow | undefined =>
  db.get<DomainRow>('SELECT * FROM domains WHERE domain = ?', [domain])

/** What was found when the domain was last looked at. */
export const domainChecks = (db: ReadableDb, id: string): DomainCheckRow[] =>
  db.all<DomainCheckRow>('SELECT name, state, detail FROM domain_checks WHERE domain_id = ?', [id])

export function saveDomainChecks(
  db: WritableDb,
  id: string,
  checks: readonly DomainCheckRow[],
  at: number,
): void {
  for (const { name, state, detail } of checks) {
    db.run(
      `INSERT INTO domain_checks (domain_id, name, state, detail) VALUES (?, ?, ?, ?)
       ON CONFLICT (domain_id, name) DO UPDATE SET state = excluded.state, detail = excluded.detail`,
      [id, name, state, detail],
    )
  }
  db.run('UPDATE domains SET checked_at = ? WHERE id = ?', [at, id])
}
