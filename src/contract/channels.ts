import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Mailbox, Timestamp } from './common.ts'
import { ChannelId, InboxId, UserId } from './ids.ts'
import { MessageBodyView } from './messages.ts'

export const ChannelKind = z.enum(['imap', 'sample', 'hosted'])
export type ChannelKind = z.infer<typeof ChannelKind>

/** `none` is accepted for loopback hosts only. */
export const ServerSecurity = z.enum(['tls', 'starttls', 'none'])
export type ServerSecurity = z.infer<typeof ServerSecurity>

export const ServerSettings = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  security: ServerSecurity,
  /** Empty for a submission server that wants no login. */
  user: z.string().max(320).optional(),
})
export type ServerSettings = z.infer<typeof ServerSettings>

export const FolderView = z.object({
  path: z.string(),
  role: z.enum(['inbox', 'sent', 'junk', 'other']),
  /** Messages on the server, null before the first look. */
  serverCount: z.number().int().nullable(),
  localCount: z.number().int(),
  /** True when the folder was renamed or deleted on the server; its history is kept (fault 11). */
  gone: z.boolean(),
})
export type FolderView = z.infer<typeof FolderView>

export const ChannelProblem = z.object({
  code: z.enum([
    'dns',
    'unreachable',
    'certificate',
    'tls_stripped',
    'login_refused',
    'throttled',
    'server_error',
    'folder_missing',
    'storage',
    'timeout',
    'unknown',
  ]),
  /** Plain words: what happened. */
  message: z.string(),
  /** Plain words: what to do. */
  hint: z.string(),
  /** What the server said, word for word, plain text (fault 20). */
  serverText: z.string().nullable(),
})
export type ChannelProblem = z.infer<typeof ChannelProblem>

export const ChannelHealth = z.object({
  state: z.enum(['connecting', 'syncing', 'live', 'waiting', 'failing', 'stopped']),
  since: Timestamp,
  /** While syncing: how many of how many messages are here, newest first. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }).nullable(),
  /** While waiting or failing: when the next try is. */
  retryAt: Timestamp.nullable(),
  problem: ChannelProblem.nullable(),
  lastMailInAt: Timestamp.nullable(),
  lastCheckedAt: Timestamp.nullable(),
  /** Messages that could not be fetched or understood and were set aside (fault 14). */
  setAside: z.number().int(),
})
export type ChannelHealth = z.infer<typeof ChannelHealth>

export const ChannelPurpose = z.enum(['team', 'personal'])
export type ChannelPurpose = z.infer<typeof ChannelPurpose>

/** How mail of a personal address is logged, tracked and written (B9). */
export const PersonalPreferences = z.object({
  logReplies: z.boolean(),
  trackOpens: z.boolean(),
  /** A font family for what is written here; empty for the recipient's own. */
  font: z.string().trim().max(100),
  /** Hostile like everything that people write (fault 68); empty for none. */
  signatureHtml: z.string().max(100_000),
})
export type PersonalPreferences = z.infer<typeof PersonalPreferences>

export const ChannelView = z.object({
  id: ChannelId,
  kind: ChannelKind,
  purpose: ChannelPurpose,
  /** The inbox of a team channel; null for a personal one. */
  inboxId: InboxId.nullable(),
  /** The owner of a personal channel; null for a team one. */
  userId: UserId.nullable(),
  /** False for a personal channel: its connection is kept and tested, its mail stays on the server. */
  importsMail: z.boolean(),
  /** Null for a team channel. */
  personal: PersonalPreferences.nullable(),
  address: z.string(),
  fromName: z.string(),
  imap: ServerSettings.nullable(),
  smtp: ServerSettings.nullable(),
  health: ChannelHealth,
  folders: z.array(FolderView),
  /** Messages in Junk on the server, never imported (E1); null before the first look. */
  junkCount: z.number().int().nullable(),
})
export type ChannelView = z.infer<typeof ChannelView>

/** One way to reach the servers of an address, with where it was found. */
export const ServerProposal = z.object({
  source: z.enum(['srv', 'autoconfig', 'bundled_table', 'guess']),
  evidence: z.string(),
  imap: ServerSettings,
  smtp: ServerSettings,
})
export type ServerProposal = z.infer<typeof ServerProposal>

