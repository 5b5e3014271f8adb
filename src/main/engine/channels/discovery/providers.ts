import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ServerSettings } from '../../../../contract/channels.ts'

const Server = ServerSettings.omit({ user: true })

const Provider = z.object({
  name: z.string().min(1),
  /** Domains of its own addresses. */
  domains: z.array(z.string()),
  /** What the names of its mail exchangers end with, for domains that it hosts. */
  mx: z.array(z.string()),
  imap: Server,
  smtp: Server,
  /** What to log in with; the whole address when missing. */
  user: z.literal('local_part').optional(),
  /** What else is needed, in words. */
  note: z.string().optional(),
})
export type Provider = z.infer<typeof Provider>

export const ProviderTable = z.object({ providers: z.array(Provider) })

/** The bundled table. Rejects when the file is missing or broken: it is part of the program. */
export async function loadProviders(resourcesDir: string): Promise<Provider[]> {
  const text = await readFile(join(resourcesDir, 'providers.json'), 'utf8')
  return ProviderTable.parse(JSON.parse(text)).providers
}

/** The provider whose own address this is. */
export function providerOfDomain(providers: readonly Provider[], domain: string): Provider | null {
  return providers.find(({ domains }) => domains.includes(domain)) ?? null
}

/** The provider that a mail exchanger belongs to; the longest ending wins (`pec.aruba.it` before `aruba.it`). */
export function providerOfExchanger(providers: readonly Provider[], exchange: string): Provider | null {
  const host = exchange.toLowerCase().replace(/\.$/, '')
  let found: { provider: Provider; length: number } | null = null
  for (const provider of providers) {
    for (const ending of provider.mx) {
      if (host !== ending && !host.endsWith(`.${ending}`)) continue
      if (!found || ending.length > found.length) found = { provider, length: ending.length }
    }
  }
  return found?.provider ?? null
}
