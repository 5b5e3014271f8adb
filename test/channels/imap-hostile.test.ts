import { afterEach, describe, expect, it } from 'vitest'
import type { ServerSettings } from '../../src/contract/channels.ts'
import { openImapSession, type ImapSession } from '../../src/main/engine/channels/imap/session.ts'
import { ChannelError, type RemoteMessage } from '../../src/main/engine/channels/types.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startScriptedImap, type ScriptedImap, type ScriptedImapOptions } from '../support/scripted-imap.ts'

// Servers here are scripted, because no real one misbehaves on request.
const servers: ScriptedImap[] = []
const sessions: ImapSession[] = []
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
  for (const server of servers.splice(0)) await server.stop()
})

async function start(options: ScriptedImapOptions): Promise<ScriptedImap> {
  const server = await startScriptedImap(options)
  servers.push(server)
  return server
}

async function open(
  server: ScriptedImap,
  security: ServerSettings['security'] = 'none',
  ca?: string,
  host = '127.0.0.1',
) {
  const settings = { host, port: server.port, security, user: 'me' }
  const signal = AbortSignal.timeout(30_000)
  const session = await openImapSession(settings, 'secret', signal, {
    ca: ca === undefined ? [] : [ca],
    times: { answer: 2000 },
  })
  sessions.push(session)
  return session
}

async function failure(work: Promise<unknown>): Promise<ChannelError['problem']> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(ChannelError)
  return (error as ChannelError).problem
}

async function collect(items: AsyncIterable<RemoteMessage>): Promise<RemoteMessage[]> {
  const all: RemoteMessage[] = []
  for await (const item of items) all.push(item)
  return all
}

const raw = (text: string) => Buffer.from(`Subject: ${text}\r\n\r\n${text}\r\n`)
const saidPassword = (server: ScriptedImap) =>
  server.lines.some(
    (line) => line.includes('secret') || line.includes(Buffer.from('\0me\0secret').toString('base64')),
  )

describe('encryption (fault 18)', () => {
  it('is a must with STARTTLS: a server that hides it gets no password', async () => {
    const server = await start({ capabilities: 'IMAP4rev1 AUTH=PLAIN' })
    expect(await failure(open(server, 'starttls'))).toMatchObject({ code: 'tls_stripped' })
    expect(saidPassword(server)).toBe(false)
    expect(server.lines.some((line) => /AUTHENTICATE|LOGIN/i.test(line))).toBe(false)
  })

  it('is a must with STARTTLS: a server that refuses it gets no password', async () => {
    const server = await start({
      capabilities: 'IMAP4rev1 STARTTLS AUTH=PLAIN',
      answers: { STARTTLS: () => ['$ NO not now'] },
    })
    expect(await failure(open(server, 'starttls'))).toMatchObject({ code: 'tls_stripped' })
    expect(saidPassword(server)).toBe(false)
  })

  it('cannot be prevented by a PREAUTH greeting', async () => {
    for (const security of ['starttls', 'none'] as const) {
      const server = await start({ greeting: '* PREAUTH welcome back', capabilities: 'IMAP4rev1' })
      const problem = await failure(open(server, security))
      expect(problem).toMatchObject({ code: 'tls_stripped' })
      expect(problem.message).toContain('PREAUTH')
      expect(server.lines).toEqual([])
    }
  })

  it('is given up when the server speaks before the handshake', async () => {
    const server = await start({
      capabilities: 'IMAP4rev1 STARTTLS AUTH=PLAIN',
      answers: { STARTTLS: () => ['$ OK begin', '* CAPABILITY IMAP4rev1 AUTH=PLAIN'] },
    })
    expect(await failure(open(server, 'starttls'))).toMatchObject({ code: 'tls_stripped' })
    expect(saidPassword(server)).toBe(false)
  })

  it('may be left out for this computer only', async () => {
    const settings = { host: 'mail.example.test', port: 143, security: 'none' as const, user: 'me' }
    const problem = await failure(openImapSession(settings, 'secret', AbortSignal.timeout(30_000)))
    expect(problem).toMatchObject({ code: 'tls_stripped' })
    expect(problem.message).toContain('without encryption')
  })
})

describe('certificates (fault 19)', () => {
  it('are accepted when they are valid for the name and trusted', async () => {
    const server = await start({ tls: true })
    const session = await open(server, 'tls', server.ca, 'localhost')
    expect(await session.open('INBOX')).toMatchObject({ exists: 0 })
  })

  it.each([
    ['self-signed', {}, false, /is self-signed/],
    ['of another server', { names: ['DNS:other.test'] }, true, /belongs to another server/],
    ['expired', { expired: true }, true, /has expired/],
  ] as const)('are refused when %s', async (_, init, trusted, words) => {
    const certificate = makeCertificate(init)
    const server = await start({ tls: true, certificate })
    const problem = await failure(open(server, 'tls', trusted ? certificate.cert : undefined))
    expect(problem.code).toBe('certificate')
    expect(problem.message).toMatch(words)
    expect(server.lines).toEqual([])
  })
})

