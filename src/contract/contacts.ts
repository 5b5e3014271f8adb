import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { CompanyId, ContactId, ThreadId, UserId } from './ids.ts'
import { AttachmentView } from './messages.ts'
import { ThreadRowView } from './threads.ts'

export const CompanyView = z.object({ id: CompanyId, name: z.string(), domain: z.string().nullable() })
export type CompanyView = z.infer<typeof CompanyView>

export const ContactView = z.object({
  id: ContactId,
  name: z.string(),
  /** Lower-cased; the contact's identity. */
  address: z.string(),
  jobTitle: z.string(),
  phone: z.string(),
  notes: z.string(),
  company: CompanyView.nullable(),
  /** Who looks after the contact; routing can give their conversations to this user (H6). */
  ownerId: UserId.nullable(),
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
  messageCount: z.number().int(),
})
export type ContactView = z.infer<typeof ContactView>

export const ContactFields = z.object({
  name: z.string().trim().max(200).optional(),
  jobTitle: z.string().trim().max(200).optional(),
  phone: z.string().trim().max(100).optional(),
  notes: z.string().max(20_000).optional(),
  companyName: z.string().trim().max(200).optional(),
  ownerId: UserId.nullable().optional(),
})
export type ContactFields = z.infer<typeof ContactFields>

export const contacts = {
  get: base.input(z.object({ id: ContactId })).output(ContactView),
  update: base.input(z.object({ id: ContactId, fields: ContactFields })).output(Committed),
  /** For the recipient fields: by the beginning of a name or an address, most recent first. */
  search: base
    .input(z.object({ query: z.string().max(200), limit: z.number().int().min(1).max(50).default(8) }))
    .output(z.array(z.object({ id: ContactId, name: z.string(), address: z.string() }))),
  threads: base
    .input(z.object({ id: ContactId, limit: z.number().int().min(1).max(100).default(20) }))
    .output(z.array(ThreadRowView)),
  attachments: base
    .input(z.object({ id: ContactId, limit: z.number().int().min(1).max(100).default(20) }))
    .output(z.array(AttachmentView.extend({ threadId: ThreadId, at: Timestamp }))),
}
