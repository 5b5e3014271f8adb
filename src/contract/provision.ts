import { z } from 'zod'
import { Routing, TicketPriority, TicketStatus } from './admin.ts'
import { PersonalPreferences, ServerSecurity } from './channels.ts'
import { FromNameKind, HostedForm } from './hosted.ts'
import { Availability, UserRole } from './workspace.ts'

/**
 * The file with which an admin sets up a workspace without clicking (J9). Texts may hold `${NAME}`, which stands for an
 * environment variable. Published as resources/provision.schema.json.
 */
const Server = z.strictObject({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65535),
  security: ServerSecurity.describe('`none` is accepted for servers on this computer only.'),
})

const Name = z.string().trim().min(1).max(100)

const ProvisionUser = z.strictObject({
  name: Name,
  email: z.email().max(320).describe('Names the user: a file that is run again finds them by it.'),
  role: UserRole.default('member'),
  availability: Availability.optional().describe('Left out, it stays as it is.'),
})

const Emails = z.array(z.email()).describe('Email addresses of users of this file or of the workspace.')
const TeamNames = z.array(Name).describe('Names of teams of this file or of the workspace.')

const ProvisionTeam = z.strictObject({
  name: Name.describe('Names the team: a file that is run again finds it by it.'),
  members: Emails.default([]),
})

const ProvisionRouting = z.strictObject({
  automatic: z.boolean().default(true).describe('Off: new conversations stay unassigned.'),
  method: Routing.shape.method.default('round_robin'),
  users: Emails.default([]),
  teams: TeamNames.default([]),
  onlyAvailable: z.boolean().default(true),
})

const ProvisionTickets = z.strictObject({
  create: z.boolean().default(true).describe('Whether each new conversation gets a ticket.'),
  pipeline: Name.optional(),
  status: TicketStatus.optional(),
  priority: TicketPriority.optional(),
  category: z.string().trim().max(100).optional(),
  owner: z.email().nullable().optional().describe('Null: whoever the conversation is assigned to.'),
})

const ProvisionInbox = z.strictObject({
  name: Name.describe('Names the inbox: a file that is run again finds it by it.'),
  access: z
    .union([
      z.literal('everyone'),
      z.array(z.email()).min(1),
      z.strictObject({ users: Emails.default([]), teams: TeamNames.default([]) }),
    ])
    .default('everyone')
    .describe('`everyone`, or who is a member: email addresses of users, or `users` and `teams`.'),
  routing: ProvisionRouting.optional().describe('Whom new conversations go to. Left out, it stays as it is.'),
  tickets: ProvisionTickets.optional().describe(
    'What the ticket of a new conversation begins with. What is left out stays as it is.',
  ),
  attributeForwards: z
    .boolean()
    .optional()
    .describe('Whether a message that a person forwarded counts as written by its original sender.'),
  forwardsByMembersOnly: z
    .boolean()
    .optional()
    .describe(
      'Whether that holds only for what members of the inbox forwarded. Left out, it stays as it is.',
    ),
  attributeAutomaticForwards: z
    .boolean()
    .optional()
    .describe('The same for mail that a server forwards by itself.'),
})

const Mailbox = z.strictObject({
  kind: z.literal('imap'),
  address: z.email().max(320),
  fromName: z.string().trim().max(200).default(''),
  imap: Server.extend({
    user: z.string().min(1).max(320).optional().describe('The address where it is left out.'),
    password: z.string().min(1).max(1000),
  }),
  smtp: Server.extend({
    user: z
      .string()
      .min(1)
      .max(320)
      .optional()
      .describe(
        'Left out: no login on a server of this computer, unless there is a password; elsewhere, and with a password, the user of `imap`.',
      ),
    password: z.string().min(1).max(1000).optional().describe('The password of `imap` where it is left out.'),
  }),
})

const TeamChannel = Mailbox.extend({
  purpose: z.literal('team').describe('Everything sent to the address is seen by the whole team.'),
  inbox: Name.describe('The name of an inbox of this file or of the workspace.'),
})

const PersonalChannel = Mailbox.extend({
  purpose: z.literal('personal').describe('Mail of one user. It stays on the server.'),
  user: z.email().describe('The email address of the user whose address it is.'),
  ...PersonalPreferences.partial().shape,
})

const HostedChannel = z.strictObject({
  kind: z.literal('hosted'),
  purpose: z.literal('team').describe('Everything sent to the address is seen by the whole team.'),
  inbox: Name.describe('The name of an inbox of this file or of the workspace.'),
  address: z.email().max(320).describe('The address that customers write to.'),
  form: HostedForm.describe('`alias` of a connected address, or the mail receiver of this computer.'),
  parent: z
    .email()
    .optional()
    .describe(
      'The connected address that the alias lies on; for the receiver the one that answers leave through, if it is to be a certain one.',
    ),
  forwardingAddress: z
    .email()
    .max(320)
    .describe('Where the provider forwards to. It cannot be changed once the address is connected.'),
  sender: z
    .strictObject({
      fromNameKind: FromNameKind.default('agent_and_company'),
      companyName: Name,
      fromAddress: z.email().max(320).nullable().default(null),
      signatureHtml: z.string().max(100_000).nullable().default(null),
    })
    .describe('What recipients see.'),
})

const ProvisionChannel = z.discriminatedUnion('kind', [
  z.discriminatedUnion('purpose', [TeamChannel, PersonalChannel]),
  HostedChannel,
])

const ProvisionReceiver = z.strictObject({
  enabled: z.boolean().default(true),
  host: z.string().trim().min(1).max(253).default('127.0.0.1').describe('The address to listen at.'),
  port: z.int().min(1).max(65535),
})

export const ProvisionFile = z.strictObject({
  $schema: z.string().optional(),
  workspace: z.strictObject({
    name: Name,
    phoneCountry: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .optional()
      .describe('In which phone numbers without "+" are read: two letters, as in ISO 3166-1 ("IT").'),
  }),
  users: z.array(ProvisionUser).default([]),
  teams: z.array(ProvisionTeam).default([]),
  me: z.email().optional().describe('The email address of the user who is signed in on this machine.'),
  inboxes: z.array(ProvisionInbox).default([]),
  channels: z.array(ProvisionChannel).default([]),
  receiver: ProvisionReceiver.optional().describe(
    'The mail receiver of this computer, for hosted addresses.',
  ),
})
export type ProvisionFile = z.infer<typeof ProvisionFile>
