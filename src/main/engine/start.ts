import { readFileSync } from 'node:fs'
import { createFileUrls } from './api/file-urls.ts'
import { createFiles } from './api/files.ts'
import { createApi } from './api/serve.ts'
import { Imports } from './crm/importing/imports.ts'
import { Snoozes } from './team/snoozes.ts'
import { Reminders } from './crm/activities/reminders.ts'
import { createIngest } from './ingest/ingest.ts'
import { Probes } from './ingest/probes.ts'
import { watchSleep } from './lib/sleep-watch.ts'
import { createMimeParser } from './mime/pool.ts'
import { createDrafts } from './outbox/drafts.ts'
import { Outbox } from './outbox/outbox.ts'
import { OwnerMails } from './outbox/owner-mails.ts'
import { systemLookups } from './channels/discovery/lookups.ts'
import { createDrivers } from './channels/registry.ts'
import { createBackups } from './store/backups.ts'
import { Store } from './store/store.ts'
import { requiredSecrets } from './sync/channel-secrets.ts'
import { createHosted } from './sync/hosted/hosted.ts'
import { createSync } from './sync/sync.ts'
import { createDomainRechecks } from './team/domain-rechecks.ts'
import { Presence } from './team/presence.ts'
import { provision } from './team/provision.ts'
import { TIMEOUTS, type Clock, type Engine, type EngineOptions } from './types.ts'

const systemClock: Clock = { now: () => Date.now() }

/** What `close` waits for the parts of the engine, in ms, before it closes the database over them. */
const CLOSE_MS = 3500

/**
 * The composition root: opens the data, starts what runs in the background, and serves clients until `close`.
 * Rejects with an EngineStartError when the folder is in use or the data is newer than this program.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir, resourcesDir, secrets, log } = options
  const clock = options.clock ?? systemClock
  const store = new Store({ dataDir, log, clock })
  const parser = createMimeParser({ worker: options.mimeWorker, log })
  const files = createFileUrls(store)
  const probes = new Probes(files.key)
  const ingest = createIngest({ store, log, probes })
  const secretsOf = (channelId: string) => requiredSecrets(secrets, channelId)
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const drivers = createDrivers({
    imap: { log, times: timeouts.imap },
    smtp: { times: timeouts.smtp },
  })
  const hosted = createHosted({
    store,
    secrets,
    parser,
    ingest,
    probes,
    drivers,
    sync: createSync({ store, ingest, parser, drivers, log, clock, timeouts, secrets: secretsOf }),
    log,
    clock,
    timeouts,
    passwords: secretsOf,
    checkWorker: options.checkWorker,
    dnsServers: options.dnsServers ?? [],
    limits: options.receiverLimits,
  })
  const { sync } = hosted
  const outbox = new Outbox({
    store,
    ingest,
    mime: parser,
    sync,
    drivers,
    log,
    clock,
    timeouts,
    secrets: secretsOf,
  })
  const ownerMails = new OwnerMails({ store, outbox, log, clock, timeouts })
  const reminders = new Reminders({ store, clock, log })
  const snoozes = new Snoozes({ store, clock, log })
  const drafts = createDrafts({ store })
  const imports = new Imports({
    store,
    log,
    clock,
    dataDir,
    worker: options.importWorker,
    retryMs: timeouts.storageRetry,
  })
  const presence = new Presence({ clock })
  const backups = createBackups({ store, dataDir, log, clock })
  const deps = {
    store,
    secrets,
    log,
    clock,
    files,
    mime: parser,
    ingest,
    sync,
    hosted,
    drafts,
    outbox,
    imports,
    presence,
    lookups: systemLookups(options.dnsServers),
    resourcesDir,
    version: programVersion(),
  }
  const api = createApi(deps)
  const fetchFile = createFiles(deps)
  const rechecks = createDomainRechecks({ store, dns: hosted.dns, log })
  sync.start()
  hosted.start()
  outbox.start()
  ownerMails.start()
  backups.start()
  rechecks.start()
  reminders.start()
  snoozes.start()
  imports.start()

  const stopWatching = watchSleep(clock, (sleptMs) => {
    log.info({ sleptMs }, 'the machine was asleep; all channels connect anew')
    sync.reconnectAll()
    outbox.wake()
    reminders.wake()
    snoozes.wake()
  })

  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    stopWatching()
    backups.stop()
    rechecks.stop()
    reminders.stop()
    snoozes.stop()
    presence.close()
    const parts = {
      hosted: hosted.close(),
      ownerMails: ownerMails.close(),
      outbox: outbox.close(),
      sync: sync.close(),
      parser: parser.close(),
      imports: imports.close(),
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS, 'late')
    })
    const ended = await Promise.race([Promise.allSettled(Object.values(parts)), late])
    clearTimeout(timer)
    // Whatever still runs finds its transactions refused; what it had not committed is done again at the next start.
    if (ended === 'late') log.warn('some parts did not end in time; the database is closed over them')
    store.close()
  }
  return {
    connectSocket: api.connectSocket,
    connectPort: api.connectPort,
    fetch: fetchFile,
    async provision(json, env) {
      const changed = await provision({ store, secrets }, json, env, hosted.receiver)
      sync.channelsChanged()
      return { changed }
    },
    close: () => (closing ??= close()),
  }
}

/** From package.json, which lies two folders above the sources and above what is built. */
function programVersion(): string {
  for (const up of ['../../../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
      if (
        found &&
        typeof found === 'object' &&
        'name' in found &&
        found.name === 'anteroom' &&
        'version' in found
      ) {
        return String(found.version)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return 'unknown'
}
