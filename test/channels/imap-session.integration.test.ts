import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ServerSettings } from '../../src/contract/channels.ts'
import { openImapSession, type ImapSession } from '../../src/main/engine/channels/imap/session.ts'
import type { ImapTimes } from '../../src/main/engine/channels/imap/connect.ts'
import { ChannelError, type RemoteMessage } from '../../src/main/engine/channels/types.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { buildMail, seedMaildir, syntheticMailbox } from '../support/mail.ts'
import { cpuTime } from '../support/cpu-time.ts'
import { until } from '../support/ports.ts'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const MB = 1024 * 1024
const sessions: ImapSession[] = []
const proxies: TcpProxy[] = []
let dovecot: Dovecot

beforeAll(async () => {
  const users = [
    'basic',
    'many',
    'flags',
    'gone',
    'idle',
    'cut',
    'validity',
    'large',
    'switch',
    'expunge',
    'proxy',
    'chaos',
  ]
  dovecot = await startDovecot({ users: Object.fromEntries(users.map((name) => [name, 'secret'])) })
})
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close()
  for (const proxy of proxies.splice(0)) await proxy.close()
})
afterAll(() => dovecot?.stop())

const server = (user: string, port = dovecot.port): ServerSettings => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  user,
})

async function open(
  user: string,
  options: { port?: number; times?: Partial<ImapTimes> } = {},
): Promise<ImapSession> {
  const signal = new AbortController().signal
  const session = await openImapSession(server(user, options.port), 'secret', signal, {
    times: options.times,
  })
  sessions.push(session)
  return session
}

async function proxied(): Promise<TcpProxy> {
  const proxy = await startProxy(dovecot.port)
  proxies.push(proxy)
  return proxy
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function failure(work: Promise<unknown>): Promise<ChannelError['problem']> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(ChannelError)
  return (error as ChannelError).problem
}

const mail = (subject: string, text = 'hello') =>
  buildMail({ from: 'a@b.test', to: 'c@d.test', subject, text })

describe('a session', () => {
  it('lists the folders with what they are for', async () => {
    const session = await open('basic')
    const folders = await session.listFolders()
    expect(folders[0]).toEqual({ path: 'INBOX', role: 'inbox', selectable: true })
    expect(Object.fromEntries(folders.map(({ path, role }) => [path, role]))).toMatchObject({
      Sent: 'sent',
      Junk: 'junk',
      Drafts: 'drafts',
      Trash: 'trash',
    })
  })

  it('fetches messages byte for byte with flags and INTERNALDATE', async () => {
    const raw = mail('first')
    const at = Date.UTC(2023, 10, 14, 22, 13, 20)
    const uid = await dovecot.appendTo('basic', 'INBOX', raw, ['\\Seen', '\\Answered'], at)
    const session = await open('basic')
    const state = await session.open('INBOX')
    expect(state).toMatchObject({ path: 'INBOX', exists: 1, uidNext: uid + 1 })
    expect(state.uidValidity).toMatch(/^\d+$/)
    expect(state.highestModseq).toMatch(/^\d+$/)
    expect(await session.uids()).toEqual([uid])
    expect(await session.uids({ from: uid + 1 })).toEqual([])
    const [message] = await collect(session.fetch([uid, uid + 7], { maxBytes: MB }))
    expect(message).toMatchObject({
      uid,
      flags: { seen: true, answered: true },
      internalDate: at,
      size: raw.length,
    })
    expect(Buffer.from(message?.raw ?? []).equals(raw)).toBe(true)
  })

  it('names a folder that does not exist', async () => {
    const session = await open('basic')
    expect(await failure(session.open('No such'))).toMatchObject({ code: 'folder_missing' })
    expect(await failure(session.count('No such'))).toMatchObject({ code: 'folder_missing' })
    expect(await failure(session.append('No such', mail('x'), { seen: true, at: 0 }))).toMatchObject({
      code: 'folder_missing',
    })
    // None of that ends the session.
    expect(await session.count('INBOX')).toBeGreaterThan(0)
  })

  it('appends, finds by Message-ID without being fooled by parts of it, counts and removes', async () => {
    const session = await open('basic')
    const at = Date.UTC(2024, 1, 29, 12)
    const ids = ['1.x@mail.test', '11.x@mail.test', '1.x@mail.test.evil']
    const uids: (number | null)[] = []
    for (const messageId of ids) {
      const raw = buildMail({ from: 'a@b.test', to: 'c@d.test', messageId })
      uids.push((await session.append('Sent', raw, { seen: true, at })).uid)
    }
    expect(await session.findByMessageId('Sent', '1.x@mail.test')).toEqual([uids[0]])
    expect(await session.findByMessageId('Sent', 'unknown@mail.test')).toEqual([])
    expect(await session.count('Sent')).toBe(3)
    await session.open('Sent')
    const [sent] = await collect(session.fetch([uids[1] as number], { maxBytes: MB }))
    expect(sent).toMatchObject({ internalDate: at, flags: { seen: true, answered: false } })
    await session.remove([uids[1] as number])
    expect(await session.uids()).toEqual([uids[0], uids[2]])
  })

  it('keeps the open folder open while it looks into another', async () => {
    const first = await dovecot.appendTo('switch', 'INBOX', mail('a'))
    const other = await dovecot.appendTo(
      'switch',
      'Sent',
      buildMail({ from: 'a@b.test', to: 'c@d.test', messageId: 'z@z' }),
    )
    const session = await open('switch')
    await session.open('INBOX')
    expect(await session.findByMessageId('Sent', 'z@z')).toEqual([other])
    const [message] = await collect(session.fetch([first], { maxBytes: MB }))
    expect(Buffer.from(message?.raw ?? []).toString()).toContain('Subject: a')
  })

  it('refuses to mix up folders when another one is opened during a fetch', async () => {
    seedMaildir(dovecot, 'switch', syntheticMailbox(1500, 5))
    const session = await open('switch')
    await session.open('INBOX')
    const uids = await session.uids()
    await expect(
      (async () => {
        for await (const message of session.fetch(uids, { maxBytes: MB })) {
          if (message.uid === uids[3]) await session.open('Sent')
        }
      })(),
    ).rejects.toThrow('Another folder')
  })
})