/** One line of the live test. */
export const TestStep = z.object({
  step: z.enum([
    'dns',
    'imap_connect',
    'imap_login',
    'imap_folders',
    'smtp_connect',
    'smtp_login',
    'round_trip',
  ]),
  state: z.enum(['running', 'ok', 'failed', 'skipped']),
  /** What happened, in plain words. */
  message: z.string(),
  problem: ChannelProblem.nullable(),
  /** Duration in ms, null while running. */
  tookMs: z.number().nullable(),
})
export type TestStep = z.infer<typeof TestStep>

export const ConnectionSettings = z.object({
  address: z.email().max(320),
  imap: ServerSettings,
  smtp: ServerSettings,
  password: z.string().min(1).max(1000),
  /** Where the submission server wants another password; the IMAP one otherwise. */
  smtpPassword: z.string().max(1000).optional(),
})
export type ConnectionSettings = z.infer<typeof ConnectionSettings>

export const JunkMessageView = z.object({
  uid: z.number().int(),
  from: Mailbox,
  subject: z.string(),
  at: Timestamp,
  size: z.number().int(),
})
export type JunkMessageView = z.infer<typeof JunkMessageView>

export const channels = {
  list: base.input(z.object({})).output(z.array(ChannelView)),
  /** Looks up the servers of an address: SRV (RFC 6186), published autoconfig, the bundled table. Never logs in. */
  discover: base.input(z.object({ address: z.email().max(320) })).output(z.array(ServerProposal)),
  /** The live test (B8), a line per step as it happens. Saves nothing. */
  test: base.input(ConnectionSettings).output(eventIterator(TestStep)),
  /**
   * Whether an address is free, and who holds it as what (B2, B3); compared as its provider does. An admin can release
   * what is held by somebody who is no longer there.
   */
  checkAddress: base.input(z.object({ address: z.email().max(320) })).output(
    z.object({
      holder: z.string().nullable(),
      releasable: z.boolean(),
      /** What it is compared by. */
      normalised: z.string(),
    }),
  ),
  /** Disconnects the channel that holds the address, where its holder no longer exists. CONFLICT where they do. */
  release: base.input(z.object({ address: z.email().max(320) })).output(Committed),
  /** Whether the DNS says that the address belongs to another provider than the servers that were chosen (B7). */
  checkProvider: base
    .input(z.object({ address: z.email().max(320), imapHost: z.string().trim().min(1).max(253) }))
    .output(z.object({ contradiction: z.string().nullable(), evidence: z.array(z.string()) })),
  /** A personal address belongs to the user who connects it, a team address to `inboxId`. CONFLICT: B2. */
  connect: base
    .input(
      ConnectionSettings.extend({
        purpose: ChannelPurpose.default('team'),
        inboxId: InboxId.optional(),
        fromName: z.string().trim().max(200),
        /** "I understand that the whole team will see everything sent to this address" (B5): has to be true for a team address. */
        teamSeesEverything: z.boolean().default(false),
      }),
    )
    .output(Committed.extend({ id: ChannelId })),
  /** The preferences of one's own personal address; what is left out stays. */
  setPersonal: base.input(PersonalPreferences.partial().extend({ id: ChannelId })).output(Committed),
  /** New servers, password or sender name for a channel; an omitted password stays. */
  update: base
    .input(
      z.object({
        id: ChannelId,
        fromName: z.string().trim().max(200).optional(),
        imap: ServerSettings.optional(),
        smtp: ServerSettings.optional(),
        password: z.string().min(1).max(1000).optional(),
        smtpPassword: z.string().max(1000).optional(),
      }),
    )
    .output(Committed),
  /** Stops and forgets the connection; the threads stay. */
  disconnect: base.input(z.object({ id: ChannelId })).output(Committed),
  /** "Try now": drops any waiting and connects at once. */
  retry: base.input(z.object({ id: ChannelId })).output(Committed),
  /** Asks the server for what lies in Junk, newest first; read-only, nothing is imported (E1). */
  junk: base
    .input(z.object({ id: ChannelId, limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.array(JunkMessageView)),
  junkBody: base.input(z.object({ id: ChannelId, uid: z.number().int() })).output(MessageBodyView),
  /** Tries again what was set aside. */
  retrySetAside: base.input(z.object({ id: ChannelId })).output(Committed),
}
