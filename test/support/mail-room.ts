import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import pino from 'pino'
import { createIngest } from '../../src/main/engine/ingest/ingest.ts'
import type { Ingested } from '../../src/main/engine/ingest/types.ts'
import { createMimeParser } from '../../src/main/engine/mime/pool.ts'
import type { MimeParser } from '../../src/main/engine/mime/types.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { connectChannel } from '../../src/main/engine/team/channel-actions.ts'
import { createInbox, createUser, createWorkspaceRow } from '../../src/main/engine/team/workspace-actions.ts'
import { emptyDataDir } from './empty-database.ts'
import { memorySecrets } from './engine.ts'

export type MailRoom = {
  store: Store
  dataDir: string
  channelId: string
  address: string
  /** Another channel in the same inbox. */
  channel(address: string): Promise<string>
  /** Raw bytes through the real parser and the real ingest, in one batch. */
  take(raws: readonly (Buffer | string)[], options?: TakeOptions): Promise<Ingested[]>
  one<Row>(sql: string, ...params: (string | number)[]): Row
  all<Row>(sql: string, ...params: (string | number)[]): Row[]
  stop(): void
}

export type TakeOptions = {
  channelId?: string
  origin?: 'inbox' | 'sent'
  live?: boolean
  /** INTERNALDATE in ms; 2025-10-02 12:00 UTC when left out. */
  arrival?: number
}

/** The real parser, for every room of a test file: starting its thread takes longer than most tests. To be closed after all. */
export const mailParser = (): MimeParser =>
  createMimeParser({
    worker: pathToFileURL(resolve(import.meta.dirname, '../../src/main/engine/mime/worker.ts')),
  })

/** Store, parser and ingest without any server: what happens to raw bytes once they are here. */
export async function openMailRoom(parser: MimeParser): Promise<MailRoom> {
  const dataDir = emptyDataDir('anteroom-mail-room-')
  const log = pino({ level: 'silent' })
  const clock = { now: () => Date.UTC(2025, 9, 3) }
  const store = new Store({ dataDir, log, clock })
  const ingest = createIngest({ store, log })
  const secrets = memorySecrets()
  const address = 'support@acme.test'
  const inboxId = store.write((write) => {
    createWorkspaceRow(write, store, { name: 'Acme', isSample: false })
    createUser(write, store, null, { name: 'Ada', email: 'ada@acme.test', role: 'super_admin' })
    return createInbox(write, store, null, { name: 'Support', access: 'everyone' })
  })
  const channel = (of: string): Promise<string> =>
    connectChannel({ store, secrets }, null, {
      purpose: 'team',
      address: of,
      inboxId,
      fromName: 'Acme',
      imap: { host: '127.0.0.1', port: 1, security: 'none' },
      smtp: { host: '127.0.0.1', port: 1, security: 'none' },
      passwords: { imapPassword: 'x', smtpPassword: 'x' },
    })
  const channelId = await channel(address)
  return {
    store,
    dataDir,
    channelId,
    address,
    channel,
    async take(raws, options = {}) {
      const bytes = raws.map((raw) =>
        typeof raw === 'string' ? Buffer.from(raw.replace(/\r?\n/g, '\r\n')) : raw,
      )
      const hashes = store.write(({ db }) => store.blobs.put(db, bytes))
      const parsed = await Promise.all(bytes.map((raw) => parser.parse(raw)))
      return ingest.batch(
        options.channelId ?? channelId,
        parsed.map((result, index) => ({
          remote: null,
          origin: options.origin ?? 'inbox',
          rawHash: hashes[index]!,
          size: bytes[index]!.byteLength,
          arrival: options.arrival ?? Date.UTC(2025, 9, 2, 12),
          flags: { seen: false, answered: false },
          live: options.live ?? true,
          parsed: result,
        })),
      )
    },
    one: <Row>(sql: string, ...params: (string | number)[]) => store.read.get<Row>(sql, params)!,
    all: <Row>(sql: string, ...params: (string | number)[]) => store.read.all<Row>(sql, params),
    stop() {
      store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
