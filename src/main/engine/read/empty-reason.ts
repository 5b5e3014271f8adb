import type { ChannelHealth } from '../../../contract/channels.ts'
import type { EmptyReason } from '../../../contract/common.ts'
import type { ReadableDb } from '../store/statements.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import type { Access } from '../team/access.ts'
import type { ListInput } from './shapes.ts'
import { inboxOfView, viewOf } from './views/registry.ts'

/** What an empty list is, so that the interface can say it. */
export function emptyReason(
  db: ReadableDb,
  access: Access,
  input: Pick<ListInput, 'view' | 'filter'>,
  health: (channelId: string) => ChannelHealth,
): EmptyReason {
  const { lists } = viewOf(input.view)
  // Drafts, comments and the outbox are made here: there is nothing to wait for.
  if (lists === 'drafts' || lists === 'mentions' || lists === 'outbox') return 'nothing_here'
  if (access.visible.length === 0) return 'no_permission'
  if (Object.values(input.filter).some((value) => value !== undefined)) return 'no_match'
  const inboxId = inboxOfView(input.view)
  const syncing = connectedChannels(db).some(
    (channel) =>
      channel.inbox_id !== null &&
      (inboxId === null ? access.visible.includes(channel.inbox_id) : channel.inbox_id === inboxId) &&
      ['connecting', 'syncing'].includes(health(channel.id).state),
  )
  return syncing ? 'still_syncing' : 'nothing_here'
}