describe('many messages', () => {
  const count = 3000
  const messages = [...syntheticMailbox(count, 7)]
  beforeAll(() => void seedMaildir(dovecot, 'many', messages))

  it('come complete, once each, and fast', async () => {
    const session = await open('many')
    await session.open('INBOX')
    const uids = await session.uids()
    expect(uids).toHaveLength(count)
    const started = cpuTime()
    const got = await collect(session.fetch(uids, { maxBytes: 50 * MB }))
    const perSecond = count / ((cpuTime() - started) / 1000)
    expect(got.map(({ uid }) => uid)).toEqual(uids)
    expect(got.every(({ raw }, i) => raw && Buffer.from(raw).equals(messages[i]?.raw as Buffer))).toBe(true)
    expect(got.map(({ internalDate }) => internalDate)).toEqual(messages.map(({ at }) => at))
    // Far below what it does (thousands a second), for a slow machine; anything quadratic falls under it.
    expect(perSecond).toBeGreaterThan(300)
  })

  it('keep to the order of the caller by and large: newest first stays newest first', async () => {
    const session = await open('many')
    await session.open('INBOX')
    const uids = await session.uids()
    const got = await collect(session.fetch([...uids].reverse(), { maxBytes: 50 * MB }))
    expect(got).toHaveLength(count)
    expect(Math.min(...got.slice(0, 100).map(({ uid }) => uid))).toBeGreaterThan(
      (uids[count - 101] as number) - 1,
    )
  })

  it('can be left in the middle: the session goes on at once', async () => {
    const session = await open('many')
    await session.open('INBOX')
    const uids = await session.uids()
    for await (const message of session.fetch(uids, { maxBytes: MB })) if (message.uid > 10) break
    expect(await session.uids()).toHaveLength(count)
    const [one] = await collect(session.fetch([uids[2999] as number], { maxBytes: MB }))
    expect(one?.uid).toBe(uids[2999])
  })

  it('do not pile up while the consumer is slow', async () => {
    const proxy = await proxied()
    const session = await open('many', { port: proxy.port, times: { answer: 2_000 } })
    await session.open('INBOX')
    const uids = await session.uids()
    const before = proxy.bytes.to_client
    let number = 0
    for await (const message of session.fetch(uids, { maxBytes: 50 * MB })) {
      number += 1
      if (number === 1) {
        // Longer than the server may be silent: nobody is waiting for it, so it is no failure.
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        // At most what lies in the queue and one group more.
        expect(proxy.bytes.to_client - before).toBeLessThan(18 * MB)
      }
      expect(message.raw).not.toBeNull()
    }
    expect(number).toBe(count)
  })

  it('give all flags, or those that changed', async () => {
    const session = await open('many')
    const { highestModseq } = await session.open('INBOX')
    const all = await collect(session.flags({}))
    expect(all.map(({ flags }) => flags.seen)).toEqual(messages.map(({ seen }) => seen))
    expect(all.map(({ flags }) => flags.answered)).toEqual(messages.map(({ answered }) => answered))
    const other = await dovecot.client('many')
    await other.mailboxOpen('INBOX')
    await other.messageFlagsAdd('5,9', ['\\Answered', '\\Seen'], { uid: true })
    await other.messageFlagsRemove('5,9', ['\\Seen'], { uid: true })
    await other.logout()
    const changed = await collect(session.flags({ changedSince: highestModseq as string }))
    expect(changed.map(({ uid, flags }) => ({ uid, flags }))).toEqual([
      { uid: 5, flags: { seen: false, answered: true } },
      { uid: 9, flags: { seen: false, answered: true } },
    ])
    expect(changed.every(({ modseq }) => BigInt(modseq ?? 0) > BigInt(highestModseq ?? 0))).toBe(true)
    expect((await collect(session.flags({ uids: [9, 11] }))).map(({ uid }) => uid)).toEqual([9, 11])
  })
})

