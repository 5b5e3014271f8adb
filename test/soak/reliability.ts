import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect } from 'vitest'
import { startApp, type App } from '../support/app.ts'
import { connectApp } from '../support/app-client.ts'
import { provisioningOf, readLocal, startTown, type Town } from '../support/company.ts'
import type { Dovecot } from '../support/dovecot.ts'
import { buildMail, seedMaildir, syntheticMailbox } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import { seeded, type Random } from '../support/random.ts'
import { startProxy } from '../support/tcp-proxy.ts'

/** What the random moments come from: the same seed gives the same run, as far as a machine repeats itself. */
export function soakSeed(): number {
  const given = process.env.ANTEROOM_SOAK_SEED
  const seed = given ? Number(given) : Math.floor(Math.random() * 2 ** 31)
  console.log(`soak seed ${seed}: ANTEROOM_SOAK_SEED=${seed} repeats it`)
  return seed
}

type Remote = { uid: number; messageId: string; seen: boolean; answered: boolean }

/** A folder as another client sees it. */
async function remoteOf(dovecot: Dovecot, user: string, folder: string): Promise<Remote[]> {
  const client = await dovecot.client(user)
  try {
    const box = await client.mailboxOpen(folder, { readOnly: true })
    const all: Remote[] = []
    if (box.exists === 0) return all
    for await (const one of client.fetch('1:*', { uid: true, flags: true, envelope: true })) {
      all.push({
        uid: one.uid,
        messageId: one.envelope!.messageId!.replace(/^<|>$/g, ''),
        seen: one.flags!.has('\\Seen'),
        answered: one.flags!.has('\\Answered'),
      })
    }
    return all.sort((a, b) => a.uid - b.uid)
  } finally {
    await client.logout()
  }
}

/** Local and server agree on every message: each once, none missing, the same flags; nothing was counted as a failure. */
async function expectAgreement(dovecot: Dovecot, user: string, dataDir: string): Promise<void> {
  const here = readLocal(dataDir)
  const inbox = await remoteOf(dovecot, user, 'INBOX')
  const copies = here.copies.filter((one) => one.role === 'inbox' && one.vanished_at === null)
  expect(
    copies.map((one) => ({
      uid: one.uid,
      messageId: one.message_id,
      seen: one.seen === 1,
      answered: one.answered === 1,
    })),
  ).toEqual(inbox)
  expect(here.copies.every((one) => one.state === 'ingested')).toBe(true)
  const ids = here.messages.map((one) => one.message_id)
  expect(new Set(ids).size).toBe(ids.length)
  const flags = new Map(inbox.map((one) => [one.messageId, one]))
  for (const message of here.messages.filter((one) => one.direction === 'in')) {
    const remote = flags.get(message.message_id)
    if (remote) expect([message.message_id, message.seen === 1]).toEqual([message.message_id, remote.seen])
  }
  expect(here.flagChanges).toBe(0)
  expect(here.count('SELECT coalesce(max(attempts), 0) AS n FROM remote_messages')).toBe(0)
  const db = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.prepare('SELECT count(*) AS n FROM messages').get()).toEqual({ n: ids.length })
    const counted = db
      .prepare(
        'SELECT id, message_count, (SELECT count(*) FROM messages m WHERE m.thread_id = t.id) AS n FROM threads t',
      )
      .all() as { id: string; message_count: number; n: number }[]
    for (const thread of counted) expect([thread.id, thread.message_count]).toEqual([thread.id, thread.n])
  } finally {
    db.close()
  }
}

/** Other clients at work on the mailbox: reads, answers, deletes, and new mail. */
async function meddle(town: Town, user: string, random: Random, serial: number): Promise<void> {
  const { dovecot } = town
  dovecot.deliver(
    user,
    buildMail({
      from: 'Carla Customer <carla@kunde.test>',
      to: dovecot.address(user),
      subject: `Meanwhile ${serial}`,
      text: 'Something new.',
      messageId: `meanwhile.${serial}@kunde.test`,
    }),
  )
  const client = await dovecot.client(user)
  try {
    await client.mailboxOpen('INBOX')
    const uid = String(random.int(1, 1900))
    if (random.chance(0.5)) await client.messageFlagsAdd(uid, ['\\Seen'], { uid: true })
    else await client.messageFlagsRemove(uid, ['\\Seen'], { uid: true })
    if (random.chance(0.5))
      await client.messageFlagsAdd(String(random.int(1, 1900)), ['\\Answered'], { uid: true })
    if (random.chance(0.3)) await client.messageDelete(String(random.int(1, 1900)), { uid: true })
  } finally {
    await client.logout()
  }
}

const MAIL_BYTES = 16 * 1024 * 1024

