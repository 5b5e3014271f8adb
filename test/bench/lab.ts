import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from '../support/app.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { seedMaildir, syntheticMailbox, type SyntheticMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import type { Figure } from './figures.ts'
import { connectRpc, hits, isLive, type Rpc } from './rpc.ts'

/** A row of the table, or a few that are measured together. */
export type Bench = {
  /** For `--only`. */
  name: string
  run(lab: Lab): Promise<Figure[]>
}

/** A user of the server whose INBOX holds the synthetic mailbox. */
export type Mailbox = { user: string; messages: number; address: string }

/** Words that stand in no other message: they find the first and the last message of a mailbox. */
export const OLDEST = 'zzoldestzz'
export const NEWEST = 'zznewestzz'
/** In the subject of every message of `flaggable`, each a conversation of its own, unread. */
export const FLAGGED = 'zzflagzz'

/** The UIDs of the messages that rows set flags on: up to 500, spread over the mailbox. */
export function flaggable(messages: number): number[] {
  const count = Math.min(500, Math.floor(messages / 4))
  const step = Math.floor(messages / (count + 1))
  // The file names are in the order of arrival, so a message's place is its UID.
  return Array.from({ length: count }, (_, i) => (i + 1) * step + 1)
}

export type AppOn = {
  app: App
  rpc: Rpc
  dataDir: string
  /** Before its process was started, by `performance.now()`. */
  startedAt: number
  /** From then until it said that it is ready, in ms. */
  readyMs: number
  stop(): Promise<void>
}

export type Lab = {
  /** Messages of the mailbox that most rows are measured on, and of the large one (null: not asked for). */
  readonly messages: number
  readonly large: number | null
  /** How often what is quick is repeated. */
  readonly runs: number
  dovecot(): Promise<Dovecot>
  /** A mailbox of its own, never opened by any client. */
  mailbox(messages: number): Promise<Mailbox>
  /** A folder that is removed at the end. */
  folder(): string
  /** Starts the app on a mailbox. */
  start(mailbox: Mailbox, options?: { port?: number; dataDir?: string }): Promise<AppOn>
  /** An app's data folder with everything of a mailbox in it, stopped cleanly: a copy of its own. */
  synced(messages: number): Promise<{ mailbox: Mailbox; dataDir: string }>
  /** Gives a data folder to `synced`, so that the row that measures the sync is not repeated. */
  keepSynced(mailbox: Mailbox, dataDir: string): void
  say(text: string): void
  close(): Promise<void>
}

const PASSWORD = 'secret'
const USERS = 60

/** Resolves when the app has the whole mailbox and finds its oldest message (sync runs newest first). */
export async function untilSearchable(rpc: Rpc, timeoutMs: number): Promise<void> {
  await until(
    'the whole mailbox to be searchable',
    async () => (await isLive(rpc)) && (await hits(rpc, OLDEST)) === 1,
    timeoutMs,
  )
}

/** Enough for a slow machine; a row that takes longer has failed. */
export const syncTimeout = (messages: number): number => 60_000 + messages * 20

/** A conversation of its own with a subject by which it is found, otherwise like the mail it is made of. */
export function renamed(mail: SyntheticMail, subject: string): SyntheticMail {
  const raw = mail.raw
    .toString('latin1')
    .replace(/^(In-Reply-To|References): .*\r\n([ \t].*\r\n)*/gm, '')
    .replace(/^Subject: .*\r\n([ \t].*\r\n)*/m, `Subject: ${subject}\r\n`)
    // What answers the message that it was now answers one that is not there.
    .replace(/^Message-ID: </m, 'Message-ID: <alone.')
  const messageId = `alone.${mail.messageId}`
  return { ...mail, raw: Buffer.from(raw, 'latin1'), messageId, subject, seen: false, answered: false }
}

function* withMarks(messages: number, to: string): Generator<SyntheticMail> {
  const flagged = new Set(flaggable(messages))
  let place = 0
  for (const mail of syntheticMailbox(messages, 7, { to })) {
    place += 1
    if (place === 1) yield renamed(mail, `The first ${OLDEST}`)
    else if (place === messages) yield renamed(mail, `The last ${NEWEST}`)
    else yield flagged.has(place) ? renamed(mail, `Number ${place} ${FLAGGED}`) : mail
  }
}

