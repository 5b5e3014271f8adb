import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp, type App } from '../support/app.ts'
import { startDovecot, type Dovecot } from '../support/dovecot.ts'
import { buildMail, seedMaildir, syntheticMailbox, type SyntheticMail } from '../support/mail.ts'
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

export type AppOn = { app: App; rpc: Rpc; dataDir: string; startedAt: number; stop(): Promise<void> }

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
  /** Starts the app on a mailbox. `startedAt` is before the process, by `performance.now()`. */
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

function* withMarks(messages: number, to: string): Generator<SyntheticMail> {
  const mark = (word: string, at: number): SyntheticMail => {
    const from = 'Marcia Mark <marcia@mark.test>'
    const messageId = `${word}@mark.test`
    const subject = `A word of its own ${word}`
    const raw = buildMail({ from, to, subject, text: `The word is ${word}.`, messageId, date: at })
    return { raw, messageId, at, seen: false, answered: false, subject, from }
  }
  let last = 0
  let first = true
  for (const mail of syntheticMailbox(messages - 2, 7, { to })) {
    if (first) yield mark(OLDEST, mail.at - 1000)
    first = false
    last = mail.at
    yield mail
  }
  yield mark(NEWEST, last + 1000)
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
      const rpc = await connectRpc(app)
      const on: AppOn = {
        app,
        rpc,
        dataDir,
        startedAt,
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
