import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDiscovery, type Lookups } from '../../src/main/engine/channels/discover.ts'
import { readAutoconfig } from '../../src/main/engine/channels/discovery/autoconfig.ts'
import { loadProviders, providerOfExchanger } from '../../src/main/engine/channels/discovery/providers.ts'

const resourcesDir = resolve(import.meta.dirname, '../../resources')

// A double of the network: what is not given does not exist.
type World = {
  srv?: Record<string, { name: string; port: number; priority?: number; weight?: number }[]>
  mx?: Record<string, { exchange: string; priority: number }[]>
  hosts?: string[]
  pages?: Record<string, string>
  /** Every look-up fails, or never ends. */
  network?: 'fails' | 'hangs'
}

function lookups(world: World): Lookups & { asked: string[] } {
  const asked: string[] = []
  const answer = <T>(question: string, value: T): Promise<T> => {
    asked.push(question)
    if (world.network === 'hangs') return new Promise(() => undefined)
    if (world.network === 'fails')
      return Promise.reject(Object.assign(new Error('offline'), { code: 'ECONNREFUSED' }))
    return Promise.resolve(value)
  }
  return {
    asked,
    srv: (name) =>
      answer(
        name,
        (world.srv?.[name] ?? []).map((one) => ({ priority: 0, weight: 0, ...one })),
      ),
    mx: (domain) => answer(domain, world.mx?.[domain] ?? []),
    exists: (host) => answer(host, world.hosts?.includes(host) ?? false),
    get: (url) => answer(url, world.pages?.[url.split('?')[0] as string] ?? null),
  }
}

const discover = (address: string, world: World, patience?: { known: number; unknown: number }) =>
  createDiscovery({ resourcesDir, lookups: lookups(world), patience })(address)

const server = (host: string, port: number, security: string, user: string) => ({
  host,
  port,
  security,
  user,
})

