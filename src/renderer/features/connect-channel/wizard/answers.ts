import { z } from 'zod'
import { Routing, TicketDefaults } from '@contract/admin.ts'
import { ServerSecurity } from '@contract/channels.ts'
import { FromNameKind, HostedForm } from '@contract/hosted.ts'
import { ChannelId, InboxId } from '@contract/ids.ts'

export const STEP_IDS = [
  'purpose',
  'address',
  'servers',
  'test',
  'name',
  'receive',
  'sender',
  'inbox',
  'routing',
  'forwarding',
  'guide',
  // After the address is connected.
  'preferences',
  'forward',
] as const
export const StepId = z.enum(STEP_IDS)
export type StepId = z.infer<typeof StepId>

/** The choice "a new inbox", beside the inboxes that are there. */
export const NEW_INBOX = 'new'

const ServerForm = z.object({
  host: z.string(),
  port: z.string(),
  security: ServerSecurity,
  user: z.string(),
})

/** The inbox's routing and ticket defaults as the wizard shows them; `of` tells which inbox they were read from. */
const Conversations = z.object({
  of: z.string(),
  routing: Routing,
  tickets: TicketDefaults,
  /** Changed here: only then they are written. */
  touched: z.boolean(),
})

/** Everything that is typed or chosen in the wizard, without the passwords. */
export const Answers = z.object({
  purpose: z.enum(['team', 'personal']),
  kind: z.enum(['imap', 'hosted']),
  address: z.string(),
  understood: z.boolean(),
  imap: ServerForm,
  smtp: ServerForm,
  fromName: z.string(),
  inbox: z.union([InboxId, z.literal(NEW_INBOX), z.literal('')]),
  newInbox: z.string(),
  conversations: Conversations.nullable(),
  form: HostedForm,
  parentChannelId: z.union([ChannelId, z.literal('')]),
  receiverHost: z.string(),
  receiverPort: z.string(),
  fromNameKind: FromNameKind,
  companyName: z.string(),
  /** What stands in "From address": the address itself means the default. */
  fromAddress: z.string(),
  signatureOn: z.boolean(),
  signatureHtml: z.string(),
  forwardingAddress: z.string(),
  /** Typed by hand: no proposal replaces it. */
  forwardingCustom: z.boolean(),
  /** Which provider's instructions are open. */
  guide: z.string(),
})
export type Answers = z.infer<typeof Answers>

/** A wizard that was begun: where it stands, and what was answered. */
export const Begun = z.object({
  version: z.literal(1),
  step: StepId,
  answers: Answers,
  /** Set once the address is connected: only what comes after is left. */
  channelId: ChannelId.nullable(),
  /** How the receiver was set before the wizard changed it, to put it back. */
  receiverBefore: z.object({ enabled: z.boolean(), host: z.string(), port: z.number() }).nullable(),
})
export type Begun = z.infer<typeof Begun>

const blankServer = () => ({ host: '', port: '', security: 'tls' as const, user: '' })

export const blankAnswers = (): Answers => ({
  purpose: 'team',
  kind: 'imap',
  address: '',
  understood: false,
  imap: blankServer(),
  smtp: blankServer(),
  fromName: '',
  inbox: '',
  newInbox: '',
  conversations: null,
  form: 'alias',
  parentChannelId: '',
  receiverHost: '',
  receiverPort: '',
  fromNameKind: 'agent_and_company',
  companyName: '',
  fromAddress: '',
  signatureOn: false,
  signatureHtml: '',
  forwardingAddress: '',
  forwardingCustom: false,
  guide: '',
})
