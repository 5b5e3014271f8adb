import type { Logger } from 'pino'
import type { DoctorCheck, Hop } from '../../../../contract/hosted.ts'
import { createSenderChecks } from '../../channels/hosted/check.ts'
import type { Drivers } from '../../channels/registry.ts'
import type { ChannelSecrets } from '../../channels/types.ts'
import type { Ingest } from '../../ingest/ingest.ts'
import type { Probes } from '../../ingest/probes.ts'
import { createDns, type Dns } from '../../lib/dns.ts'
import type { MimeParser } from '../../mime/types.ts'
import type { Store } from '../../store/store.ts'
import type { ChannelRow } from '../../store/tables/channels.ts'
import type { HostedRow } from '../../store/tables/hosted.ts'
import type { Clock, EngineTimeouts, ReceiverLimits, SecretStore } from '../../types.ts'
import { examine } from '../doctor/doctor.ts'
import type { Sync } from '../types.ts'
import { withHosted } from './hosted-sync.ts'
import { ReceiverHost } from './receiver-host.ts'
import { roundTrip } from './round-trip.ts'
import { Spool } from './spool.ts'

export type HostedDeps = {
  store: Store
  secrets: SecretStore
  parser: MimeParser
  ingest: Ingest
  probes: Probes
  drivers: Drivers
  /** The sync of channels that have a mailbox. */
  sync: Sync
  log: Logger
  clock: Clock
  timeouts: Pick<EngineTimeouts, 'storageRetry' | 'roundTrip'>
  passwords(channelId: string): Promise<ChannelSecrets>
  /** The module that checks senders in a thread of its own. */
  checkWorker: URL
  /** DNS servers as `address:port`; the system's where the list is empty. */
  dnsServers: readonly string[]
  limits?: Partial<ReceiverLimits> | undefined
}

/** What hosted addresses need besides the channels they live on, put together. */
export type Hosted = {
  /** The sync of all channels, hosted ones too. */
  sync: Sync
  receiver: ReceiverHost
  dns: Dns
  roundTrip(row: HostedRow, signal: AbortSignal): AsyncGenerator<Hop, void>
  examine(row: ChannelRow, signal: AbortSignal): AsyncGenerator<DoctorCheck, void>
  start(): void
  close(): Promise<void>
}

export function createHosted(deps: HostedDeps): Hosted {
  const { store, secrets, parser, ingest, log, clock, timeouts, limits, dnsServers } = deps
  const spool = new Spool({ store, ingest, parser, log, storageRetryMs: timeouts.storageRetry })
  const checks = createSenderChecks({ worker: deps.checkWorker, dnsServers, log })
  const receiver = new ReceiverHost({ store, secrets, parser, spool, checks, log, clock, limits })
  const sync = withHosted(deps.sync, { store, receiver, spool })
  const dns = createDns(dnsServers)
  const trip = {
    store,
    drivers: deps.drivers,
    secrets: deps.passwords,
    probes: deps.probes,
    receiver,
    sync,
    log,
    limitMs: timeouts.roundTrip,
  }
  return {
    sync,
    receiver,
    dns,
    roundTrip: (row, signal) => roundTrip(trip, row, signal),
    examine: (row, signal) => examine({ ...trip, receiver, dns, clock }, row, signal),
    start: () => receiver.start(),
    close: () => receiver.close(),
  }
}
