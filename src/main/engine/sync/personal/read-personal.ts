import type { MailSession } from '../../channels/types.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { MimeParser, ParsedMessage } from '../../mime/types.ts'
import type { Store } from '../../store/store.ts'
import { foldersOf } from '../../store/tables/folders.ts'
import type { PersonalMessageRow } from '../../store/tables/personal-messages.ts'
import { MAX_MESSAGE_BYTES } from '../fetch-messages.ts'
import type { Sync } from '../types.ts'

/**
 * Reads a personal message from the server, for its owner to answer it (G4). Nothing of it is kept here.
 * @throws ChannelError when the server is out of reach, DomainError NOT_FOUND when the message is not there any more
 */
export async function readPersonal(
  { store, mime, sync }: { store: Store; mime: MimeParser; sync: Pick<Sync, 'withSession'> },
  row: PersonalMessageRow,
): Promise<ParsedMessage> {
  const folders = foldersOf(store.read, row.channel_id).filter(({ gone_at }) => gone_at === null)
  const raw = await sync.withSession(row.channel_id, async (session) => {
    const paths = [row.folder, ...folders.map(({ path }) => path)]
    for (const path of new Set(paths.filter((one) => folders.some((folder) => folder.path === one)))) {
      const found = await inFolder(session, path, row.message_id)
      if (found) return found
    }
    return null
  })
  const parsed = raw && (await mime.parse(raw))
  if (parsed?.ok) return parsed.message
  throw new DomainError(
    'NOT_FOUND',
    'This message is not in the mailbox any more, or it cannot be understood.',
  )
}

async function inFolder(session: MailSession, path: string, messageId: string): Promise<Uint8Array | null> {
  const uids = await session.findByMessageId(path, messageId)
  if (uids.length === 0) return null
  await session.open(path)
  for await (const { raw } of session.fetch(uids.slice(-1), { maxBytes: MAX_MESSAGE_BYTES }))
    if (raw) return raw
  return null
}
