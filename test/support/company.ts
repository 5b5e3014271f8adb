import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import pino from 'pino'
import type { ChannelView } from '../../src/contract/channels.ts'
import type { EngineTimeouts } from '../../src/main/engine/types.ts'
import { startDovecot, type Dovecot } from './dovecot.ts'
import { startTestEngine, type TestClient, type TestEngine } from './engine.ts'
import { until } from './ports.ts'
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from './smtp-sink.ts'
import { startProxy, type TcpProxy } from './tcp-proxy.ts'

/**
 * Waits that suit a test: nothing that a person would have to be patient for. What a server may take for an answer is
 * long, for a server that is only slow, on a busy machine, is no dead one.
 */
export const QUICK: Partial<EngineTimeouts> = {
  poll: 60_000,
  retry: 20,
  storageRetry: 30,
  sendRetry: 30,
  lookAgain: 30,
  imap: { connect: 15_000, answer: 4000, probe: 1000 },
  smtp: { connect: 15_000, command: 10_000, endOfData: 10_000, idle: 2000 },
}

/** Everything that an iterable brings. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export type LocalMessage = {
  message_id: string
  subject: string
  direction: 'in' | 'out'
  seen: number
  answered: number
  thread_id: string
  parsed: number
}

export type LocalCopy = {
  path: string
  role: string
  uid: number
  state: string
  seen: number
  answered: number
  vanished_at: number | null
  message_id: string | null
}

/** What lies in an engine's database, read beside it. */
export function readLocal(dataDir: string): {
  messages: LocalMessage[]
  copies: LocalCopy[]
  flagChanges: number
  count(sql: string): number
} {
  const db = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
  try {
    const messages = db
      .prepare(
        'SELECT message_id, subject, direction, seen, answered, thread_id, parsed FROM messages ORDER BY rowid',
      )
      .all() as LocalMessage[]
    const copies = db
      .prepare(
        `SELECT f.path, f.role, r.uid, r.state, r.seen, r.answered, r.vanished_at, m.message_id FROM remote_messages r
         JOIN folders f ON f.id = r.folder_id LEFT JOIN messages m ON m.rowid = r.message_rowid ORDER BY f.path, r.uid`,
      )
      .all() as LocalCopy[]
    const flagChanges = (db.prepare('SELECT count(*) AS n FROM flag_changes').get() as { n: number }).n
    return {
      messages,
      copies,
      flagChanges,
      count: (sql) => {
        const again = new BetterSqlite3(join(dataDir, 'anteroom.db'), { readonly: true })
        try {
          return (again.prepare(sql).get() as { n: number }).n
        } finally {
          again.close()
        }
      },
    }
  } finally {
    db.close()
  }
}

export type Company = {
  user: string
  address: string
  dataDir: string
  imap: TcpProxy
  smtp: TcpProxy
  app: TestEngine
  client: TestClient
  /** What the engine logged from `warn` up, a JSON line each. */
  log: string[]
  channelId: string
  channel(): Promise<ChannelView>
  /** Resolves when the channel is live, having looked at the server after this call. */
  live(timeoutMs?: number): Promise<ChannelView>
  local(): ReturnType<typeof readLocal>
  /** Resolves when that many messages are here. */
  messages(count: number, timeoutMs?: number): Promise<LocalMessage[]>
  /** Ends the engine and starts it again on the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export type CompanyOptions = {
  timeouts?: Partial<EngineTimeouts>
  /** An IMAP server other than the town's Dovecot. */
  imapPort?: number
  imapSecurity?: 'none' | 'starttls' | 'tls'
  password?: string
  /** Do not wait for the first pass. */
  noWait?: boolean
}

export type Town = {
  dovecot: Dovecot
  sink: SmtpSink
  /** The next user of the server, whose mailbox is still untouched. */
  nextUser(): string
  /** A company of its own: a fresh user, proxies, an engine in this process. */
  company(options?: CompanyOptions & { user?: string }): Promise<Company>
  stop(): Promise<void>
}

