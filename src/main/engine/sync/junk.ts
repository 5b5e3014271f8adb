import { DomainError } from '../lib/domain-error.ts'
import type { MailSession, RemoteMessage } from '../channels/types.ts'
import type { MimeParser } from '../mime/types.ts'
import type { Sync } from './types.ts'

/** What lies in Junk is looked at on the server and never imported (E1). */

type JunkDeps = { sync: Pick<Sync, 'withSession'>; mime: MimeParser }

export type JunkMessage = {
  uid: number
  from: { name: string; address: string }
  subject: string
  at: number
  size: number
}

/** Messages beyond this are listed by size and date only. */
const LISTED_BYTES = 1024 * 1024
const SHOWN_BYTES = 25 * 1024 * 1024

/** Opens the junk folder; false where the server has none. */
async function openJunk(session: MailSession): Promise<boolean> {
  const folder = (await session.listFolders()).find((one) => one.role === 'junk' && one.selectable)
  if (!folder) return false
  await session.open(folder.path)
  return true
}

async function fetchAll(
  session: MailSession,
  uids: readonly number[],
  maxBytes: number,
): Promise<RemoteMessage[]> {
  const messages: RemoteMessage[] = []
  for await (const message of session.fetch(uids, { maxBytes })) messages.push(message)
  return messages
}

/** The newest messages in Junk, newest first. @throws ChannelError when the server cannot be asked */
export async function listJunk(
  { sync, mime }: JunkDeps,
  channelId: string,
  limit: number,
): Promise<JunkMessage[]> {
  const messages = await sync.withSession(channelId, async (session) => {
    if (!(await openJunk(session))) return []
    const newest = (await session.uids()).slice(-limit)
    return newest.length === 0 ? [] : fetchAll(session, newest, LISTED_BYTES)
  })
  const listed = await Promise.all(
    messages.map(async ({ uid, raw, size, internalDate }): Promise<JunkMessage> => {
      const parsed = raw ? await mime.parse(raw) : null
      const head = parsed && (parsed.ok ? parsed.message : parsed.headers)
      return {
        uid,
        from: head?.from ?? { name: '', address: '' },
        subject: head?.subject ?? '',
        at: internalDate,
        size,
      }
    }),
  )
  return listed.sort((a, b) => b.uid - a.uid)
}

/** The body of one message in Junk. @throws DomainError NOT_FOUND when it is gone or too large to look at */
export async function junkBody({ sync, mime }: JunkDeps, channelId: string, uid: number) {
  const [message] = await sync.withSession(channelId, async (session) =>
    (await openJunk(session)) ? fetchAll(session, [uid], SHOWN_BYTES) : [],
  )
  if (!message) throw new DomainError('NOT_FOUND', 'This message is not in Junk any more.')
  if (!message.raw) throw new DomainError('NOT_FOUND', 'This message is too large to look at here.')
  const parsed = await mime.parse(message.raw)
  if (!parsed.ok) {
    return {
      html: null,
      text: Buffer.from(message.raw).toString('latin1').slice(0, 100_000),
      cut: false,
      hasRemoteContent: false,
    }
  }
  const { html, text, hasRemoteContent } = parsed.message
  return { html, text, cut: false, hasRemoteContent }
}