/** The app is killed `kills` times, at random moments of the sync of 2,000 messages. */
export async function killedWhileSyncing(kills: number, seed: number): Promise<void> {
  const random = seeded(seed)
  const town = await startTown({ users: 1 })
  const user = town.nextUser()
  const { dovecot } = town
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-soak-'))
  const imap = await startProxy(dovecot.port)
  let app: App | null = null
  try {
    seedMaildir(dovecot, user, syntheticMailbox(2000, seed, { to: dovecot.address(user) }))
    const provision = join(dataDir, 'provision.json')
    writeFileSync(
      provision,
      provisioningOf({
        address: dovecot.address(user),
        user,
        imap: { port: imap.port },
        smtp: { port: town.sink.port },
      }),
    )
    const start = () => startApp({ dataDir, args: ['--provision', provision], env: { PASSWORD: 'secret' } })
    for (let kill = 0; kill < kills; kill += 1) {
      app = await start()
      const before = imap.bytes.to_client
      const enough = random.int(0, Math.round((1.6 * MAIL_BYTES) / kills))
      const late = Date.now() + random.int(200, 2500)
      await until('the moment to kill', () => imap.bytes.to_client - before >= enough || Date.now() > late)
      await app.kill()
      app = null
      await meddle(town, user, random, kill)
    }
    app = await start()
    await settledApp(app, dataDir, dovecot, user)
    await app.stop()
    app = null
    await expectAgreement(dovecot, user, dataDir)
  } finally {
    await app?.kill()
    await imap.close()
    await town.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Resolves when the app says that it is live and as many messages are here as on the server. */
async function settledApp(app: App, dataDir: string, dovecot: Dovecot, user: string): Promise<void> {
  const connection = await connectApp(app.url)
  try {
    const { length } = await remoteOf(dovecot, user, 'INBOX')
    await until(
      'the app to be in step',
      async () => {
        const [channel] = await connection.client.channels.list({})
        if (channel?.health.state !== 'live') return false
        const { copies } = readLocal(dataDir)
        return copies.filter((one) => one.role === 'inbox' && one.vanished_at === null).length === length
      },
      120_000,
    )
    // Once more, so that a flag that changed during the last pass is in as well.
    const [before] = await connection.client.channels.list({})
    await connection.client.channels.retry({ id: before!.id })
    await until('another look', async () => {
      const [now] = await connection.client.channels.list({})
      return now?.health.state === 'live' && now.health.lastCheckedAt! > before!.health.lastCheckedAt!
    })
  } finally {
    connection.close()
  }
}

/** `faults` cuts and stalls at random moments of the sync of 2,000 messages, in an engine with short waits. */
export async function cutWhileSyncing(faults: number, seed: number): Promise<void> {
  const random = seeded(seed)
  const town = await startTown({ users: 1 })
  try {
    const user = town.nextUser()
    seedMaildir(town.dovecot, user, syntheticMailbox(2000, seed, { to: town.dovecot.address(user) }))
    const company = await town.company({ user, noWait: true })
    // A stall is longer than the engine's patience (1 s), so that it has to notice by itself.
    company.imap.chaos({ seed, meanBytes: MAIL_BYTES / faults / 1.3, stallMs: 1500, maxFaults: faults })
    await until(
      `${faults} faults`,
      async () => {
        if (random.chance(0.02)) await meddle(town, user, random, random.int(1, 1e9))
        // Once everything is here, only looks at the server are left to be disturbed.
        if ((await company.channel()).health.state === 'live')
          await company.client.channels.retry({ id: company.channelId as never })
        return company.imap.faults >= faults
      },
      600_000,
    )
    company.imap.chaos(null)
    const { length } = await remoteOf(town.dovecot, user, 'INBOX')
    await until(
      'all messages',
      () =>
        company.local().copies.filter((one) => one.role === 'inbox' && one.vanished_at === null).length ===
        length,
      120_000,
    )
    await company.live(60_000)
    await company.live(60_000)
    await expectAgreement(town.dovecot, user, company.dataDir)
  } finally {
    await town.stop()
  }
}

type Sending = { subject: string; accepted: boolean }

const subjectsIn = (raws: readonly Buffer[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const raw of raws) {
    const subject = /^Subject: (.*?)\r?$/m.exec(raw.toString('latin1'))?.[1] ?? ''
    counts.set(subject, (counts.get(subject) ?? 0) + 1)
  }
  return counts
}

/**
 * After everything: each mail that the engine had taken was received exactly once, or its outcome is "unknown", and
 * then at most once. The user's answer to those is given as the receiver knows it, and then all arrived once.
 */
async function expectEachOnce(
  town: Town,
  user: string,
  dataDir: string,
  client: Awaited<ReturnType<typeof connectApp>>['client'],
  sendings: readonly Sending[],
): Promise<void> {
  const waiting = (): { n: number } => {
    const db = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
    try {
      return db
        .prepare(
          `SELECT count(*) AS n FROM outbox WHERE state IN ('held', 'queued', 'sending')
           OR (sent_at IS NOT NULL AND (filed_at IS NULL OR copy_state = 'pending'))`,
        )
        .get() as { n: number }
    } finally {
      db.close()
    }
  }
  await until('the outbox to be quiet', () => waiting().n === 0, 120_000)
  const received = (): Map<string, number> => subjectsIn(town.sink.received.map((one) => one.raw))
  const unknown = (await client.outbox.list({})).filter((one) => one.delivery.state === 'unknown')
  const before = received()
  for (const { subject, accepted } of sendings) {
    const count = before.get(subject) ?? 0
    if (unknown.some((one) => one.subject === subject)) expect([subject, count <= 1]).toEqual([subject, true])
    // A command whose answer was lost was obeyed or not; never twice.
    else if (!accepted) expect([subject, count <= 1]).toEqual([subject, true])
    else expect([subject, count]).toEqual([subject, 1])
  }
  for (const one of unknown) {
    const as = before.has(one.subject) ? 'sent' : 'send_again'
    await client.outbox.resolve({ id: one.id, as })
  }
  await until('the outbox to be quiet', () => waiting().n === 0, 120_000)
  expect(await client.outbox.list({})).toEqual([])
  const after = received()
  const filed = subjectsIn(town.dovecot.messagesOnDisk(user, 'Sent').map((one) => one.raw))
  const local = readLocal(dataDir).messages.map((one) => one.subject)
  for (const { subject, accepted } of sendings) {
    const count = after.get(subject) ?? 0
    if (accepted) expect([subject, count]).toEqual([subject, 1])
    expect([subject, filed.get(subject) ?? 0]).toEqual([subject, count])
    expect([subject, local.filter((one) => one === subject).length]).toEqual([subject, count])
  }
  console.log(
    `${sendings.length} mails: ${sendings.filter((one) => one.accepted).length} taken, ${unknown.length} asked about`,
  )
}

/** The app is killed `kills` times, at random moments of sending. */
export async function killedWhileSending(kills: number, seed: number): Promise<void> {
  const random = seeded(seed)
  const town = await startTown({ users: 1 })
  const user = town.nextUser()
  const { dovecot, sink } = town
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-soak-'))
  const smtp = await startProxy(sink.port)
  // Slow enough that a kill meets every step of a submission.
  smtp.throttle(30_000)
  const sendings: Sending[] = []
  let app: App | null = null
  try {
    const provision = join(dataDir, 'provision.json')
    writeFileSync(
      provision,
      provisioningOf({
        address: dovecot.address(user),
        user,
        imap: { port: dovecot.port },
        smtp: { port: smtp.port },
      }),
    )
    const start = () => startApp({ dataDir, args: ['--provision', provision], env: { PASSWORD: 'secret' } })
    for (let kill = 0; kill < kills; kill += 1) {
      app = await start()
      const { client, close } = await connectApp(app.url)
      const sending = send(client, sendings, `Soak ${kill}`, random.int(1, 3)).catch(() => undefined)
      const before = smtp.bytes.to_server
      const enough = random.int(1, 3000)
      const late = Date.now() + random.int(300, 3000)
      await until('the moment to kill', () => smtp.bytes.to_server - before >= enough || Date.now() > late)
      await app.kill()
      app = null
      close()
      await Promise.race([sending, new Promise((resolve) => setImmediate(resolve))])
    }
    smtp.throttle(null)
    app = await start()
    const { client, close } = await connectApp(app.url)
    await expectEachOnce(town, user, dataDir, client, sendings)
    close()
    await app.stop()
    app = null
  } finally {
    await app?.kill()
    await smtp.close()
    await town.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function send(
  client: Awaited<ReturnType<typeof connectApp>>['client'],
  sendings: Sending[],
  name: string,
  count: number,
): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const sending = { subject: `${name} part ${i}`, accepted: false }
    sendings.push(sending)
    const draft = await client.drafts.open({
      mode: 'new',
      preset: {
        to: [{ name: 'Carla', address: 'carla@kunde.test' }],
        subject: sending.subject,
        html: `<p>${'Words and words. '.repeat(20)}</p>`,
      },
    })
    await client.drafts.send({ id: draft.id, version: draft.version, undoSeconds: 0 })
    sending.accepted = true
  }
}

/** `faults` cuts and stalls at random moments of sending, on both the way out and the way to Sent. */
export async function cutWhileSending(faults: number, seed: number): Promise<void> {
  const town = await startTown({ users: 1 })
  try {
    const user = town.nextUser()
    const company = await town.company({
      user,
      timeouts: { smtp: { connect: 1000, command: 400, endOfData: 400, idle: 500 } },
    })
    const sendings: Sending[] = []
    // A submission is about 2 KB, its copy and the looks at the server about 5.
    company.smtp.chaos({ seed, meanBytes: 3000, stallMs: 800, maxFaults: faults })
    company.imap.chaos({ seed: seed + 1, meanBytes: 12_000, stallMs: 1500, maxFaults: faults })
    let serial = 0
    await until(
      `${faults} faults`,
      async () => {
        await send(company.client, sendings, `Cut ${(serial += 1)}`, 2)
        return company.smtp.faults >= faults
      },
      600_000,
    )
    company.smtp.chaos(null)
    company.imap.chaos(null)
    await expectEachOnce(town, user, company.dataDir, company.client, sendings)
  } finally {
    await town.stop()
  }
}
