import { domainToASCII } from 'node:url'
import type { ServerProposal, ServerSettings } from '../../../contract/channels.ts'
import { readAutoconfig } from './discovery/autoconfig.ts'
import { systemLookups, type Lookups } from './discovery/lookups.ts'
import { loadProviders, providerOfDomain, providerOfExchanger, type Provider } from './discovery/providers.ts'

export type { Lookups } from './discovery/lookups.ts'

export type DiscoveryOptions = {
  /** The product's `resources` folder, with providers.json. */
  resourcesDir: string
  /** The network; the real one when left out. */
  lookups?: Lookups
  /** How long to wait for the network in ms: for an address of a provider in the table, and else. */
  patience?: { known: number; unknown: number }
}

export type Discovery = (address: string) => Promise<ServerProposal[]>

type SrvAnswer = { host: string; port: number; security: ServerSettings['security']; record: string }

/**
 * Finds the servers of an address, best first: the bundled table for a provider's own domain, SRV records
 * (RFC 6186, RFC 8314), published settings, the table by mail exchanger, guesses. Never logs in, never rejects for
 * a network that is away: then the table and the guesses are what is left, and they come quickly.
 */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const lookups = options.lookups ?? systemLookups()
  const patience = options.patience ?? { known: 1500, unknown: 6000 }
  let table: Promise<Provider[]> | null = null
  return async (address) => {
    table ??= loadProviders(options.resourcesDir)
    const providers = await table
    const at = address.lastIndexOf('@')
    const domain = domainToASCII(address.slice(at + 1)).toLowerCase()
    if (at < 1 || domain === '') return []
    const own = providerOfDomain(providers, domain)
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(), own ? patience.known : patience.unknown)
    try {
      const within = <T>(work: Promise<T>, otherwise: T) => orElse(work, otherwise, limit.signal)
      const [srv, published, exchangers, guesses] = await Promise.all([
        within(bySrv(lookups, address, domain), null),
        within(byAutoconfig(lookups, address, domain, limit.signal), null),
        within(lookups.mx(domain), []),
        within(guess(lookups, address, domain, limit.signal), allGuesses(address, domain)),
      ])
      const hosted = own ? null : byExchanger(providers, exchangers, address)
      return distinct([
        own && fromTable(own, address, `${own.name} is known`),
        srv,
        published,
        hosted,
        ...(own || hosted ? [] : guesses),
      ])
    } finally {
      clearTimeout(timer)
      limit.abort()
    }
  }
}

/** The answer, or `otherwise` when it fails or the time is over. What the network says is never an error here. */
function orElse<T>(work: Promise<T>, otherwise: T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(otherwise), { once: true })
    work.then(resolve, () => resolve(otherwise))
  })
}

function distinct(proposals: readonly (ServerProposal | null | undefined)[]): ServerProposal[] {
  const seen = new Set<string>()
  return proposals.filter((one): one is ServerProposal => {
    if (!one) return false
    const { imap, smtp } = one
    const key = [imap, smtp]
      .map(({ host, port, security }) => `${host.toLowerCase()}:${port}:${security}`)
      .join(' ')
    return !seen.has(key) && Boolean(seen.add(key))
  })
}

/** The record to use: lowest priority, then highest weight. A target of "." says that there is no such service. */
async function firstSrv(
  lookups: Lookups,
  name: string,
  security: ServerSettings['security'],
): Promise<SrvAnswer | null> {
  const records = await lookups.srv(name)
  const [best] = records
    .filter((record) => record.name !== '' && record.name !== '.' && record.port > 0)
    .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
  return best ? { host: best.name.replace(/\.$/, ''), port: best.port, security, record: name } : null
}

async function bySrv(lookups: Lookups, address: string, domain: string): Promise<ServerProposal | null> {
  const ask = (service: string, security: ServerSettings['security']) =>
    firstSrv(lookups, `_${service}._tcp.${domain}`, security).catch(() => null)
  // Encryption from the first byte is preferred to STARTTLS (RFC 8314 section 3).
  const [imaps, imap, submissions, submission] = await Promise.all([
    ask('imaps', 'tls'),
    ask('imap', 'starttls'),
    ask('submissions', 'tls'),
    ask('submission', 'starttls'),
  ])
  const incoming = imaps ?? imap
  const outgoing = submissions ?? submission
  if (!incoming || !outgoing) return null
  const settings = ({ host, port, security }: SrvAnswer): ServerSettings => ({
    host,
    port,
    security,
    user: address,
  })
  return {
    source: 'srv',
    evidence: `The DNS of ${domain} names them (${incoming.record}, ${outgoing.record}).`,
    imap: settings(incoming),
    smtp: settings(outgoing),
  }
}

async function byAutoconfig(
  lookups: Lookups,
  address: string,
  domain: string,
  signal: AbortSignal,
): Promise<ServerProposal | null> {
  const query = `?emailaddress=${encodeURIComponent(address)}`
  const urls = [
    `https://autoconfig.${domain}/mail/config-v1.1.xml${query}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml${query}`,
  ]
  const pages = await Promise.all(urls.map((url) => lookups.get(url, signal).catch(() => null)))
  for (const [i, page] of pages.entries()) {
    const found = page === null ? null : readAutoconfig(page, address)
    if (!found) continue
    return { source: 'autoconfig', evidence: `Published at ${new URL(urls[i] as string).host}.`, ...found }
  }
  return null
}

function fromTable(provider: Provider, address: string, reason: string): ServerProposal {
  const user = provider.user === 'local_part' ? address.slice(0, address.lastIndexOf('@')) : address
  return {
    source: 'bundled_table',
    evidence: provider.note === undefined ? `${reason}.` : `${reason}. ${provider.note}`,
    imap: { ...provider.imap, user },
    smtp: { ...provider.smtp, user },
  }
}

function byExchanger(
  providers: readonly Provider[],
  exchangers: readonly { exchange: string; priority: number }[],
  address: string,
): ServerProposal | null {
  for (const { exchange } of [...exchangers].sort((a, b) => a.priority - b.priority)) {
    const provider = providerOfExchanger(providers, exchange)
    // Hosted domains log in with the whole address, whatever the provider's own addresses do.
    if (provider)
      return fromTable(
        { ...provider, user: undefined },
        address,
        `${provider.name} receives its mail (MX ${exchange})`,
      )
  }
  return null
}

function allGuesses(address: string, domain: string): ServerProposal[] {
  const make = (imapHost: string, smtpHost: string): ServerProposal => ({
    source: 'guess',
    evidence: 'Only the usual names: nothing confirms them.',
    imap: { host: imapHost, port: 993, security: 'tls', user: address },
    smtp: { host: smtpHost, port: 465, security: 'tls', user: address },
  })
  return [make(`imap.${domain}`, `smtp.${domain}`), make(`mail.${domain}`, `mail.${domain}`)]
}

/** The usual names, without those that surely do not exist; all of them when nothing could be found out. */
async function guess(
  lookups: Lookups,
  address: string,
  domain: string,
  signal: AbortSignal,
): Promise<ServerProposal[]> {
  const all = allGuesses(address, domain)
  const known = await Promise.all(
    all.flatMap(({ imap, smtp }) =>
      [imap.host, smtp.host].map((host) => orElse(lookups.exists(host), true, signal)),
    ),
  )
  return all.filter((_, i) => known[i * 2] && known[i * 2 + 1])
}
