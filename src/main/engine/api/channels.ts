import { createProviderCheck } from '../channels/check-provider.ts'
import { createDiscovery } from '../channels/discover.ts'
import { testConnection } from '../channels/live-test.ts'
import { DomainError } from '../lib/domain-error.ts'
import { channelShapes } from '../read/channels.ts'
import { junkBody, listJunk } from '../sync/junk.ts'
import { mustAdminister, type Access } from '../team/access.ts'
import { holderOf } from '../team/address-holder.ts'
import { addressKey } from '../lib/address-key.ts'
import {
  connectChannel,
  disconnectChannel,
  setPersonal,
  updateChannel,
  type ChannelHome,
} from '../team/channel-actions.ts'
import { guarded, mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { mustManage, mustManageChannel } from './managing.ts'

/** Where a new channel belongs. @throws DomainError BAD_INPUT, NOT_FOUND, NOT_ALLOWED */
function homeOf(
  access: Access,
  input: { purpose: 'team' | 'personal'; inboxId?: string; teamSeesEverything: boolean },
): ChannelHome {
  if (input.purpose === 'personal') return { purpose: 'personal', userId: access.user.id }
  if (input.inboxId === undefined) {
    throw new DomainError('BAD_INPUT', 'A team address needs the inbox that its mail comes to.', {
      field: 'inboxId',
    })
  }
  mustManage(access, input.inboxId)
  if (!input.teamSeesEverything) {
    throw new DomainError(
      'BAD_INPUT',
      'Everything sent to a team address is seen by the whole team. Confirm that first.',
      { field: 'teamSeesEverything' },
    )
  }
  return { purpose: 'team', inboxId: input.inboxId }
}

export const channelsHandlers = (deps: ApiDeps) => {
  const { store, sync } = deps
  const discover = createDiscovery({ resourcesDir: deps.resourcesDir, lookups: deps.lookups })
  const checkProvider = createProviderCheck({ resourcesDir: deps.resourcesDir, lookups: deps.lookups })
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
      const id = await connectChannel(deps, access.user.id, {
        ...homeOf(access, input),
        address: input.address,
        fromName: input.fromName,
        imap: input.imap,
        smtp: input.smtp,
        passwords: { imapPassword: input.password, smtpPassword: input.smtpPassword || input.password },
      })
      sync.channelsChanged()
      return { id, rev: store.rev }
    }),
    checkAddress: os.channels.checkAddress.handler(({ input, context }) => {
      mustAccess(context)
      const holder = holderOf(store.read, input.address)
      return {
        holder: holder?.words ?? null,
        releasable: holder?.releasable ?? false,
        normalised: addressKey(input.address),
      }
    }),
    release: os.channels.release.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustAdminister(access, 'release an address')
      const holder = holderOf(store.read, input.address)
      if (!holder) throw new DomainError('NOT_FOUND', `${input.address} is not connected: it is free.`)
      if (!holder.releasable) throw new DomainError('CONFLICT', holder.words)
      await disconnectChannel(deps, access.user.id, holder.channel.id)
      sync.channelsChanged()
      return { rev: store.rev }
    }),
    checkProvider: os.channels.checkProvider.handler(({ input, context }) => {
      mustAccess(context)
      return checkProvider(input.address, input.imapHost)
    }),
    setPersonal: os.channels.setPersonal.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { id, ...changes } = input
      if (mustManageChannel(store.read, access, id).purpose !== 'personal')
        throw new DomainError(
          'BAD_INPUT',
          'These preferences are for personal addresses. This is a team address.',
        )
      setPersonal(store, access.user.id, id, changes)
      return { rev: store.rev }
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
      // A new password changes no setting that sync looks at; whether it is right has to show now.
      if (input.password === undefined) sync.retry(input.id)
      else sync.reconnect(input.id)
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
