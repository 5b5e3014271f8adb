import { randomBytes } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { companyOfAddress } from '../crm/company-domain.ts'
import type { Dns } from '../lib/dns.ts'
import { DomainError } from '../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { Store } from '../store/store.ts'
import {
  domainById,
  domainByName,
  saveDomainChecks,
  type DomainCheckRow,
  type DomainRow,
} from '../store/tables/domains.ts'
import { dkimRecord, dmarcRecord, pending, quoted, spfRecord } from '../sync/domain-records.ts'

/** The TXT record by which an owner proves to be one (H3). */
export const challengeOf = ({ domain, token }: Pick<DomainRow, 'domain' | 'token'>) => ({
  name: `_anteroom.${domain}`,
  value: `anteroom-verification=${token}`,
})

/**
 * Begins to connect a domain; one that is there already is given back.
 * @throws DomainError BAD_INPUT for what is no domain of a company
 */
export function addDomain(store: Store, actorId: string, wanted: string): DomainRow {
  const domain = domainToASCII(wanted.trim().replace(/^.*@|\.$/g, ''))
  if (
    !/^(?=.{3,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/.test(
      domain,
    )
  )
    throw new DomainError('BAD_INPUT', `"${wanted}" is no domain. Write it like acme.com.`, {
      field: 'domain',
    })
  if (companyOfAddress(`x@${domain}`) === null)
    throw new DomainError(
      'BAD_INPUT',
      `${domain} belongs to a mail provider, so nobody here can connect it. Use a domain of your own.`,
      { field: 'domain' },
    )
  const known = domainByName(store.read, domain)
  if (known) return known
  const id = uuidV5(NAMESPACE.domain, domain)
  store.write(
    (write) => {
      const values = { domain, token: randomBytes(16).toString('hex'), created_at: write.now }
      appendOp(write, store.hlc, actorId, { entity: 'domain', id, kind: 'create', values })
      write.changed('domains', id)
    },
    { durable: true },
  )
  return domainById(store.read, id)!
}

/**
 * Looks into the DNS and notes what is there. Ownership is proved when the challenge stands there, and lost when the DNS
 * says that it does not any more; without an answer everything stays as it was, and is "pending".
 * @param actorId  the user who asked, or null
 */
export async function checkDomain(
  { store, dns }: { store: Store; dns: Dns },
  actorId: string | null,
  id: string,
): Promise<DomainRow> {
  const row = domainById(store.read, id)
  if (!row) throw new DomainError('NOT_FOUND', 'This domain is not connected here.')
  const checks = await Promise.all([
    ownership(dns, row),
    spfRecord(dns, row.domain),
    dkimRecord(dns, row.domain),
    dmarcRecord(dns, row.domain),
  ])
  store.write(
    (write) => {
      saveDomainChecks(write.db, id, checks, write.now)
      const proof = checks[0].state
      const connected =
        proof === 'ok' ? (row.connected_at ?? write.now) : proof === 'failed' ? null : row.connected_at
      if (connected !== row.connected_at) {
        const values = { connected_at: connected }
        appendOp(write, store.hlc, actorId, { entity: 'domain', id, kind: 'set', values })
        // Which From address their channels use follows from it.
        write.changed('channels', id)
      }
      write.changed('domains', id)
    },
    { durable: true },
  )
  return domainById(store.read, id)!
}

async function ownership(dns: Dns, row: DomainRow): Promise<DomainCheckRow> {
  const { name, value } = challengeOf(row)
  const answer = await dns.txt(name)
  if (answer.state === 'unknown') return pending('ownership', answer)
  const records = answer.state === 'found' ? answer.records : []
  if (records.some((record) => record.trim() === value))
    return { name: 'ownership', state: 'ok', detail: `The TXT record of ${name} proves it.` }
  const other = records[0]
  const found =
    other === undefined ? 'There is no TXT record' : `There is another TXT record, ${quoted(other)},`
  return {
    name: 'ownership',
    state: 'failed',
    detail: `${found} at ${name}. Publish one with the value ${value}; it may take an hour until it is seen.`,
  }
}
