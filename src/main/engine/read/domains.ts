import type { z } from 'zod'
import type { DomainView } from '../../../contract/admin.ts'
import type { ReadableDb } from '../store/statements.ts'
import { allDomains, domainChecks, type DomainCheckName, type DomainRow } from '../store/tables/domains.ts'
import { challengeOf } from '../team/domain-actions.ts'

const NAMES: readonly DomainCheckName[] = ['ownership', 'spf', 'dkim', 'dmarc']

export function domainShape(db: ReadableDb, row: DomainRow): z.input<typeof DomainView> {
  const found = new Map(domainChecks(db, row.id).map((check) => [check.name, check]))
  return {
    id: row.id,
    domain: row.domain,
    challenge: challengeOf(row),
    checks: NAMES.map((name) => found.get(name) ?? { name, state: 'pending', detail: 'Not looked at yet.' }),
    connected: row.connected_at !== null,
    checkedAt: row.checked_at,
  }
}

export const domainShapes = (db: ReadableDb): z.input<typeof DomainView>[] =>
  allDomains(db).map((row) => domainShape(db, row))
