import type { ReadableDb } from '../store/statements.ts'
import {
  contactMailWithFiles,
  contactThreads,
  rowsOfContact,
  type ContactCardRow,
} from '../store/queries/contacts.ts'
import { attachmentsOf } from '../store/queries/messages.ts'
import { inboxFilter, type Access } from '../team/access.ts'
import { attachmentShape, type UserFiles } from './messages.ts'
import { threadShapes } from './thread-list.ts'
import type { AttachmentShape, ThreadRowShape } from './shapes.ts'

export const contactShape = (card: ContactCardRow) => ({
  id: card.id,
  name: card.name,
  address: card.email,
  jobTitle: card.job_title,
  phone: card.phone,
  notes: card.notes,
  company:
    card.company_id === null
      ? null
      : { id: card.company_id, name: card.company_name ?? '', domain: card.company_domain },
  ownerId: card.owner_id,
  firstSeenAt: card.record_first_seen_at,
  lastSeenAt: card.record_last_seen_at,
  messageCount: card.record_message_count,
})

export const threadsOfContact = (
  db: ReadableDb,
  access: Access,
  contactId: string,
  limit: number,
): ThreadRowShape[] =>
  threadShapes(
    db,
    access.user.id,
    contactThreads(db, rowsOfContact(db, contactId), inboxFilter(access), limit),
  )

/** The files of the mail with a contact, newest mail first. */
export function attachmentsOfContact(
  db: ReadableDb,
  access: Access,
  contactId: string,
  limit: number,
  files: UserFiles,
): (AttachmentShape & { threadId: string; at: number })[] {
  const mail = contactMailWithFiles(db, rowsOfContact(db, contactId), inboxFilter(access), limit)
  const byRowid = new Map(mail.map((row) => [row.rowid, row]))
  return attachmentsOf(db, [...byRowid.keys()])
    .filter((row) => row.inline === 0)
    .sort((a, b) => b.message_rowid - a.message_rowid || a.position - b.position)
    .slice(0, limit)
    .flatMap((row) => {
      const message = byRowid.get(row.message_rowid)
      return message
        ? [{ ...attachmentShape(row, files), threadId: message.thread_id, at: message.sort_at }]
        : []
    })
}