/** One Dovecot with many untouched mailboxes and one SMTP receiver, for a whole test file. */
export async function startTown(options: { users?: number; smtp?: SmtpSinkOptions } = {}): Promise<Town> {
  const names = Array.from({ length: options.users ?? 40 }, (_, index) => `u${index + 1}`)
  const dovecot = await startDovecot({
    users: { customer: 'secret', ...Object.fromEntries(names.map((name) => [name, 'secret'])) },
  })
  const sink = await startSmtpSink({ deliverTo: dovecot, ...options.smtp })
  const companies = new Set<Company>()
  const nextUser = (): string => {
    const name = names.shift()
    if (!name) throw new Error('This town has no mailbox left: ask for more users.')
    return name
  }
  return {
    dovecot,
    sink,
    nextUser,
    async company(init = {}) {
      const company = await startCompany(dovecot, sink, init.user ?? nextUser(), init)
      companies.add(company)
      return company
    },
    async stop() {
      for (const company of companies) await company.stop()
      await sink.stop()
      await dovecot.stop()
    },
  }
}

/** A provisioning file of one team address; its password comes from `PASSWORD`. */
export const provisioningOf = (init: {
  address: string
  user: string
  imap: { port: number; security?: 'none' | 'starttls' | 'tls' }
  smtp: { port: number }
}): string =>
  JSON.stringify({
    workspace: { name: 'Acme' },
    users: [
      { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
      { name: 'Ben Bell', email: 'ben@acme.test' },
    ],
    me: 'ada@acme.test',
    inboxes: [{ name: 'Support', access: 'everyone' }],
    channels: [
      {
        kind: 'imap',
        purpose: 'team',
        inbox: 'Support',
        address: init.address,
        fromName: 'Acme Support',
        imap: {
          host: '127.0.0.1',
          port: init.imap.port,
          security: init.imap.security ?? 'none',
          user: init.user,
          password: '${PASSWORD}',
        },
        smtp: { host: '127.0.0.1', port: init.smtp.port, security: 'none' },
      },
    ],
  })

async function startCompany(
  dovecot: Dovecot,
  sink: SmtpSink,
  user: string,
  options: CompanyOptions,
): Promise<Company> {
  const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-company-'))
  const imap = await startProxy(options.imapPort ?? dovecot.port)
  const smtp = await startProxy(sink.port)
  const log: string[] = []
  const start = () =>
    startTestEngine({
      dataDir,
      timeouts: { ...QUICK, ...options.timeouts },
      log: pino({ level: 'warn' }, { write: (line) => void log.push(line) }),
      secrets,
    })
  const { memorySecrets } = await import('./engine.ts')
  const secrets = memorySecrets()
  let app = await start()
  const provisioning = provisioningOf({
    address: dovecot.address(user),
    user,
    imap: { port: imap.port, security: options.imapSecurity ?? 'none' },
    smtp: { port: smtp.port },
  })
  await app.engine.provision(provisioning, { PASSWORD: options.password ?? 'secret' })
  const channel = async (): Promise<ChannelView> => (await app.client.channels.list({}))[0]!
  const company: Company = {
    user,
    address: dovecot.address(user),
    dataDir,
    imap,
    smtp,
    get app() {
      return app
    },
    get client() {
      return app.client
    },
    log,
    channelId: (await channel()).id,
    channel,
    async live(timeoutMs) {
      const before = (await channel()).health.lastCheckedAt ?? 0
      await app.client.channels.retry({ id: company.channelId as never })
      return await until(
        'the channel to be live',
        async () => {
          const now = await channel()
          return now.health.state === 'live' && (now.health.lastCheckedAt ?? 0) > before && now
        },
        timeoutMs,
      )
    },
    local: () => readLocal(dataDir),
    messages: (count, timeoutMs) =>
      until(
        `${count} messages`,
        () => {
          const { messages } = readLocal(dataDir)
          return messages.length === count && messages
        },
        timeoutMs,
      ),
    async restart() {
      await app.stop()
      app = await start()
    },
    async stop() {
      await app.stop()
      await imap.close()
      await smtp.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  if (!options.noWait) {
    await until('the first pass', async () => (await channel()).health.state === 'live')
  }
  return company
}