describe('the words of a server (fault 20)', () => {
  it('stay plain text, attributed, bounded', async () => {
    const server = await start({
      answers: {
        AUTHENTICATE: () => [
          `$ NO [ALERT] <a href="https://evil.test">Click</a> \u0007here\t to   unlock ${'x'.repeat(2000)}`,
        ],
      },
    })
    const problem = await failure(open(server))
    expect(problem.code).toBe('login_refused')
    expect(problem.message).toBe('127.0.0.1 refused the login of me.')
    expect(problem.serverText).toMatch(/^<a href="https:\/\/evil\.test">Click<\/a> here to unlock x+…$/)
    expect((problem.serverText ?? '').length).toBeLessThan(510)
  })

  it('tell a wrong password from a server that cannot check it', async () => {
    const answer = (code: string) => start({ answers: { AUTHENTICATE: () => [`$ NO [${code}] sorry`] } })
    expect((await failure(open(await answer('AUTHENTICATIONFAILED')))).code).toBe('login_refused')
    expect((await failure(open(await answer('UNAVAILABLE')))).code).toBe('server_error')
    expect((await failure(open(await answer('LIMIT')))).code).toBe('throttled')
    const full = await start({ greeting: '* BYE Too many connections from you' })
    expect((await failure(open(full))).code).toBe('throttled')
  })
})

describe('a folder', () => {
  it('without UIDVALIDITY, or with 0, says so (fault 4)', async () => {
    for (const uidValidity of [null, 0]) {
      const session = await open(await start({ uidValidity }))
      expect(await session.open('INBOX')).toMatchObject({ uidValidity: null, highestModseq: null })
    }
  })

  it('that is polled without IDLE reports new mail by NOOP', async () => {
    let noops = 0
    const server = await start({
      capabilities: 'IMAP4rev1 AUTH=PLAIN',
      answers: { NOOP: () => (++noops === 2 ? ['* 5 EXISTS', '$ OK done'] : undefined) },
    })
    const settings = { host: '127.0.0.1', port: server.port, security: 'none' as const, user: 'me' }
    const session = await openImapSession(settings, 'secret', AbortSignal.timeout(30_000), {
      times: { probe: 20 },
    })
    sessions.push(session)
    await session.open('INBOX')
    expect(session.canIdle).toBe(false)
    const woken = session.waitForChange({ maxMs: 30_000, signal: new AbortController().signal })
    expect(await woken).toBe('changed')
    expect(noops).toBe(2)
  })

  it('whose IDLE is refused is polled from then on', async () => {
    const server = await start({ answers: { IDLE: () => ['$ NO not today'] } })
    const session = await open(server)
    await session.open('INBOX')
    expect(await session.waitForChange({ maxMs: 100, signal: new AbortController().signal })).toBe('timeout')
    expect(session.canIdle).toBe(false)
  })

  it('with an impossible list of UIDs is refused instead of filling the memory', async () => {
    const server = await start({
      capabilities: 'IMAP4rev1 AUTH=PLAIN ESEARCH',
      answers: { 'UID SEARCH': ({ tag }) => [`* ESEARCH (TAG "${tag}") UID ALL 1:4294967295`, '$ OK done'] },
    })
    const session = await open(server)
    await session.open('INBOX')
    expect((await failure(session.uids())).code).toBe('server_error')
  })
})

