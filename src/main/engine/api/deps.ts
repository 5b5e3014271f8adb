import type { Logger } from 'pino'
import type { Lookups } from '../channels/discovery/lookups.ts'
import type { Imports } from '../crm/importing/imports.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { MimeParser } from '../mime/types.ts'
import type { Drafts } from '../outbox/drafts.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Store } from '../store/store.ts'
import type { Hosted } from '../sync/hosted/hosted.ts'
import type { Sync } from '../sync/types.ts'
import type { Presence } from '../team/presence.ts'
import type { Clock, SecretStore } from '../types.ts'
import type { FileUrls } from './file-urls.ts'

/** What the handlers are given by the composition root. */
export type ApiDeps = {
  store: Store
  secrets: SecretStore
  log: Logger
  clock: Clock
  files: FileUrls
  mime: MimeParser
  ingest: Ingest
  sync: Sync
  hosted: Pick<Hosted, 'receiver' | 'dns' | 'roundTrip' | 'examine'>
  drafts: Drafts
  outbox: Outbox
  imports: Imports
  presence: Presence
  /** How the servers of an address are looked up. */
  lookups: Lookups
  /** The product's `resources` folder. */
  resourcesDir: string
  /** The program's version, as the interface shows it. */
  version: string
}