describe('changes', () => {
  it('are written: only the named flags change', async () => {
    const uid = await dovecot.appendTo('flags', 'INBOX', mail('f'), ['\\Flagged', '\\Seen'])
    const session = await open('flags')
    await session.open('INBOX')
    await session.setFlags([uid], { add: ['answered'], remove: ['seen'] })
    const other = await dovecot.client('flags')
    await other.mailboxOpen('INBOX')
    const message = await other.fetchOne(`${uid}`, { flags: true }, { uid: true })
    await other.logout()
    expect([...(message ? (message.flags ?? []) : [])].filter((flag) => flag !== '\\Recent').sort()).toEqual([
      '\\Answered',
      '\\Flagged',
    ])
  })

  it('tell what vanished, and null where that cannot be known', async () => {
    const uids: number[] = []
    for (let i = 0; i < 6; i++) uids.push(await dovecot.appendTo('gone', 'INBOX', mail(`g${i}`)))
    const session = await open('gone')
    const before = await session.open('INBOX')
    const other = await dovecot.client('gone')
    await other.mailboxOpen('INBOX')
    await other.messageDelete(`${uids[1]},${uids[2]},${uids[4]}`, { uid: true })
    await other.logout()
    const { uidValidity } = await session.open('INBOX')
    expect(await session.vanishedSince(uidValidity as string, before.highestModseq as string)).toEqual([
      uids[1],
      uids[2],
      uids[4],
    ])
    expect(await session.vanishedSince('1', before.highestModseq as string)).toBeNull()
    expect(await session.uids()).toEqual([uids[0], uids[3], uids[5]])
  })

  it('in UIDVALIDITY are seen (fault 3)', async () => {
    await dovecot.appendTo('validity', 'INBOX', mail('v'))
    const first = await open('validity')
    const { uidValidity } = await first.open('INBOX')
    await first.close()
    dovecot.changeUidValidity('validity')
    const second = await open('validity')
    const state = await second.open('INBOX')
    expect(state.uidValidity).not.toBe(uidValidity)
    expect(state.exists).toBe(1)
  })

  it('by EXPUNGE during a FETCH shift nothing (fault 9)', async () => {
    const messages = [...syntheticMailbox(1200, 9)]
    seedMaildir(dovecot, 'expunge', messages)
    const session = await open('expunge')
    await session.open('INBOX')
    const uids = await session.uids()
    const other = await dovecot.client('expunge')
    await other.mailboxOpen('INBOX')
    const got: RemoteMessage[] = []
    for await (const message of session.fetch(uids, { maxBytes: MB })) {
      got.push(message)
      if (got.length === 1) await other.messageDelete('100:200,1100:1150', { uid: true })
    }
    await other.logout()
    const numbers = new Set(got.map(({ uid }) => uid))
    expect(numbers.size).toBe(got.length)
    expect(got.length).toBeGreaterThanOrEqual(1200 - 152)
    for (const { uid, raw } of got)
      expect(Buffer.from(raw ?? []).equals(messages[uid - 1]?.raw as Buffer)).toBe(true)
    expect(numbers.has(1200)).toBe(true)
  })
})

