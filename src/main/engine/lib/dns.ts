import { Resolver } from 'node:dns/promises'

/** Looked up and not found, or not to be found out: what a caller has to tell apart. */
export type DnsAnswer<T> =
  | { state: 'found'; records: T[] }
  /** The name does not exist, or has no such record; `hasChildren` when names below it exist (RFC 8020). */
  | { state: 'none'; hasChildren: boolean }
  /** No answer: offline, a server that fails, a time-out. */
  | { state: 'unknown'; reason: string }

/** The DNS as the engine sees it; tests bring a server of their own. Never rejects. */
export type Dns = {
  /** Each record as one text, its strings joined (RFC 7208 section 3.3). */
  txt(name: string): Promise<DnsAnswer<string>>
  mx(domain: string): Promise<DnsAnswer<{ exchange: string; priority: number }>>
  /** IPv4 and IPv6 addresses. */
  addresses(host: string): Promise<DnsAnswer<string>>
}

const TIMES = { timeout: 2000, tries: 2 }

/**
 * A resolver of its own, so that a slow name holds up nobody else.
 * @param servers  `address` or `address:port`; the system's where the list is empty
 */
export function newResolver(servers: readonly string[]): Resolver {
  const resolver = new Resolver(TIMES)
  if (servers.length > 0) resolver.setServers(servers)
  return resolver
}

/** @param servers  as of `newResolver` */
export function createDns(servers: readonly string[] = []): Dns {
  const resolver = newResolver(servers)
  return {
    txt: async (name) => {
      const answer = await ask(resolver.resolveTxt(name))
      return answer.state === 'found'
        ? { state: 'found', records: answer.records.map((strings) => strings.join('')) }
        : answer
    },
    mx: (domain) => ask(resolver.resolveMx(domain)),
    addresses: async (host) => {
      const [four, six] = await Promise.all([ask(resolver.resolve4(host)), ask(resolver.resolve6(host))])
      const records = [four, six].flatMap((one) => (one.state === 'found' ? one.records : []))
      if (records.length > 0) return { state: 'found', records }
      return four.state === 'unknown' ? four : six
    },
  }
}

async function ask<T>(work: Promise<T[]>): Promise<DnsAnswer<T>> {
  try {
    const records = await work
    return records.length > 0 ? { state: 'found', records } : { state: 'none', hasChildren: false }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTFOUND' || code === 'EBADNAME') return { state: 'none', hasChildren: false }
    if (code === 'ENODATA') return { state: 'none', hasChildren: true }
    return { state: 'unknown', reason: code ?? String(error) }
  }
}
