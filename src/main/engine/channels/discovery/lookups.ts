import type { MxRecord, SrvRecord } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'

/**
 * The network as discovery sees it; tests bring doubles. Each answers with nothing (an empty list, null) where
 * there is nothing, and rejects where it could not find out.
 */
export type Lookups = {
  srv(name: string): Promise<Pick<SrvRecord, 'name' | 'port' | 'priority' | 'weight'>[]>
  mx(domain: string): Promise<Pick<MxRecord, 'exchange' | 'priority'>[]>
  /** True when the name has an address. */
  exists(host: string): Promise<boolean>
  /** The body of a page over HTTPS, null for anything but success. */
  get(url: string, signal: AbortSignal): Promise<string | null>
}

const MAX_PAGE = 256 * 1024
const MAX_REDIRECTS = 3
const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EFORMERR'])

/**
 * DNS and HTTPS as they are, with short times.
 * @param servers  DNS servers as `address` or `address:port`; the system's where the list is empty
 */
export function systemLookups(servers: readonly string[] = []): Lookups {
  const resolver = new Resolver({ timeout: 1500, tries: 2 })
  if (servers.length > 0) resolver.setServers(servers)
  const orNothing = async <T>(work: Promise<T>, nothing: T): Promise<T> => {
    try {
      return await work
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== undefined && NOTHING.has(code)) return nothing
      throw error
    }
  }
  return {
    srv: (name) => orNothing(resolver.resolveSrv(name), []),
    mx: (domain) => orNothing(resolver.resolveMx(domain), []),
    async exists(host) {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
      if (found.some((one) => one.status === 'fulfilled' && one.value.length > 0)) return true
      for (const one of found) {
        if (one.status === 'rejected' && !NOTHING.has((one.reason as NodeJS.ErrnoException).code ?? ''))
          throw one.reason
      }
      return false
    },
    async get(url, signal) {
      let at = new URL(url)
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        // Settings that came without encryption could send the password anywhere, and an address of a machine
        // nearby has no business publishing them.
        if (at.protocol !== 'https:' || isIP(at.hostname.replace(/^\[|\]$/g, '')) !== 0) return null
        const response = await fetch(at, {
          signal,
          redirect: 'manual',
          headers: { accept: 'text/xml, application/xml' },
        })
        const next = response.headers.get('location')
        if (response.status >= 300 && response.status < 400 && next !== null) {
          await response.body?.cancel()
          at = new URL(next, at)
          continue
        }
        if (!response.ok || !response.body) {
          await response.body?.cancel()
          return null
        }
        return readUpTo(response.body, MAX_PAGE)
      }
      return null
    },
  }
}

async function readUpTo(body: ReadableStream<Uint8Array>, limit: number): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the stream.
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
