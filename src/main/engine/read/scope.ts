import type { ReadableDb } from '../store/statements.ts'
import { everyChannel } from '../store/queries/channels.ts'
import type { Access } from '../team/access.ts'

/** The channels of the inboxes that the user can see, disconnected ones too: what was sent by them is still theirs. */
export function visibleChannelIds(db: ReadableDb, access: Access): readonly string[] | null {
  if (access.seesAll) return null
  const ids = everyChannel(db)
    .filter((channel) => access.visible.includes(channel.inbox_id))
    .map((channel) => channel.id)
  return ids.length > 0 ? ids : ['']
}
