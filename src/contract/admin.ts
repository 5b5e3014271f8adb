import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Cursor, Timestamp } from './common.ts'
import { ContactId, DomainId, InboxId, RefusedMailId, TeamId, ThreadId, TicketId, UserId } from './ids.ts'

export const TeamView = z.object({ id: TeamId, name: z.string(), memberIds: z.array(UserId) })
export type TeamView = z.infer<typeof TeamView>

export const teams = {
  list: base.input(z.object({})).output(z.array(TeamView)),
  add: base
    .input(
      z.object({ name: z.string().trim().min(1).max(100), memberIds: z.array(UserId).max(1000).default([]) }),
    )
    .output(Committed.extend({ id: TeamId })),
  update: base
    .input(
      z.object({
        id: TeamId,
        name: z.string().trim().min(1).max(100).optional(),
        memberIds: z.array(UserId).max(1000).optional(),
      }),
    )
    .output(Committed),
  /** What was shared with the team is no longer shared by it. */
  remove: base.input(z.object({ id: TeamId })).output(Committed),
}

/** Whom a new thread goes to (H6, I2). */
export const Routing = z.object({
  /** Off: new threads stay unassigned. */
  automatic: z.boolean(),
  method: z.enum(['round_robin', 'least_open', 'contact_owner']),
  userIds: z.array(UserId).max(1000),
  teamIds: z.array(TeamId).max(1000),
  onlyAvailable: z.boolean(),
})
export type Routing = z.infer<typeof Routing>

export const TicketStatus = z.enum(['new', 'waiting_on_contact', 'waiting_on_us', 'closed'])
export type TicketStatus = z.infer<typeof TicketStatus>
export const TicketPriority = z.enum(['low', 'medium', 'high', 'urgent'])
export type TicketPriority = z.infer<typeof TicketPriority>

/** What every new thread's ticket begins with (H7). */
export const TicketDefaults = z.object({
  create: z.boolean(),
  pipeline: z.string().trim().min(1).max(100),
  status: TicketStatus,
  priority: TicketPriority,
  category: z.string().trim().max(100),
  /** Null: whoever the thread is assigned to. */
  ownerId: UserId.nullable(),
})
export type TicketDefaults = z.infer<typeof TicketDefaults>

export const InboxSettingsView = z.object({
  id: InboxId,
  name: z.string(),
  access: z.enum(['everyone', 'members']),
  memberIds: z.array(UserId),
  teamIds: z.array(TeamId),
  routing: Routing,
  tickets: TicketDefaults,
  /** Attribution of forwards by their subject (F1) and of automatic forwards (F2); each can be off (F3). */
  attributeForwards: z.boolean(),
  /** Forwards by their subject count only where a member of the inbox forwarded. */
  forwardsByMembersOnly: z.boolean(),
  attributeAutomaticForwards: z.boolean(),
  /** Null when the user may change all of it, else why not (A3). */
  refusal: z.string().nullable(),
})
export type InboxSettingsView = z.infer<typeof InboxSettingsView>

export const inboxSettings = {
  get: base.input(z.object({ id: InboxId })).output(InboxSettingsView),
  update: base
    .input(
      z.object({
        id: InboxId,
        name: z.string().trim().min(1).max(100).optional(),
        access: z.enum(['everyone', 'members']).optional(),
        memberIds: z.array(UserId).max(1000).optional(),
        teamIds: z.array(TeamId).max(1000).optional(),
        /** Of both only what changes: two that are changed at once do not undo each other. */
        routing: Routing.partial().optional(),
        tickets: TicketDefaults.partial().optional(),
        attributeForwards: z.boolean().optional(),
        forwardsByMembersOnly: z.boolean().optional(),
        attributeAutomaticForwards: z.boolean().optional(),
      }),
    )
    .output(Committed),
}

export const TicketView = z.object({
  id: TicketId,
  /** Counted from 1 in the workspace, for people. */
  number: z.number().int(),
  threadId: ThreadId,
  contactId: ContactId.nullable(),
  subject: z.string(),
  pipeline: z.string(),
  status: TicketStatus,
  priority: TicketPriority,
  category: z.string(),
  ownerId: UserId.nullable(),
  /** The company's own properties, by name. */
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
  createdAt: Timestamp,
  closedAt: Timestamp.nullable(),
})
export type TicketView = z.infer<typeof TicketView>

export const tickets = {
  /** The ticket of a thread, or null. */
  ofThread: base.input(z.object({ threadId: ThreadId })).output(TicketView.nullable()),
  create: base.input(z.object({ threadId: ThreadId })).output(Committed.extend({ id: TicketId })),
  update: base
    .input(
      z.object({
        id: TicketId,
        fields: z.object({
          pipeline: z.string().trim().min(1).max(100).optional(),
          status: TicketStatus.optional(),
          priority: TicketPriority.optional(),
          category: z.string().trim().max(100).optional(),
          ownerId: UserId.nullable().optional(),
        }),
        /** One property to set; an empty value takes it away. */
        property: z
          .object({ name: z.string().trim().min(1).max(100), value: z.string().max(2000) })
          .optional(),
      }),
    )
    .output(Committed),
}

/** Mail that was refused at the door or put aside, with the reason (E4, E5). */
export const RefusedMailView = z.object({
  id: RefusedMailId,
  inboxId: InboxId,
  at: Timestamp,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  /** Bytes, as far as known. */
  size: z.number().int(),
  /** `refused`: the sender was told, no bytes are here. `quarantined`: kept aside. `released`: in the inbox now. */
  state: z.enum(['refused', 'quarantined', 'released']),
  /** In words: "DMARC failed: acme.test asks to quarantine …". */
  reason: z.string(),
  /** The results of SPF, DKIM, DMARC and ARC, a line each. */
  checks: z.array(z.object({ name: z.string(), result: z.string(), detail: z.string() })),
  /** Where it came from (IP address) and how it greeted. */
  client: z.string(),
})
export type RefusedMailView = z.infer<typeof RefusedMailView>

export const refusedMail = {
  list: base
    .input(
      z.object({
        inboxId: InboxId,
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ rows: z.array(RefusedMailView), nextCursor: Cursor.nullable() })),
  /** Puts a quarantined message into its inbox. */
  release: base.input(z.object({ id: RefusedMailId })).output(Committed.extend({ threadId: ThreadId })),
}

export const DomainCheck = z.object({
  name: z.enum(['ownership', 'spf', 'dkim', 'dmarc']),
  state: z.enum(['pending', 'ok', 'failed']),
  /** What was found, and what to publish where it failed. */
  detail: z.string(),
})

/** A domain of custom From addresses (H3). */
export const DomainView = z.object({
  id: DomainId,
  domain: z.string(),
  /** What to publish: name and value of the TXT record. */
  challenge: z.object({ name: z.string(), value: z.string() }),
  checks: z.array(DomainCheck),
  /** Ownership was proved: its addresses may be used as From. */
  connected: z.boolean(),
  checkedAt: Timestamp.nullable(),
})
export type DomainView = z.infer<typeof DomainView>

export const domains = {
  list: base.input(z.object({})).output(z.array(DomainView)),
  add: base.input(z.object({ domain: z.string().trim().min(3).max(253) })).output(DomainView),
  /** Looks into the DNS again; offline everything stays "pending". */
  check: base.input(z.object({ id: DomainId })).output(DomainView),
}
