import type { Logger } from 'pino'
import type { Dns } from '../lib/dns.ts'
import type { Store } from '../store/store.ts'
import { allDomains } from '../store/tables/domains.ts'
import { checkDomain } from './domain-actions.ts'

/** Records come and go: each domain is looked at again now and then, in ms. */
const EVERY_MS = 6 * 60 * 60 * 1000
/** After a start there is more urgent work. */
const FIRST_MS = 20_000

/** Looks at the connected domains again from time to time (H3): what was pending while offline is settled by itself. */
export function createDomainRechecks({ store, dns, log }: { store: Store; dns: Dns; log: Logger }): {
  start(): void
  stop(): void
} {
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  const look = async (): Promise<void> => {
    for (const { id, domain } of allDomains(store.read)) {
      if (stopped) return
      try {
        await checkDomain({ store, dns }, null, id)
      } catch (error) {
        if (!stopped) log.warn({ err: error, domain }, 'a domain could not be looked at')
      }
    }
  }
  const later = (ms: number): void => {
    timer = setTimeout(() => {
      void look().finally(() => {
        if (!stopped) later(EVERY_MS)
      })
    }, ms).unref()
  }
  return {
    start: () => later(FIRST_MS),
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
    },
  }
}