describe('waiting for changes', () => {
  const wait = (session: ImapSession, signal = new AbortController().signal, maxMs = 30_000) =>
    session.waitForChange({ maxMs, signal })

  it('wakes for new mail, flags and deletions', async () => {
    const session = await open('idle')
    await session.open('INBOX')
    expect(session.canIdle).toBe(true)
    let waiting = wait(session)
    dovecot.deliver('idle', mail('wake'))
    expect(await waiting).toBe('changed')
    const [uid] = await session.uids()
    const other = await dovecot.client('idle')
    await other.mailboxOpen('INBOX')
    waiting = wait(session)
    await other.messageFlagsAdd(`${uid}`, ['\\Seen'], { uid: true })
    expect(await waiting).toBe('changed')
    waiting = wait(session)
    // One goes, one comes: the count is the same as before.
    await other.messageDelete(`${uid}`, { uid: true })
    expect(await waiting).toBe('changed')
    waiting = wait(session)
    dovecot.deliver('idle', mail('again'))
    expect(await waiting).toBe('changed')
    await other.logout()
  })

  it('keeps a change that came between two waits', async () => {
    const session = await open('idle')
    await session.open('INBOX')
    const exists = (await session.uids()).length
    dovecot.deliver('idle', mail('between'))
    await until('the server to notice', async () => (await session.uids()).length > exists)
    expect(await wait(session)).toBe('changed')
  })

  it('keeps what came while another folder was open, or before the same one was opened again', async () => {
    const session = await open('idle')
    await session.open('INBOX')
    await session.open('Sent')
    await dovecot.appendTo('idle', 'INBOX', mail('meanwhile'))
    await session.open('INBOX')
    expect(await wait(session)).toBe('changed')
    expect(await wait(session, undefined, 100)).toBe('timeout')
    await session.open('Sent')
    await session.open('INBOX')
    expect(await wait(session, undefined, 100)).toBe('timeout')
    await dovecot.appendTo('idle', 'INBOX', mail('noticed'))
    const count = await session.count('INBOX')
    await until('the session to be told', async () => (await session.uids()).length === count)
    await session.open('INBOX')
    expect(await wait(session)).toBe('changed')
  })

  it('ends by time, by the signal, and makes way for commands', async () => {
    const session = await open('idle', { times: { probe: 40 } })
    await session.open('INBOX')
    // Several probes long.
    expect(await wait(session, undefined, 200)).toBe('timeout')
    const abort = new AbortController()
    const waiting = wait(session, abort.signal)
    expect(await session.count('INBOX')).toBeGreaterThan(0)
    abort.abort()
    expect(await waiting).toBe('aborted')
    expect(await session.count('INBOX')).toBeGreaterThan(0)
  })

  it('does not wake for our own flags', async () => {
    dovecot.deliver('idle', mail('own'))
    const session = await open('idle')
    await session.open('INBOX')
    await session.setFlags(await session.uids(), { add: ['seen', 'answered'], remove: [] })
    expect(await wait(session, undefined, 150)).toBe('timeout')
  })

  it('reports a BYE with the server’s words (fault 7)', async () => {
    const session = await open('idle')
    await session.open('INBOX')
    const waiting = failure(wait(session))
    await dovecot.restart()
    const problem = await waiting
    expect(problem.serverText).toMatch(/shutting down/i)
    expect(await failure(session.uids())).toEqual(problem)
  })
})