/** Everything the rows share: one mail server, mailboxes that are written once, data folders, and their end. */
export function createLab(options: {
  messages: number
  large: number | null
  runs: number
  say: (text: string) => void
}): Lab {
  const root = mkdtempSync(join(tmpdir(), 'anteroom-bench-'))
  const running = new Set<AppOn>()
  const seeds = new Map<number, string>()
  const synced = new Map<number, { mailbox: Mailbox; dataDir: string }>()
  let server: Promise<Dovecot> | null = null
  let users = 0
  let folders = 0

  const dovecot = () =>
    (server ??= startDovecot({
      users: Object.fromEntries(Array.from({ length: USERS }, (_, i) => [`u${i}`, PASSWORD])),
    }))
  const nextUser = () => {
    if (users === USERS) throw new Error('the bench has no users left')
    return `u${users++}`
  }
  const folder = () => {
    const path = join(root, `d${folders++}`)
    execFileSync('mkdir', ['-p', path])
    return path
  }

  const lab: Lab = {
    ...options,
    dovecot,
    folder,
    async mailbox(messages) {
      const imap = await dovecot()
      let seed = seeds.get(messages)
      if (seed === undefined) {
        const user = nextUser()
        options.say(`writing a mailbox of ${messages.toLocaleString('en-GB')} messages`)
        seed = imap.folderDir(user)
        seedMaildir(imap, user, withMarks(messages, 'support@dovecot.test'))
        seeds.set(messages, seed)
      }
      const user = nextUser()
      const own = imap.folderDir(user)
      // Hard links: the server renames its files (flags are in the name) but never writes into them.
      rmSync(join(own, 'cur'), { recursive: true })
      execFileSync('cp', ['-al', join(seed, 'cur'), join(own, 'cur')])
      return { user, messages, address: imap.address(user) }
    },
    async start(mailbox, { port, dataDir = folder() } = {}) {
      const imap = await dovecot()
      const file = join(dataDir, 'provision.json')
      writeFileSync(file, provisioning(mailbox, port ?? imap.port))
      const startedAt = performance.now()
      const app = await startApp({ dataDir, args: ['--provision', file], env: { BENCH_PASSWORD: PASSWORD } })
      const readyMs = performance.now() - startedAt
      const rpc = await connectRpc(app)
      const on: AppOn = {
        app,
        rpc,
        dataDir,
        startedAt,
        readyMs,
        async stop() {
          rpc.close()
          running.delete(on)
          const code = await app.stop()
          if (code !== 0) throw new Error(`the app ended with ${code}: ${app.stderr().slice(-500)}`)
        },
      }
      running.add(on)
      return on
    },
    async synced(messages) {
      let kept = synced.get(messages)
      if (!kept) {
        const mailbox = await lab.mailbox(messages)
        const on = await lab.start(mailbox)
        options.say(`syncing ${messages.toLocaleString('en-GB')} messages`)
        await untilSearchable(on.rpc, syncTimeout(messages))
        await on.stop()
        kept = { mailbox, dataDir: on.dataDir }
        synced.set(messages, kept)
      }
      const dataDir = folder()
      cpSync(kept.dataDir, dataDir, { recursive: true })
      return { mailbox: kept.mailbox, dataDir }
    },
    keepSynced(mailbox, dataDir) {
      synced.set(mailbox.messages, { mailbox, dataDir })
    },
    async close() {
      for (const on of running) {
        on.rpc.close()
        await on.app.kill()
      }
      if (server) await (await server).stop()
      if (existsSync(root)) rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  return lab
}

function provisioning({ user, address }: Mailbox, port: number): string {
  return JSON.stringify({
    workspace: { name: 'Acme' },
    users: [{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }],
    me: 'ada@acme.test',
    inboxes: [{ name: 'Support', access: 'everyone' }],
    channels: [
      {
        kind: 'imap',
        purpose: 'team',
        inbox: 'Support',
        address,
        fromName: 'Acme Support',
        imap: { host: '127.0.0.1', port, security: 'none', user, password: '${BENCH_PASSWORD}' },
        // Nothing is sent here.
        smtp: { host: '127.0.0.1', port: 9, security: 'none' },
      },
    ],
  })
}
