import { z } from 'zod'
import { ServerSecurity } from './channels.ts'
import { UserRole } from './workspace.ts'

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
})

const ProvisionInbox = z.strictObject({
  name: Name.describe('Names the inbox: a file that is run again finds it by it.'),
  access: z
    .union([z.literal('everyone'), z.array(z.email()).min(1)])
    .default('everyone')
    .describe('`everyone`, or the email addresses of the users who are its members.'),
})

const ProvisionChannel = z.strictObject({
  kind: z.literal('imap'),
  purpose: z.literal('team'),
  inbox: Name.describe('The name of an inbox of this file or of the workspace.'),
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

export const ProvisionFile = z.strictObject({
  $schema: z.string().optional(),
  workspace: z.strictObject({ name: Name }),
  users: z.array(ProvisionUser).default([]),
  me: z.email().optional().describe('The email address of the user who is signed in on this machine.'),
  inboxes: z.array(ProvisionInbox).default([]),
  channels: z.array(ProvisionChannel).default([]),
})
export type ProvisionFile = z.infer<typeof ProvisionFile>
