import { createDiscovery } from '../channels/discover.ts'
import { testConnection } from '../channels/live-test.ts'
import { DomainError } from '../lib/domain-error.ts'
import { channelShapes } from '../read/channels.ts'
import { junkBody, listJunk } from '../sync/junk.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { canSee, refusalToAct, type Access } from '../team/access.ts'
import { connectChannel, disconnectChannel, mustBeConnected, updateChannel } from '../team/channel-actions.ts'
import { guarded, mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** Members of the inbox and admins look after its channels. @throws DomainError NOT_FOUND or NOT_ALLOWED */
function mustManage(access: Access, inboxId: string): void {
  if (!canSee(access, inboxId))
    throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
  if (access.user.role !== 'member') return
  const refusal = refusalToAct(access, inboxId)
  if (refusal !== null) throw new DomainError('NOT_ALLOWED', refusal, { inboxId })
}

function mustManageChannel(db: ReadableDb, access: Access, id: string): ChannelRow {
  const channel = mustBeConnected(db, id)
  mustManage(access, channel.inbox_id)
  return channel
}

export const channelsHandlers = (deps: ApiDeps) => {
  const { store, sync } = deps
  const discover = createDiscovery({ resourcesDir: deps.resourcesDir })
  return {
    list: os.channels.list.handler(({ context }) =>
      channelShapes(store.read, mustAccess(context), (id) => sync.health(id)),
    ),
    discover: os.channels.discover.handler(({ input, context }) => {
      mustAccess(context)
      return discover(input.address)
    }),
    test: os.channels.test.handler(({ input, context, signal }) => {
      mustAccess(context)
      return guarded(testConnection(input, { signal: signal ?? new AbortController().signal }), deps.log)
    }),
    connect: os.channels.connect.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustManage(access, input.inboxId)
      const id = await connectChannel(deps, access.user.id, {
        ...input,
        passwords: { imapPassword: input.password, smtpPassword: input.smtpPassword || input.password },
      })
      sync.channelsChanged()
      return { id, rev: store.rev }
    }),
    update: os.channels.update.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustManageChannel(store.read, access, input.id)
      await updateChannel(deps, access.user.id, input.id, {
        fromName: input.fromName,
        imap: input.imap,
        smtp: input.smtp,
        imapPassword: input.password,
        smtpPassword: input.smtpPassword || undefined,
      })
      sync.channelsChanged()
      // A new password changes no setting that sync looks at, so the waiting for the next try ends here.
      sync.retry(input.id)
      deps.outbox.channelChanged(input.id)
      return { rev: store.rev }
    }),
    disconnect: os.channels.disconnect.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustManageChannel(store.read, access, input.id)
      await disconnectChannel(deps, access.user.id, input.id)
      sync.channelsChanged()
      return { rev: store.rev }
    }),
    retry: os.channels.retry.handler(({ input, context }) => {
      mustManageChannel(store.read, mustAccess(context), input.id)
      sync.retry(input.id)
      return { rev: store.rev }
    }),
    junk: os.channels.junk.handler(({ input, context }) => {
      mustManageChannel(store.read, mustAccess(context), input.id)
      return listJunk(deps, input.id, input.limit)
    }),
    junkBody: os.channels.junkBody.handler(({ input, context }) => {
      mustManageChannel(store.read, mustAccess(context), input.id)
      return junkBody(deps, input.id, input.uid)
    }),
    retrySetAside: os.channels.retrySetAside.handler(({ input, context }) => {
      mustManageChannel(store.read, mustAccess(context), input.id)
      sync.retrySetAside(input.id)
      return { rev: store.rev }
    }),
  }
}
