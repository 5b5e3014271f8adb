import { diagnosticsText } from '../crm/reply-logging/diagnostics.ts'
import { addNeverLog, coveredBy, removeNeverLog } from '../crm/never-log/edit.ts'
import { settingsOf } from '../ingest/personal-case.ts'
import { DomainError } from '../lib/domain-error.ts'
import { decisions, diagnosticsOf, neverLogShapes, verdictOfMessage } from '../read/logging.ts'
import { BlobDamagedError, type BlobHash } from '../store/blobs.ts'
import { decisionById, decisionOfMessage, type DecisionRow } from '../store/queries/logging.ts'
import { messageById } from '../store/queries/messages.ts'
import type { ReadableDb } from '../store/statements.ts'
import { channelById, ownAddresses, type ChannelRow } from '../store/tables/channels.ts'
import { neverLogById, type NeverLogRow } from '../store/tables/never-log.ts'
import { threadById } from '../store/tables/threads.ts'
import { mustAdminister, type Access } from '../team/access.ts'
import { foldersToOptIn, setLogging } from '../team/logging-settings.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { mustManageChannel } from './managing.ts'
import { mustSeeMessage } from './messages.ts'

/** One's own personal address; a past one too, whose decisions stay. @throws DomainError NOT_FOUND, BAD_INPUT */
export function mustOwnChannel(db: ReadableDb, access: Access, id: string): ChannelRow {
  const channel = channelById(db, id)
  if (channel?.purpose === 'personal' && channel.user_id === access.user.id) return channel
  // A team address is no secret to those who see it; whose a personal one is, is.
  if (channel?.purpose === 'team' && channel.inbox_id !== null && access.visible.includes(channel.inbox_id))
    throw new DomainError('BAD_INPUT', 'This is a team address: the rules of logging leave its mail alone.')
  throw new DomainError('NOT_FOUND', 'This is no personal address of yours.')
}

/** A decision about one's own mail. @throws DomainError NOT_FOUND, for that of others too */
export function mustOwnDecision(db: ReadableDb, access: Access, id: string): DecisionRow {
  const row = decisionById(db, id)
  const channel = row && channelById(db, row.channel_id)
  if (!row || channel?.purpose !== 'personal' || channel.user_id !== access.user.id)
    throw new DomainError('NOT_FOUND', 'This message is not among your personal mail.')
  return row
}

/** An entry of the Never Log list that the user may change. @throws DomainError NOT_FOUND, NOT_ALLOWED */
export function mustChangeEntry(db: ReadableDb, access: Access, id: string): NeverLogRow {
  const row = neverLogById(db, id)
  if (!row || row.removed_at !== null || (row.user_id !== null && row.user_id !== access.user.id))
    throw new DomainError('NOT_FOUND', 'This entry is not on the Never Log list any more.')
  if (row.user_id === null) mustAdminister(access, "change the workspace's Never Log list")
  return row
}

/** Which personal mail joins the CRM, and why (G). */
export const loggingHandlers = (deps: ApiDeps) => {
  const { store } = deps
  const rawOf = async (hash: BlobHash): Promise<Uint8Array | null> =>
    store.blobs.get(store.read, hash).catch((error: unknown) => {
      if (error instanceof BlobDamagedError) return null
      throw error
    })
  return {
    decisions: os.logging.decisions.handler(({ input, context }) => {
      mustOwnChannel(store.read, mustAccess(context), input.channelId)
      return decisions(store.read, input)
    }),
    ofMessage: os.logging.ofMessage.handler(({ input, context }) => {
      const access = mustAccess(context)
      const message = mustSeeMessage(store.read, access, input.id)
      const verdict = verdictOfMessage(store.read, message.rowid)
      if (!verdict) return null
      const ownerId = threadById(store.read, message.thread_id)?.user_id ?? null
      return { ...verdict, mayRemove: ownerId === access.user.id || access.user.role !== 'member' }
    }),
    neverLog: os.logging.neverLog.handler(({ context }) =>
      neverLogShapes(store.read, mustAccess(context).user.id),
    ),
    addNeverLog: os.logging.addNeverLog.handler(({ input, context }) => {
      const access = mustAccess(context)
      if (input.scope === 'workspace') mustAdminister(access, "change the workspace's Never Log list")
      const userId = input.scope === 'me' ? access.user.id : null
      const id = addNeverLog(store, access.user.id, input.pattern, userId)
      const entry = neverLogById(store.read, id)
      const covered = entry ? coveredBy(store.read, entry, ownAddresses(store.read)) : []
      const covers = new Set(covered.map((one) => one.messageRowid ?? one.id)).size
      return { id, covers, rev: store.rev }
    }),
    removeNeverLog: os.logging.removeNeverLog.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustChangeEntry(store.read, access, input.id)
      removeNeverLog(store, access.user.id, input.id)
      return { rev: store.rev }
    }),
    settings: os.logging.settings.handler(({ input, context }) => {
      const channel = mustOwnChannel(store.read, mustAccess(context), input.channelId)
      return { ...settingsOf(channel), available: foldersToOptIn(store.read, channel.id) }
    }),
    setSettings: os.logging.setSettings.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { channelId, ...changes } = input
      mustOwnChannel(store.read, access, channelId)
      mustManageChannel(store.read, access, channelId)
      if (setLogging(store, access.user.id, channelId, changes)) deps.sync.retry(channelId)
      return { rev: store.rev }
    }),
    diagnostics: os.logging.diagnostics.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const message = messageById(store.read, input.id)
      // Of a message that is here, for whoever sees it; of one that is not logged, for its owner.
      const decision = message
        ? decisionOfMessage(store.read, mustSeeMessage(store.read, access, message.id).rowid)
        : mustOwnDecision(store.read, access, input.id)
      const stored =
        message ?? (decision?.stored_id == null ? undefined : messageById(store.read, decision.stored_id))
      const raw = stored ? await rawOf(stored.raw_hash) : null
      const text = diagnosticsText({
        version: deps.version,
        now: deps.clock.now(),
        raw,
        ...diagnosticsOf(store.read, decision ?? null, stored ?? null),
      })
      return { text }
    }),
  }
}
