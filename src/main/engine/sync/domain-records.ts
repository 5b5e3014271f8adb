import type { Dns, DnsAnswer } from '../lib/dns.ts'
import type { DomainCheckRow } from '../store/tables/domains.ts'

/** What a domain publishes about who may send in its name, in words for whoever looks after it. */

export const quoted = (text: string): string => `“${text.length > 200 ? `${text.slice(0, 200)}…` : text}”`

export const pending = (
  name: DomainCheckRow['name'],
  answer: Extract<DnsAnswer<unknown>, { state: 'unknown' }>,
) =>
  ({
    name,
    state: 'pending',
    detail: `The DNS could not be asked (${answer.reason}). It is looked at again when this computer is online.`,
  }) satisfies DomainCheckRow

/** The SPF record of a domain (RFC 7208). */
export async function spfRecord(dns: Dns, domain: string): Promise<DomainCheckRow> {
  const answer = await dns.txt(domain)
  if (answer.state === 'unknown') return pending('spf', answer)
  const records = answer.state === 'found' ? answer.records.filter((one) => /^v=spf1(?:\s|$)/i.test(one)) : []
  // RFC 7208 section 4.5: more than one is an error, and counts as none.
  if (records.length > 1)
    return {
      name: 'spf',
      state: 'failed',
      detail: `${domain} has ${records.length} SPF records, so receivers use none of them. Join them into one.`,
    }
  if (records.length === 0)
    return {
      name: 'spf',
      state: 'failed',
      detail: `${domain} has no SPF record. Publish a TXT record at ${domain} that names the server you send through, such as “v=spf1 mx ~all” or what your provider gives.`,
    }
  return { name: 'spf', state: 'ok', detail: `Found ${quoted(records[0]!)}.` }
}

/** The names under which the common providers keep keys; there is no way to list them. */
const SELECTORS = [
  ...['default', 'mail', 'dkim', 'google', 'selector1', 'selector2', 's1', 's2', 'k1', 'k2', 'k3'],
  ...[
    'fm1',
    'fm2',
    'fm3',
    'mesmtp',
    'zoho',
    'zmail',
    'protonmail',
    'protonmail2',
    'protonmail3',
    'sig1',
    'x',
  ],
]

/** Whether a domain has DKIM keys (RFC 6376), as far as that can be found out. */
export async function dkimRecord(dns: Dns, domain: string): Promise<DomainCheckRow> {
  const parent = await dns.txt(`_domainkey.${domain}`)
  if (parent.state === 'unknown') return pending('dkim', parent)
  const answers = await Promise.all(
    SELECTORS.map(async (selector) => ({
      selector,
      answer: await dns.txt(`${selector}._domainkey.${domain}`),
    })),
  )
  const found = answers.filter(
    ({ answer }) =>
      answer.state === 'found' && answer.records.some((one) => /(?:^|;)\s*p=[A-Za-z0-9+/]/.test(one)),
  )
  if (found.length > 0)
    return {
      name: 'dkim',
      state: 'ok',
      detail: `Found ${found.length === 1 ? 'a key' : 'keys'} under ${found.map((one) => one.selector).join(', ')}.`,
    }
  // RFC 8020: the name exists without records of its own only because there is something below it.
  if (parent.state === 'none' && parent.hasChildren)
    return {
      name: 'dkim',
      state: 'ok',
      detail: 'There are keys, under a name that is not one of the usual ones.',
    }
  return {
    name: 'dkim',
    state: 'failed',
    detail: `No DKIM key was found under the usual names at _domainkey.${domain}. Switch signing on at your mail provider and publish the key that it gives.`,
  }
}

/** The DMARC record that holds for a domain (RFC 7489 section 6.6.3). */
export async function dmarcRecord(dns: Dns, domain: string): Promise<DomainCheckRow> {
  // The record of the domain itself, else of the nearest one above it.
  for (let at = domain; at.includes('.'); at = at.slice(at.indexOf('.') + 1)) {
    const answer = await dns.txt(`_dmarc.${at}`)
    if (answer.state === 'unknown') return pending('dmarc', answer)
    const record =
      answer.state === 'found' ? answer.records.find((one) => /^v=DMARC1\s*(?:;|$)/i.test(one)) : undefined
    if (record) return { name: 'dmarc', state: 'ok', detail: `Found ${quoted(record)} at _dmarc.${at}.` }
  }
  return {
    name: 'dmarc',
    state: 'failed',
    detail: `There is no DMARC record at _dmarc.${domain}. Publish a TXT record there, to begin with “v=DMARC1; p=none”.`,
  }
}
