import { mailboxOf } from '../../src/main/engine/ingest/personal-case.ts'
import { folderFacts, judge, noteHead } from '../../src/main/engine/ingest/personal-judge.ts'
import type { ByHand } from '../../src/main/engine/crm/reply-logging/types.ts'
import { channelById } from '../../src/main/engine/store/tables/channels.ts'
import { foldersOf, upsertFolder } from '../../src/main/engine/store/tables/folders.ts'
import type { Workspace } from './workspace.ts'

let serial = 0

/** A message of a personal mailbox is seen and judged, as sync does it with its head. Answers its id. */
export function personalMail(
  ws: Workspace,
  channelId: string,
  mail: {
    from: string
    name?: string
    to?: string
    subject?: string
    messageId?: string
    inReplyTo?: string
    folder?: string
    direction?: 'in' | 'out'
    at?: number
    hand?: ByHand | null
  },
): string {
  serial += 1
  const at = mail.at ?? ws.clock.at + 1000 * serial
  const messageId = mail.messageId ?? `p${serial}@personal.test`
  const references = mail.inReplyTo === undefined ? [] : [mail.inReplyTo]
  return ws.store.write((write) => {
    const channel = channelById(write.db, channelId)!
    const path = mail.folder ?? 'INBOX'
    upsertFolder(write.db, channelId, path, path === 'INBOX' ? 'inbox' : path === 'Sent' ? 'sent' : 'other')
    const row = noteHead(
      write,
      channel,
      mail.direction ?? 'in',
      { folder: path, uid: serial, uidValidity: '1' },
      {
        uid: serial,
        internalDate: at,
        size: 1000,
        header: Buffer.from(`Message-ID: <${messageId}>`),
        parsed: {
          messageId,
          inReplyTo: references,
          references,
          subject: mail.subject ?? `Subject ${serial}`,
          from: { name: mail.name ?? '', address: mail.from },
          replyTo: [],
          to: [{ name: '', address: mail.to ?? channel.address }],
          cc: [],
          bcc: [],
          date: at,
          automatic: null,
          deliveredTo: [],
          listId: null,
          warnings: [],
          hasRemoteContent: false,
          contentHash: '',
        },
      },
    )!
    const folder = folderFacts(row, foldersOf(write.db, channelId))
    judge(write, mailboxOf(write.db, channel), row, folder, mail.hand ?? null)
    return row.id
  })
}