const config = (imap: string, smtp: string) => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="acme.test"><domain>acme.test</domain>
${imap}${smtp}</emailProvider></clientConfig>`
const incoming = (
  more = '',
) => `<incomingServer type="imap"><hostname>in.%EMAILDOMAIN%</hostname><port>993</port>
<socketType>SSL</socketType><username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication>${more}</incomingServer>`
const outgoing = (
  socket = 'STARTTLS',
) => `<outgoingServer type="smtp"><hostname>out.acme.test</hostname><port>587</port>
<socketType>${socket}</socketType><username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>`

describe('discovery', () => {
  it('knows the address of a provider without the network, at once', async () => {
    for (const network of ['fails', 'hangs'] as const) {
      const began = performance.now()
      const [first] = await discover('ada@gmail.com', { network }, { known: 80, unknown: 5000 })
      expect(performance.now() - began).toBeLessThan(2000)
      expect(first).toMatchObject({
        source: 'bundled_table',
        imap: server('imap.gmail.com', 993, 'tls', 'ada@gmail.com'),
        smtp: server('smtp.gmail.com', 465, 'tls', 'ada@gmail.com'),
      })
      expect(first?.evidence).toContain('app password')
    }
  })

  it('logs in with the local part where the provider wants that', async () => {
    const [first] = await discover('jan.nowak@o2.pl', {})
    expect(first?.imap).toEqual(server('poczta.o2.pl', 993, 'tls', 'jan.nowak'))
  })

  it('follows SRV records: TLS before STARTTLS, lowest priority first', async () => {
    const [first] = await discover('ada@acme.test', {
      srv: {
        '_imaps._tcp.acme.test': [
          { name: 'second.acme.test.', port: 993, priority: 10 },
          { name: 'first.acme.test.', port: 9993, priority: 1 },
        ],
        '_imap._tcp.acme.test': [{ name: 'plain.acme.test', port: 143 }],
        '_submissions._tcp.acme.test': [{ name: '.', port: 0 }],
        '_submission._tcp.acme.test': [{ name: 'submit.acme.test', port: 587 }],
      },
    })
    expect(first).toMatchObject({
      source: 'srv',
      imap: server('first.acme.test', 9993, 'tls', 'ada@acme.test'),
      smtp: server('submit.acme.test', 587, 'starttls', 'ada@acme.test'),
    })
    expect(first?.evidence).toContain('_imaps._tcp.acme.test')
  })

  it('reads published settings', async () => {
    const page = 'https://autoconfig.acme.test/mail/config-v1.1.xml'
    const [first] = await discover('ada@acme.test', { pages: { [page]: config(incoming(), outgoing()) } })
    expect(first).toMatchObject({
      source: 'autoconfig',
      imap: server('in.acme.test', 993, 'tls', 'ada'),
      smtp: server('out.acme.test', 587, 'starttls', 'ada@acme.test'),
    })
    expect(first?.evidence).toContain('autoconfig.acme.test')
  })

  it('asks over HTTPS only', async () => {
    const network = lookups({})
    await createDiscovery({ resourcesDir, lookups: network })('ada@acme.test')
    const urls = network.asked.filter((question) => question.includes('://'))
    expect(urls).toHaveLength(2)
    expect(urls.every((url) => url.startsWith('https://'))).toBe(true)
  })

  it('recognises a hosted domain by its mail exchanger', async () => {
    const found = await discover('ada@acme.test', {
      mx: {
        'acme.test': [
          { exchange: 'backup.elsewhere.test', priority: 50 },
          { exchange: 'aspmx.l.google.com', priority: 10 },
        ],
      },
      hosts: ['imap.acme.test', 'smtp.acme.test'],
    })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      source: 'bundled_table',
      imap: { host: 'imap.gmail.com', user: 'ada@acme.test' },
    })
    expect(found[0]?.evidence).toContain('aspmx.l.google.com')
  })

  it('guesses last, and only names that may exist', async () => {
    expect(await discover('ada@acme.test', {})).toEqual([])
    const found = await discover('ada@acme.test', { hosts: ['mail.acme.test'] })
    expect(found).toMatchObject([
      { source: 'guess', imap: { host: 'mail.acme.test' }, smtp: { host: 'mail.acme.test' } },
    ])
    // Without the network nothing can be excluded.
    const offline = await discover('ada@acme.test', { network: 'hangs' }, { known: 50, unknown: 50 })
    expect(offline.map(({ imap }) => imap.host)).toEqual(['imap.acme.test', 'mail.acme.test'])
  })

  it('shows the same servers once', async () => {
    const found = await discover('ada@gmail.com', {
      srv: {
        '_imaps._tcp.gmail.com': [{ name: 'imap.gmail.com', port: 993 }],
        '_submissions._tcp.gmail.com': [{ name: 'smtp.gmail.com', port: 465 }],
      },
    })
    expect(found).toHaveLength(1)
  })

  it('takes international domains in their ASCII form', async () => {
    const network = lookups({})
    await createDiscovery({ resourcesDir, lookups: network })('ada@münchen.test')
    expect(network.asked).toContain('_imaps._tcp.xn--mnchen-3ya.test')
  })
})

describe('a settings file', () => {
  const read = (xml: string) => readAutoconfig(xml, 'ada@acme.test')

  it('prefers TLS to STARTTLS and takes no server without encryption', () => {
    const two = outgoing('STARTTLS') + outgoing('SSL').replace('587', '465')
    expect(read(config(incoming(), two))?.smtp).toMatchObject({ port: 465, security: 'tls' })
    expect(read(config(incoming(), outgoing('plain')))).toBeNull()
  })

  it('without a password login is of no use', () => {
    const oauth = incoming().replace('password-cleartext', 'OAuth2')
    expect(read(config(oauth, outgoing()))).toBeNull()
    expect(read(config(incoming('<authentication>OAuth2</authentication>'), outgoing()))).not.toBeNull()
  })

  it.each([
    ['no XML', 'hello'],
    ['a web page', '<!DOCTYPE html><html><body>Not found</body></html>'],
    ['entities', `<!DOCTYPE x [<!ENTITY a "b">]>${config(incoming(), outgoing())}`],
    ['a broken end', config(incoming(), outgoing()).slice(0, 200)],
    ['a host that is none', config(incoming().replace('in.%EMAILDOMAIN%', 'in acme/../x'), outgoing())],
    ['a port that is none', config(incoming().replace('993', '99999'), outgoing())],
    ['an unknown placeholder', config(incoming().replace('%EMAILLOCALPART%', '%REALNAME%'), outgoing())],
    ['POP3 only', config(incoming().replace('imap', 'pop3'), outgoing())],
    ['a lone line end in the user', config(incoming().replace('%EMAILLOCALPART%', 'a&#10;b'), outgoing())],
  ])('with %s gives nothing, without an error', (name, xml) => {
    const found = read(xml)
    if (name.startsWith('a lone')) expect(found?.imap.user ?? '').not.toMatch(/[\r\n]/)
    else expect(found).toBeNull()
  })

  it('does not mistake an address for a placeholder', () => {
    expect(readAutoconfig(config(incoming(), outgoing()), '%REALNAME%@acme.test')?.imap.user).toBe(
      '%REALNAME%',
    )
  })
})

describe('the table', () => {
  it('is complete: every provider encrypted, named once, in lower case', async () => {
    const providers = await loadProviders(resourcesDir)
    expect(providers.length).toBeGreaterThanOrEqual(30)
    const domains = providers.flatMap((provider) => provider.domains)
    expect(new Set(domains).size).toBe(domains.length)
    const endings = providers.flatMap((provider) => provider.mx)
    expect(new Set(endings).size).toBe(endings.length)
    for (const name of [...domains, ...endings]) expect(name).toMatch(/^[a-z0-9.-]+$/)
    for (const { imap, smtp, name } of providers) {
      expect([imap.security, smtp.security], name).not.toContain('none')
      expect([993, 143, 1143], name).toContain(imap.port)
      expect([465, 587, 1025], name).toContain(smtp.port)
    }
  })

  it('takes the longest ending of an exchanger', async () => {
    const providers = await loadProviders(resourcesDir)
    expect(providerOfExchanger(providers, 'MX.pec.aruba.it.')?.name).toBe('Aruba PEC')
    expect(providerOfExchanger(providers, 'mx.aruba.it')?.name).toBe('Aruba')
    expect(providerOfExchanger(providers, 'notaruba.it')).toBeNull()
    expect(providerOfExchanger(providers, 'acme-test.mail.protection.outlook.com')?.name).toBe(
      'Microsoft 365',
    )
    expect(providerOfExchanger(providers, 'hotmail-com.olc.protection.outlook.com')?.name).toBe('Outlook.com')
  })
})
