import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import type { ChannelHealth } from '../../src/contract/channels.ts'
import { createFiles } from '../../src/main/engine/api/files.ts'
import { createFileUrls } from '../../src/main/engine/api/file-urls.ts'
import { createApi } from '../../src/main/engine/api/serve.ts'
import type { Lookups } from '../../src/main/engine/channels/discovery/lookups.ts'
import { createDrivers } from '../../src/main/engine/channels/registry.ts'
import { createIngest } from '../../src/main/engine/ingest/ingest.ts'
import { Probes } from '../../src/main/engine/ingest/probes.ts'
import type { MimeParser, ParsedMessage, ParseResult } from '../../src/main/engine/mime/types.ts'
import { Imports } from '../../src/main/engine/crm/importing/imports.ts'
import { createDrafts } from '../../src/main/engine/outbox/drafts.ts'
import type { Outbox } from '../../src/main/engine/outbox/outbox.ts'
import { hashBytes } from '../../src/main/engine/store/blobs.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { requiredSecrets } from '../../src/main/engine/sync/channel-secrets.ts'
import { createHosted } from '../../src/main/engine/sync/hosted/hosted.ts'
import type { Sync } from '../../src/main/engine/sync/types.ts'
import { Presence } from '../../src/main/engine/team/presence.ts'
import { connectChannel } from '../../src/main/engine/team/channel-actions.ts'
import { createInbox, createUser, createWorkspaceRow } from '../../src/main/engine/team/workspace-actions.ts'
import type { Clock } from '../../src/main/engine/types.ts'
import { emptyDataDir } from './empty-database.ts'
import { connectClient, memorySecrets, type MemorySecrets, type TestClient } from './engine.ts'

/** 2025-10-01 09:00 UTC. */
export const START = Date.UTC(2025, 9, 1, 9)

export type MailInit = {
  /** Where it comes from; the domain makes the company. */
  from?: string
  name?: string
  to?: string
  subject?: string
  text?: string
  html?: string | null
  /** Minutes after START; one more than the last message where it is left out. */
  minute?: number
  messageId?: string
  /** What makes its bytes its own: the same number and words are the same mail on another machine. */
  serial?: number
  inReplyTo?: string
  seen?: boolean
  origin?: 'inbox' | 'sent'
  live?: boolean
  automatic?: ParsedMessage['automatic']
  report?: ParsedMessage['report']
  attachments?: { name: string; mimeType?: string; content?: string; inline?: boolean; contentId?: string }[]
  hasRemoteContent?: boolean
}

export type Workspace = {
  store: Store
  secrets: MemorySecrets
  clock: Clock & { at: number }
  dataDir: string
  /** What sync was told: `flags <channel>`, `channels`, `retry <channel>`, `reconnect <channel>`. */
  told: string[]
  health: Partial<ChannelHealth>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** What the network says about the servers of an address: nothing, unless a test gives it something to say. */
  lookups: Lookups
  /** What the parser answers to raw bytes. */
  parses: Map<string, ParseResult>
  user(name: string, role?: 'member' | 'account_access' | 'super_admin'): string
  /** With members, only they see it. */
  inbox(name: string, members?: string[]): string
  channel(inboxId: string, address: string): Promise<string>
  /** Ingests one message; resolves with its thread and message id. */
  mail(channelId: string, init?: MailInit): { threadId: string; messageId: string }
  /** Several in one batch. */
  mails(channelId: string, inits: MailInit[]): { threadId: string; messageId: string }[]
  /** A client that is signed in. */
  as(userId: string): Promise<TestClient>
  connect(): { client: TestClient; close(): void }
  /** Another one that holds the same and goes its own way from here; who is connected to this one is not in it. */
  copy(): Workspace
  stop(): void
}

const PREFIX = 'anteroom-workspace-'
const root = resolve(import.meta.dirname, '../..')

/** The engine without servers: a real store, the real ingest and the real API; sync and outbox are recorded doubles. */
export function makeWorkspace(): Workspace {
  const workspace = openWorkspace(emptyDataDir(PREFIX))
  const { store } = workspace
  store.write((write) => createWorkspaceRow(write, store, { name: 'Acme', isSample: false }))
  return workspace
}

