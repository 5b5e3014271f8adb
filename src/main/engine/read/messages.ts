import { groupBy } from '../lib/group-by.ts'
import type { ReadableDb } from '../store/statements.ts'
import {
  allowedRemoteContent,
  attachmentsOf,
  recipientsOf,
  warningsOf,
  type AttachmentRow,
  type MailboxRow,
  type MessageRow,
} from '../store/queries/messages.ts'
import { forwardsOf, type ForwardRow } from '../store/tables/forwards.ts'
import { groupingOfMessage } from '../store/queries/grouping.ts'
import { readBodies, type BodyReader } from './bodies.ts'
import type { CommentReader } from './comments.ts'
import { deliveriesOfMessages } from './deliveries.ts'
import { forwardShape } from './forwards.ts'
import { reportShapes } from './mail-reports.ts'
import type { AttachmentShape, MailboxShape, MessageShape } from './shapes.ts'

/** Makes authorised paths for one user. */
export type UserFiles = {
  attachment(id: string, name: string): string
  raw(messageId: string, subject: string): string
  comments: CommentReader
}

export function attachmentShape(row: AttachmentRow, files: UserFiles): AttachmentShape {
  return {
    id: row.id,
    name: row.name,
    mimeType: row.mime_type,
    size: row.size,
    inline: row.inline === 1,
    contentId: row.content_id,
    url: files.attachment(row.id, row.name),
    state:
      row.held_back !== null
        ? 'held_back'
        : row.hash === null
          ? 'too_large'
          : row.missing
            ? 'missing'
            : 'stored',
  }
}

/**
 * Messages with everything that their heads show, in the order given; bodies only for `unfolded`.
 * One query for each kind of part, however many messages there are.
 */
export async function messageShapes(
  reader: BodyReader,
  rows: readonly MessageRow[],
  files: UserFiles,
  unfolded: ReadonlySet<string>,
): Promise<MessageShape[]> {
  const { db } = reader
  const withBody = rows.filter((row) => unfolded.has(row.id))
  const bodies = readBodies(reader, withBody, false)
  const rowids = rows.map((row) => row.rowid)
  const recipients = groupBy(recipientsOf(db, rowids), (one) => one.message_rowid)
  const attachments = groupBy(attachmentsOf(db, rowids), (one) => one.message_rowid)
  const warnings = groupBy(warningsOf(db, rowids), (one) => one.message_rowid)
  const deliveries = deliveriesOfMessages(
    db,
    rows.filter((row) => row.direction === 'out'),
  )
  const forwardRows = forwardsOf(
    db,
    rows.map((row) => row.id),
  )
  const forwards = new Map([...forwardRows].map(([id, row]) => [id, forwardShape(row)]))
  const reports = reportShapes(db, rows)
  const allowed = remoteContent(db, rows, forwardRows)
  const bodyOf = new Map((await bodies).map((read, i) => [withBody[i]?.id, read]))
  return rows.map((row) => {
    const of = (kind: MailboxRow['kind']): MailboxShape[] =>
      (recipients.get(row.rowid) ?? [])
        .filter((one) => one.kind === kind)
        .map(({ name, address }) => ({ name, address }))
    const read = bodyOf.get(row.id)
    const shown = (warnings.get(row.rowid) ?? []).map(
      ({ kind, detail }) => ({ kind, detail }) as MessageShape['warnings'][number],
    )
    if (read?.damaged) {
      shown.push({ kind: 'body_fallback', detail: 'The stored HTML was damaged. This is the plain text.' })
    }
    return {
      id: row.id,
      threadId: row.thread_id,
      direction: row.direction,
      from: { name: row.from_name, address: row.from_address },
      forward: forwards.get(row.id) ?? null,
      automatic: row.automatic,
      report: reports.get(row.rowid) ?? null,
      contactId: row.contact_id,
      replyTo: of('reply_to'),
      to: of('to'),
      cc: of('cc'),
      bcc: of('bcc'),
      subject: row.subject,
      at: row.sort_at,
      snippet: row.snippet,
      seen: row.seen === 1,
      answered: row.answered === 1,
      size: row.size,
      attachments: (attachments.get(row.rowid) ?? []).map((one) => attachmentShape(one, files)),
      body: read?.body ?? null,
      warnings: shown,
      threadReason: row.thread_reason,
      ...groupingShape(db, row),
      delivery: deliveries.get(row.id) ?? null,
      rawUrl: files.raw(row.id, row.subject),
      remoteContentAllowed: allowed(row),
    }
  })
}

/** Tells for each message whether the user allowed it, or its sender, to load what lies elsewhere. */
function remoteContent(
  db: ReadableDb,
  rows: readonly MessageRow[],
  forwards: ReadonlyMap<string, ForwardRow>,
): (row: MessageRow) => boolean {
  // What is trusted is who sent it: anybody can forward something in the name of somebody else.
  const senderOf = (row: MessageRow): string =>
    (forwards.get(row.id)?.forwarder_address ?? row.from_address).toLowerCase()
  const asked = rows.filter((row) => row.has_remote_content === 1)
  const allowed = allowedRemoteContent(
    db,
    asked.flatMap((row) => [
      { scope: 'message', key: row.id },
      { scope: 'sender', key: senderOf(row) },
    ]),
  )
  return (row) => allowed.has(`message:${row.id}`) || allowed.has(`sender:${senderOf(row)}`)
}

/** Who split it off or merged its conversation into this one, where somebody did (D10). */
function groupingShape(db: ReadableDb, row: MessageRow): Pick<MessageShape, 'splitBy' | 'mergedBy'> {
  const { split, merged } = groupingOfMessage(db, row)
  return {
    splitBy: split && { actorId: split.actor_id, at: split.at },
    mergedBy: merged && { actorId: merged.actor_id, at: merged.at },
  }
}
