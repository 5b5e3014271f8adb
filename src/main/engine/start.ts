import { createFileUrls } from './api/file-urls.ts'
import { createApi } from './api/serve.ts'
import { createIngest } from './ingest/ingest.ts'
import { createMimeParser } from './mime/pool.ts'
import { createDrafts } from './outbox/drafts.ts'
import { Outbox } from './outbox/outbox.ts'
import { Store } from './store/store.ts'
import { createSync } from './sync/sync.ts'
import { requiredSecrets } from './team/channel-secrets.ts'
import type { Clock, Engine, EngineOptions } from './types.ts'

const systemClock: Clock = { now: () => Date.now() }

/**
 * The composition root: opens the data, starts what runs in the background, and serves clients until `close`.
 * Rejects with an EngineStartError when the folder is in use or the data is newer than this program.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, secrets, log } = options
  const clock = options.clock ?? systemClock
  const store = new Store({ dataDir, log, clock })
  const mime = createMimeParser({ worker: options.mimeWorker, log })
  const ingest = createIngest({ store, log })
  const channelSecrets = (channelId: string) => requiredSecrets(secrets, channelId)
  const sync = createSync({ store, ingest, parser: mime, log, clock, secrets: channelSecrets })
  const drafts = createDrafts({ store })
  const outbox = new Outbox({ store, ingest, mime, sync, log, clock, secrets: channelSecrets })
  const files = createFileUrls(store)
  const api = createApi({ store, secrets, log, clock, files, mime, sync, drafts, outbox, version: '0.1.0' })
  sync.start()
  outbox.start()
  return {
    connectSocket: api.connectSocket,
    connectPort: api.connectPort,
    fetch: async () => new Response('Not found', { status: 404 }),
    provision: async () => ({ changed: [] }),
    async close() {
      await outbox.close()
      await sync.close()
      await mime.close()
      store.close()
    },
  }
}
