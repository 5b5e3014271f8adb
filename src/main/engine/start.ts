import type { ChannelHealth } from '../../contract/channels.ts'
import { createFileUrls } from './api/file-urls.ts'
import { createApi } from './api/serve.ts'
import { Store } from './store/store.ts'
import type { Sync } from './sync/types.ts'
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
  const sync = noSync(clock)
  const files = createFileUrls(store)
  const api = createApi({ store, secrets, log, clock, files, sync, version: '0.1.0' })
  return {
    connectSocket: api.connectSocket,
    connectPort: api.connectPort,
    fetch: async () => new Response('Not found', { status: 404 }),
    provision: async () => ({ changed: [] }),
    async close() {
      await sync.close()
      store.close()
    },
  }
}

/** Until sync is composed in. */
function noSync(clock: Clock): Sync {
  const since = clock.now()
  const health: ChannelHealth = {
    state: 'stopped',
    since,
    progress: null,
    retryAt: null,
    problem: null,
    lastMailInAt: null,
    lastCheckedAt: null,
    setAside: 0,
  }
  return {
    start() {},
    channelsChanged() {},
    retry() {},
    retrySetAside() {},
    flagsChanged() {},
    health: () => health,
    withSession: () => Promise.reject(new Error('sync is not there')),
    async close() {},
  }
}