describe('a bad line', () => {
  it('cut inside a literal gives no half message, and the UID can be fetched again (fault 1)', async () => {
    const raw = mail('cut', 'x'.repeat(400_000))
    const uid = await dovecot.appendTo('cut', 'INBOX', raw)
    const proxy = await proxied()
    const session = await open('cut', { port: proxy.port })
    await session.open('INBOX')
    proxy.cutAfter('to_client', 200_000)
    const got: RemoteMessage[] = []
    const problem = await failure(
      (async () => {
        for await (const message of session.fetch([uid], { maxBytes: MB })) got.push(message)
      })(),
    )
    expect(got).toEqual([])
    expect(problem.code).toBe('unreachable')
    expect(await failure(session.uids())).toEqual(problem)
    const again = await open('cut', { port: proxy.port })
    await again.open('INBOX')
    const [message] = await collect(again.fetch([uid], { maxBytes: MB }))
    expect(Buffer.from(message?.raw ?? []).equals(raw)).toBe(true)
  })

  it('that died without a FIN is noticed while fetching (fault 2)', async () => {
    const proxy = await proxied()
    const session = await open('many', { port: proxy.port, times: { answer: 2_000 } })
    await session.open('INBOX')
    const uids = await session.uids()
    proxy.stallAfter('to_client', 100_000)
    expect((await failure(collect(session.fetch(uids, { maxBytes: MB })))).code).toBe('timeout')
  })

  it('that died without a FIN is noticed while idling (fault 2)', async () => {
    const proxy = await proxied()
    const record = proxy.record()
    const session = await open('idle', { port: proxy.port, times: { answer: 2_000, probe: 500 } })
    await session.open('INBOX')
    const waiting = session.waitForChange({ maxMs: 60_000, signal: new AbortController().signal })
    // From here on the server owes nothing: only a probe can tell that it is gone.
    await until('IDLE to be accepted', () => record.text('to_client').includes('+ idling'))
    proxy.stall()
    expect((await failure(waiting)).code).toBe('timeout')
  })

  it('keeps the promise of 60 s with the times that are used', async () => {
    const { IMAP_TIMES } = await import('../../src/main/engine/channels/imap/connect.ts')
    // Silence is noticed a fifth late at worst.
    expect(IMAP_TIMES.probe / 1 + IMAP_TIMES.answer * 1.2).toBeLessThan(62_000)
    expect(IMAP_TIMES.answer * 1.2).toBeLessThan(60_000)
  })

  it('with a slow server is not mistaken for a dead one', async () => {
    const raw = mail('slow', 'y'.repeat(150_000))
    const uid = await dovecot.appendTo('proxy', 'INBOX', raw)
    const proxy = await proxied()
    const session = await open('proxy', { port: proxy.port, times: { answer: 2_000 } })
    await session.open('INBOX')
    // The whole takes longer than an answer may; no part of it does, on a busy machine either.
    proxy.throttle(50_000)
    const [message] = await collect(session.fetch([uid], { maxBytes: MB }))
    expect(message?.size).toBe(raw.length)
  })

  it('that cuts and stalls at random loses and doubles nothing when the rest is fetched again', async () => {
    const messages = [...syntheticMailbox(600, 21)]
    seedMaildir(dovecot, 'chaos', messages)
    const seed = Date.now() % 100_000
    const proxy = await proxied()
    const got = new Map<number, RemoteMessage>()
    let wanted: number[] = []
    proxy.chaos({ seed, meanBytes: 600_000, stallMs: 2_500, maxFaults: 12 })
    for (let attempt = 0; attempt < 60; attempt++) {
      try {
        const session = await open('chaos', { port: proxy.port, times: { answer: 2_000, connect: 5_000 } })
        await session.open('INBOX')
        wanted = await session.uids()
        for await (const message of session.fetch(
          wanted.filter((uid) => !got.has(uid)),
          { maxBytes: MB },
        )) {
          expect(got.has(message.uid), `UID ${message.uid} twice, seed ${seed}`).toBe(false)
          got.set(message.uid, message)
        }
        break
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(ChannelError)
      }
    }
    expect(wanted.length, `seed ${seed}`).toBe(600)
    for (const uid of wanted) {
      const raw = got.get(uid)?.raw
      expect(
        raw && Buffer.from(raw).equals(messages[uid - 1]?.raw as Buffer),
        `UID ${uid}, seed ${seed}`,
      ).toBe(true)
    }
  })
})

describe('messages over the cap', () => {
  it('come without their bytes, without being transferred, and the session goes on (fault 6)', async () => {
    const small = mail('small')
    const large = mail('large', 'z'.repeat(3 * MB))
    const uids = [
      await dovecot.appendTo('large', 'INBOX', small),
      await dovecot.appendTo('large', 'INBOX', large, ['\\Seen']),
      await dovecot.appendTo('large', 'INBOX', small),
    ]
    const proxy = await proxied()
    const session = await open('large', { port: proxy.port })
    await session.open('INBOX')
    const got = await collect(session.fetch(uids, { maxBytes: MB }))
    const byUid = new Map(got.map((message) => [message.uid, message]))
    expect(byUid.get(uids[1] as number)).toMatchObject({
      raw: null,
      size: large.length,
      flags: { seen: true },
    })
    expect(byUid.get(uids[2] as number)?.raw).not.toBeNull()
    expect(proxy.bytes.to_client).toBeLessThan(MB)
    expect(proxy.total).toBe(1)
  })
})
