import type { ChannelHealth } from '../../../contract/channels.ts'
import { groupBy } from '../lib/group-by.ts'
import type { ReadableDb } from '../store/statements.ts'
import { everyFolder, type FolderListRow } from '../store/queries/channels.ts'
import { channelServers, connectedChannels } from '../store/tables/channels.ts'
import { canSeeChannel, type Access } from '../team/access.ts'
import type { ChannelShape, FolderShape } from './shapes.ts'

const ROLES: readonly string[] = ['inbox', 'sent', 'junk'] satisfies FolderShape['role'][]

/** The connected channels of the inboxes that the user can see, and their personal ones. */
export function channelShapes(
  db: ReadableDb,
  access: Access,
  health: (channelId: string) => ChannelHealth,
): ChannelShape[] {
  const folders = groupBy(everyFolder(db), (folder) => folder.channel_id)
  return connectedChannels(db)
    .filter((row) => canSeeChannel(access, row))
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      purpose: row.purpose,
      inboxId: row.inbox_id,
      userId: row.user_id,
      importsMail: row.purpose === 'team',
      personal:
        row.purpose === 'team'
          ? null
          : {
              logReplies: row.log_replies === 1,
              trackOpens: row.track_opens === 1,
              font: row.font,
              signatureHtml: row.signature_html ?? '',
            },
      address: row.address,
      fromName: row.from_name,
      ...channelServers(row),
      health: health(row.id),
      folders: (folders.get(row.id) ?? []).map(folderShape),
      junkCount: row.junk_count,
    }))
}

const folderShape = (row: FolderListRow): FolderShape => ({
  path: row.path,
  role: ROLES.includes(row.role) ? (row.role as FolderShape['role']) : 'other',
  serverCount: row.server_count,
  localCount: row.local_count,
  gone: row.gone_at !== null,
})
