import { domainToASCII } from 'node:url'
import { systemLookups, type Lookups } from './discovery/lookups.ts'
import { loadProviders, providerOfDomain, providerOfExchanger, type Provider } from './discovery/providers.ts'

export type ProviderCheckOptions = {
  /** The product's `resources` folder, with providers.json. */
  resourcesDir: string
  /** The network; the real one when left out. */
  lookups?: Pick<Lookups, 'mx' | 'srv'>
  /** How long to wait for the network, in ms. */
  patience?: number
}

export type ProviderVerdict = {
  /** What is at odds, in words; null where nothing is, or nothing could be found out. */
  contradiction: string | null
  /** The facts that were looked at, a line each. */
  evidence: string[]
}

const hostOf = (name: string): string => (domainToASCII(name) || name).toLowerCase().replace(/\.$/, '')

/**
 * Compares the IMAP server that somebody chose for an address with what the DNS says about its mail (B7). The wrong
 * provider may well take the login (a migrated account); its answers would then never be seen.
 */
export function createProviderCheck(
  options: ProviderCheckOptions,
): (address: string, imapHost: string) => Promise<ProviderVerdict> {
  const lookups = options.lookups ?? systemLookups()
  let table: Promise<Provider[]> | null = null
  return async (address, imapHost) => {
    table ??= loadProviders(options.resourcesDir)
    const providers = await table
    const domain = hostOf(address.slice(address.lastIndexOf('@') + 1))
    const host = hostOf(imapHost)
    const own = providerOfDomain(providers, domain)
    if (own) {
      const evidence = [`${domain} is a domain of ${own.name}, whose server is ${own.imap.host}.`]
      return { evidence, contradiction: atOdds(own, host, `Addresses at ${domain} belong to ${own.name}`) }
    }
    const asked = await ask(lookups, domain, options.patience ?? 6000)
    if (!asked) {
      return { contradiction: null, evidence: [`The DNS could not be asked about ${domain}.`] }
    }
    const evidence = [
      asked.exchangers.length > 0
        ? `Mail for ${domain} goes to ${asked.exchangers.join(', ')} (MX).`
        : `${domain} names no mail exchanger (MX).`,
      ...asked.services.map((name) => `${domain} names ${name} as its IMAP server (SRV).`),
    ]
    // What the domain itself publishes as its IMAP server is right, whoever receives its mail.
    if (asked.services.includes(host)) return { contradiction: null, evidence }
    const [first] = asked.exchangers
    if (first === undefined) return { contradiction: null, evidence }
    const receives = providerOfExchanger(providers, first)
    if (receives) {
      return {
        evidence,
        contradiction: atOdds(receives, host, `Mail for ${domain} goes to ${receives.name}`),
      }
    }
    const chosen = providers.find((one) => hostOf(one.imap.host) === host)
    const contradiction =
      chosen && chosen.mx.length > 0
        ? `${imapHost} belongs to ${chosen.name}, but mail for ${domain} goes to ${first}. What is sent to the address would not arrive there.`
        : null
    return { contradiction, evidence }
  }
}

function atOdds(provider: Provider, host: string, fact: string): string | null {
  if (host === hostOf(provider.imap.host)) return null
  return `${fact}, but ${host} is not its server: that is ${provider.imap.host}. What is sent to the address would not arrive there.`
}

/** MX and SRV records, best first; null when neither could be asked. */
async function ask(
  lookups: Pick<Lookups, 'mx' | 'srv'>,
  domain: string,
  patience: number,
): Promise<{ exchangers: string[]; services: string[] } | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, patience, new Error('the DNS took too long'))
  })
  const [mx, ...srv] = await Promise.allSettled([
    Promise.race([lookups.mx(domain), late]),
    ...['imaps', 'imap'].map((service) => Promise.race([lookups.srv(`_${service}._tcp.${domain}`), late])),
  ])
  clearTimeout(timer)
  if (mx.status === 'rejected' && srv.every((one) => one.status === 'rejected')) return null
  // A null MX (RFC 7505) and an SRV target of "." (RFC 2782) say that there is no such service.
  const named = (names: readonly string[]) => names.map(hostOf).filter((name) => name !== '')
  return {
    exchangers:
      mx.status === 'fulfilled'
        ? named([...mx.value].sort((a, b) => a.priority - b.priority).map((record) => record.exchange))
        : [],
    services: [
      ...new Set(
        srv.flatMap((one) =>
          one.status === 'fulfilled' ? named(one.value.map((record) => record.name)) : [],
        ),
      ),
    ],
  }
}
