import type { MailSession } from '../../channels/types.ts'
import type { PersonalHead } from '../../ingest/personal-judge.ts'
import type { MimeParser } from '../../mime/types.ts'

/**
 * The header fields that the logging verdict needs, and none besides: who, when, what it answers, where it was
 * delivered, and whether a program sent it (RFC 3834, RFC 2369).
 */
export const HEAD_FIELDS = [
  'Message-ID',
  'In-Reply-To',
  'References',
  'Subject',
  'From',
  'Reply-To',
  'To',
  'Cc',
  'Bcc',
  'Date',
  'Delivered-To',
  'X-Original-To',
  'Envelope-To',
  'Auto-Submitted',
  'Precedence',
  'List-Id',
] as const

/** Heads asked for at once. */
const CHUNK = 100

/** The heads of some messages of the open folder, ascending by UID, some at a time. */
export async function* readHeads(
  session: MailSession,
  parser: MimeParser,
  uids: readonly number[],
): AsyncGenerator<PersonalHead[], void> {
  if (!session.heads) throw new Error('This kind of channel cannot read the heads of messages.')
  for (let start = 0; start < uids.length; start += CHUNK) {
    const heads = await session.heads(uids.slice(start, start + CHUNK), HEAD_FIELDS)
    yield await Promise.all(
      heads.map(async ({ uid, internalDate, size, header }): Promise<PersonalHead> => {
        const result = await parser.parse(header)
        if (result.ok) return { uid, internalDate, size, header, parsed: result.message }
        const { messageId, subject, from, to, date } = result.headers
        const nothing = { inReplyTo: [], references: [], replyTo: [], cc: [], bcc: [], automatic: null }
        const rest = { deliveredTo: [], listId: null, warnings: [], hasRemoteContent: false, contentHash: '' }
        return {
          uid,
          internalDate,
          size,
          header,
          parsed: { messageId, subject, from, to, date, ...nothing, ...rest },
        }
      }),
    )
  }
}
