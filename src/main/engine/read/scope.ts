import type { ReadableDb } from '../store/statements.ts'
import { everyChannel } from '../store/queries/channels.ts'
import { canSeeChannel, type Access } from '../team/access.ts'

/**
 * The channels of the inboxes that the user can see and their personal ones, disconnected ones too: what was sent by
 * them is still theirs. Null for all that there are.
 */
export function visibleChannelIds(db: ReadableDb, access: Access): readonly string[] | null {
  const every = everyChannel(db)
  const ids = every.filter((channel) => canSeeChannel(access, channel)).map((channel) => channel.id)
  if (ids.length === every.length) return null
  return ids.length > 0 ? ids : ['']
}