describe('a message', () => {
  const messages = [1, 2, 3, 4, 5].map((uid) => ({ uid: uid * 10, raw: raw(`message ${uid}`) }))

  it('whose RFC822.SIZE is wrong is trusted by its bytes (fault 5)', async () => {
    const session = await open(await start({ messages: [{ uid: 10, raw: raw('x'), size: 999 }] }))
    await session.open('INBOX')
    const [message] = await collect(session.fetch([10], { maxBytes: 10_000 }))
    expect(message?.size).toBe(raw('x').length)
    expect(message?.internalDate).toBe(Date.UTC(2025, 9, 1, 7, 0, 0))
  })

  it('announced with 4 GB is handed on without bytes and the rest comes (fault 6)', async () => {
    const server = await start({
      messages,
      answers: {
        'UID FETCH': ({ rest }) => {
          if (!rest.includes('BODY.PEEK[]')) return undefined
          const before = /^10[:,]/.test(rest)
            ? [
                Buffer.from(`* 1 FETCH (UID 10 FLAGS () BODY[] {${raw('message 1').length}}\r\n`),
                raw('message 1'),
                ')',
              ]
            : []
          // The set of the whole group is 10,20,30,40,50; alone it is 20.
          if (rest.startsWith('10,20') || rest.startsWith('20,') || rest.startsWith('20 ')) {
            return [...before, Buffer.from('* 2 FETCH (UID 20 FLAGS () BODY[] {4294967296}\r\nabc')]
          }
          return undefined
        },
      },
    })
    const session = await open(server)
    await session.open('INBOX')
    const got = await collect(session.fetch([10, 20, 30, 40, 50], { maxBytes: 1_000_000 }))
    expect(got.map(({ uid }) => uid).sort()).toEqual([10, 20, 30, 40, 50])
    expect(got.find(({ uid }) => uid === 20)).toMatchObject({ raw: null, size: 4294967296 })
    for (const { uid, raw: bytes } of got.filter(({ uid }) => uid !== 20)) {
      expect(Buffer.from(bytes ?? []).toString()).toContain(`message ${uid / 10}`)
    }
    // The session goes on.
    expect(await session.uids()).toHaveLength(5)
    expect(server.connections).toBe(3)
  })

  it('announced with 4 GB again and again ends the session instead of looping', async () => {
    const server = await start({
      messages: Array.from({ length: 40 }, (_, i) => ({ uid: i + 1, raw: raw(`${i}`) })),
      answers: {
        'UID FETCH': ({ rest }) =>
          rest.includes('BODY.PEEK[]') ? [Buffer.from('* 1 FETCH (BODY[] {4294967296}\r\nabc')] : undefined,
      },
    })
    const session = await open(server)
    await session.open('INBOX')
    await expect(collect(session.fetch(await session.uids(), { maxBytes: 1000 }))).rejects.toThrow(
      'again and again',
    )
    expect(server.connections).toBeLessThan(15)
  })

  it('that the server refuses is named, and the others come (fault 14)', async () => {
    const server = await start({
      messages,
      answers: {
        'UID FETCH': ({ rest }) => {
          if (!rest.includes('BODY.PEEK[]')) return undefined
          const set = rest.slice(0, rest.indexOf(' '))
          const all = set.split(',').flatMap((part) => {
            const [from = 0, to = from] = part.split(':').map(Number)
            return messages.filter(({ uid }) => uid >= from && uid <= to)
          })
          const good = all.filter(({ uid }) => uid !== 30)
          return [
            ...good.flatMap(({ uid, raw: bytes }) => [
              Buffer.from(`* 1 FETCH (UID ${uid} FLAGS (\\Seen) BODY[] {${bytes.length}}\r\n`),
              bytes,
              ')',
            ]),
            good.length < all.length ? '$ NO [SERVERBUG] Internal error' : '$ OK done',
          ]
        },
      },
    })
    const session = await open(server)
    await session.open('INBOX')
    const got = await collect(session.fetch([10, 20, 30, 40, 50], { maxBytes: 1000 }))
    expect(got.map(({ uid }) => uid).sort()).toEqual([10, 20, 30, 40, 50])
    expect(got.find(({ uid }) => uid === 30)).toMatchObject({ raw: null, refused: 'Internal error' })
    expect(got.filter(({ raw: bytes }) => bytes !== null)).toHaveLength(4)
  })

  it('that is not mentioned in the answer but exists is not taken for deleted', async () => {
    let asked = 0
    const server = await start({
      messages,
      answers: {
        // The first answer forgets everything, as after a line that could not be parsed.
        'UID FETCH': ({ rest }) =>
          rest.includes('BODY.PEEK[]') && ++asked === 1 ? ['$ OK done'] : undefined,
      },
    })
    const session = await open(server)
    await session.open('INBOX')
    const got = await collect(session.fetch([10, 20, 30, 40, 50], { maxBytes: 1000 }))
    expect(got.map(({ uid, raw: bytes }) => [uid, bytes !== null])).toEqual(
      [10, 20, 30, 40, 50].map((uid) => [uid, true]),
    )
  })

  it('comes although flags of others are reported in between', async () => {
    const server = await start({
      messages,
      answers: {
        'UID FETCH': ({ rest }) =>
          rest.startsWith('10 ') && rest.includes('BODY.PEEK[]')
            ? [
                '* 4 FETCH (UID 40 FLAGS (\\Seen))',
                Buffer.from(`* 1 FETCH (UID 10 FLAGS () BODY[] {${raw('message 1').length}}\r\n`),
                raw('message 1'),
                ')',
                '* 5 FETCH (FLAGS (\\Deleted) UID 50)',
                '$ OK done',
              ]
            : undefined,
      },
    })
    const session = await open(server)
    await session.open('INBOX')
    const got = await collect(session.fetch([10], { maxBytes: 1000 }))
    expect(got.map(({ uid }) => uid)).toEqual([10])
  })
})