/** @param serial  how many messages it has had */
function openWorkspace(dataDir: string, serial = 0): Workspace {
  const log = pino({ level: 'silent' })
  const clock = { at: START, now: () => clock.at }
  const store = new Store({ dataDir, log, clock })
  const secrets = memorySecrets()
  const files = createFileUrls(store)
  const probes = new Probes(files.key)
  const ingest = createIngest({ store, log, probes })
  const told: string[] = []
  const parses = new Map<string, ParseResult>()
  const health: Partial<ChannelHealth> = {}
  const mailboxes: Sync = {
    start() {},
    settled: () => Promise.resolve(),
    channelsChanged: () => void told.push('channels'),
    retry: (id) => void told.push(`retry ${id}`),
    reconnect: (id) => void told.push(`reconnect ${id}`),
    retrySetAside: (id) => void told.push(`retrySetAside ${id}`),
    reconnectAll() {},
    flagsChanged: (id) => void told.push(`flags ${id}`),
    health: () => ({
      state: 'live',
      since: START,
      progress: null,
      retryAt: null,
      problem: null,
      lastMailInAt: null,
      lastCheckedAt: null,
      setAside: 0,
      ...health,
    }),
    withSession: () => Promise.reject(new Error('there is no server in this test')),
    async close() {},
  }
  const mime: MimeParser = {
    async parse(raw) {
      const known = parses.get(Buffer.from(raw).toString())
      const nobody = { messageId: null, subject: '', from: { name: '', address: '' }, to: [], date: null }
      return known ?? { ok: false, reason: 'unknown bytes', headers: nobody }
    },
    async close() {},
  }
  const hosted = createHosted({
    store,
    secrets,
    parser: mime,
    ingest,
    probes,
    drivers: createDrivers(),
    sync: mailboxes,
    log,
    clock,
    timeouts: { storageRetry: 1000, roundTrip: 1000 },
    passwords: (id) => requiredSecrets(secrets, id),
    checkWorker: pathToFileURL(join(root, 'src/main/engine/channels/hosted/check-worker.ts')),
    // Nobody answers there: nothing leaves this machine.
    dnsServers: ['127.0.0.1:1'],
  })
  const { sync } = hosted
  const lookups: Lookups = {
    srv: async () => [],
    mx: async () => [],
    exists: async () => false,
    get: async () => null,
  }
  const imports = new Imports({
    store,
    log,
    clock,
    dataDir,
    worker: pathToFileURL(join(root, 'src/main/engine/crm/importing/worker.ts')),
    retryMs: 1000,
  })
  const deps = {
    store,
    secrets,
    log,
    clock,
    files,
    mime,
    ingest,
    sync,
    hosted,
    drafts: createDrafts({ store }),
    imports,
    presence: new Presence({ clock }),
    outbox: { wake() {}, channelChanged() {} } as unknown as Outbox,
    lookups,
    resourcesDir: join(root, 'resources'),
    version: '0.0.0-test',
  }
  const api = createApi(deps)
  const serve = createFiles(deps)
  const connections: { close(): void }[] = []
  const connect = () => {
    const connection = connectClient(api)
    connections.push(connection)
    return connection
  }

  const workspace: Workspace = {
    store,
    secrets,
    clock,
    dataDir,
    told,
    health,
    lookups,
    parses,
    connect,
    fetch: (path, init) => serve(new Request(`http://127.0.0.1${path}`, init)),
    user: (name, role = 'member') =>
      store.write((write) =>
        createUser(write, store, null, { name, email: `${name.toLowerCase()}@acme.test`, role }),
      ),
    inbox: (name, members) =>
      store.write((write) => {
        const id = createInbox(write, store, null, { name, access: members ? 'members' : 'everyone' })
        for (const member of members ?? []) {
          write.db.run('INSERT INTO inbox_members (inbox_id, user_id) VALUES (?, ?)', [id, member])
        }
        return id
      }),
    channel: (inboxId, address) =>
      connectChannel({ store, secrets }, null, {
        purpose: 'team',
        address,
        inboxId,
        fromName: 'Acme',
        imap: { host: '127.0.0.1', port: 1, security: 'none' },
        smtp: { host: '127.0.0.1', port: 1, security: 'none' },
        passwords: { imapPassword: 'x', smtpPassword: 'x' },
      }),
    mail: (channelId, init) => workspace.mails(channelId, [init ?? {}])[0]!,
    mails(channelId, inits) {
      const messages = inits.map((init) => {
        serial += 1
        return {
          init,
          at: START + (init.minute ?? serial) * 60_000,
          parsed: parsedMail(init, init.serial ?? serial),
        }
      })
      clock.at = Math.max(clock.at, ...messages.map(({ at }) => at))
      const raws = messages.map(({ parsed }) => Buffer.from(`raw ${parsed.contentHash}`))
      const hashes = store.write(({ db }) => store.blobs.put(db, raws))
      messages.forEach(({ parsed }, i) => parses.set(raws[i]!.toString(), { ok: true, message: parsed }))
      return ingest
        .batch(
          channelId,
          messages.map(({ init, at, parsed }, i) => ({
            remote: null,
            origin: init.origin ?? 'inbox',
            rawHash: hashes[i]!,
            size: raws[i]!.byteLength,
            arrival: at,
            flags: { seen: init.seen ?? false, answered: false },
            live: init.live ?? true,
            parsed: { ok: true, message: { ...parsed, date: at } },
          })),
        )
        .map(({ threadId, messageId }) => ({ threadId, messageId }))
    },
    async as(userId) {
      const { client } = connect()
      await client.users.signIn({ id: userId as never })
      return client
    },
    copy() {
      // What is in the write-ahead log goes into the file. The lock is this one's alone.
      store.checkpoint('TRUNCATE')
      const folder = mkdtempSync(join(tmpdir(), PREFIX))
      cpSync(dataDir, folder, { recursive: true, filter: (path) => basename(path) !== 'lock.db' })
      const other = openWorkspace(folder, serial)
      other.clock.at = clock.at
      for (const [name, value] of secrets.values) other.secrets.values.set(name, value)
      for (const [raw, parsed] of parses) other.parses.set(raw, parsed)
      return other
    },
    stop() {
      void imports.close()
      for (const connection of connections) connection.close()
      store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
  return workspace
}

/** A company with one inbox for everyone, whose admin Ada is signed in: what most questions to the API need. */
export async function makeSupport() {
  const ws = makeWorkspace()
  const ada = ws.user('Ada', 'super_admin')
  const ben = ws.user('Ben')
  const support = ws.inbox('Support')
  const channel = await ws.channel(support, 'support@acme.test')
  return { ws, ada, ben, support, channel, client: await ws.as(ada) }
}

function parsedMail(init: MailInit, serial: number): ParsedMessage {
  const text = init.text ?? `Text of message ${serial}.`
  const address = init.from ?? 'carla@customer.test'
  return {
    messageId: init.messageId ?? `m${serial}@customer.test`,
    inReplyTo: init.inReplyTo ? [init.inReplyTo] : [],
    references: init.inReplyTo ? [init.inReplyTo] : [],
    subject: init.subject ?? `Subject ${serial}`,
    from: { name: init.name ?? 'Carla Customer', address },
    replyTo: [],
    to: [{ name: '', address: init.to ?? 'support@acme.test' }],
    cc: [],
    bcc: [],
    date: null,
    html: init.html ?? null,
    text,
    snippet: text.slice(0, 200),
    attachments: (init.attachments ?? []).map((one) => ({
      name: one.name,
      mimeType: one.mimeType ?? 'text/plain',
      size: Buffer.byteLength(one.content ?? 'file'),
      inline: one.inline ?? false,
      contentId: one.contentId ?? null,
      content: Buffer.from(one.content ?? 'file'),
    })),
    automatic: init.automatic ?? null,
    report: init.report ?? null,
    deliveredTo: [],
    listId: null,
    warnings: [],
    hasRemoteContent: init.hasRemoteContent ?? false,
    contentHash: Buffer.from(hashBytes(Buffer.from(`${serial}${text}`))).toString('hex'),
  }
}
