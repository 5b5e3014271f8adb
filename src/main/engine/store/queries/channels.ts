import type { ReadableDb } from '../statements.ts'
import type { ChannelRow } from '../tables/channels.ts'

/** Every channel, disconnected ones included, by address. */
export const everyChannel = (db: ReadableDb): ChannelRow[] =>
  db.all<ChannelRow>('SELECT * FROM channels ORDER BY address, id')

export type FolderListRow = {
  channel_id: string
  path: string
  role: string
  server_count: number | null
  gone_at: number | null
  local_count: number
}

/** Folders of the connected channels, INBOX first, with what is here of each. */
export const everyFolder = (db: ReadableDb): FolderListRow[] =>
  db.all<FolderListRow>(
    `SELECT f.channel_id, f.path, f.role, f.server_count, f.gone_at, f.local_count
     FROM folders f JOIN channels c ON c.id = f.channel_id AND c.disconnected_at IS NULL
     ORDER BY f.channel_id, f.role = 'inbox' DESC, f.path`,
  )

/** The connected channel that holds an address, by its normalised form (B2). */
export const channelByAddress = (db: ReadableDb, addressKey: string): ChannelRow | undefined =>
  db.get<ChannelRow>(
    'SELECT * FROM channels INDEXED BY channels_address WHERE address_key = ? AND disconnected_at IS NULL',
    [addressKey],
  )
