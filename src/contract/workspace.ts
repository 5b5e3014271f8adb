import { z } from 'zod'
import { TeamView } from './admin.ts'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { InboxId, TeamId, UserId } from './ids.ts'

export const UserRole = z.enum(['member', 'account_access', 'super_admin'])
export type UserRole = z.infer<typeof UserRole>

/** Whether routing may give somebody new conversations (I1). */
export const Availability = z.enum(['available', 'away'])
export type Availability = z.infer<typeof Availability>

export const UserView = z.object({
  id: UserId,
  name: z.string(),
  email: z.string(),
  role: UserRole,
  availability: Availability,
  /** Signing in as this user takes a passphrase. */
  hasPassphrase: z.boolean(),
  /** Authorised path of the picture, or null. */
  avatarUrl: z.string().nullable(),
  /** False for somebody who left: they cannot sign in, and nothing is assigned to them. What they did stays. */
  active: z.boolean(),
})
export type UserView = z.infer<typeof UserView>

export const InboxView = z.object({
  id: InboxId,
  name: z.string(),
  access: z.enum(['everyone', 'members']),
  /** Who was added by name; `teamIds` adds the members of those teams. Neither matters where access is `everyone`. */
  memberIds: z.array(UserId),
  teamIds: z.array(TeamId),
  /** Whether the current user may reply, assign, close and comment here (A2, A3). */
  canAct: z.boolean(),
})
export type InboxView = z.infer<typeof InboxView>

export const WorkspaceView = z.object({
  /** Null until a workspace was created, provisioned or the sample started: the welcome shows. */
  name: z.string().nullable(),
  isSample: z.boolean(),
  /** The current user of this connection. */
  meId: UserId.nullable(),
  users: z.array(UserView),
  /** Empty until somebody is signed in. */
  teams: z.array(TeamView),
  /** Only the inboxes that the current user can see (A1). */
  inboxes: z.array(InboxView),
  /** Where passwords lie on this machine, so that the interface can say it where it is not a keyring. */
  secrets: z.object({
    kind: z.enum(['keyring', 'safe_storage', 'basic_text', 'key_file', 'memory']),
    path: z.string().nullable(),
  }),
  /** Set while writing is refused by the disk (fault 35): what was being written and since when. */
  storageProblem: z.object({ message: z.string(), since: Timestamp }).nullable(),
  /** What happened to the database at this start, if anything did (fault 37). */
  recovery: z.object({ setAside: z.string(), restoredFrom: z.string().nullable() }).nullable(),
  rev: z.number().int(),
  version: z.string(),
})
export type WorkspaceView = z.infer<typeof WorkspaceView>

export const workspace = {
  get: base.input(z.object({})).output(WorkspaceView),
  /** First start: a workspace with its first user (a super admin) and a first inbox. */
  create: base
    .input(
      z.object({
        name: z.string().trim().min(1).max(100),
        userName: z.string().trim().min(1).max(100),
        userEmail: z.email().max(320),
        inboxName: z.string().trim().min(1).max(100),
      }),
    )
    .output(Committed),
  /** First start: the sample team, through the real ingest. Refused where a workspace exists. */
  startSample: base.input(z.object({})).output(Committed),
  /** Throws the sample away, whole. Refused on any other workspace. */
  discardSample: base.input(z.object({})).output(Committed),
}

export const users = {
  /**
   * Makes `id` the current user of this connection, and of this machine's next start. A user with a passphrase needs it,
   * or what an earlier sign-in of this run answered as `resume` (a window that connects again). Errors: BAD_INPUT with
   * the field `passphrase`, for a wrong or missing one, and while too many wrong ones make it wait.
   */
  signIn: base
    .input(
      z.object({
        id: UserId,
        passphrase: z.string().max(1000).optional(),
        resume: z.string().max(200).optional(),
      }),
    )
    .output(Committed.extend({ resume: z.string() })),
  add: base
    .input(z.object({ name: z.string().trim().min(1).max(100), email: z.email().max(320), role: UserRole }))
    .output(Committed.extend({ id: UserId })),
  /** Admins change everybody; everybody their own name. Only super admins make and change super admins. */
  update: base
    .input(
      z.object({
        id: UserId,
        name: z.string().trim().min(1).max(100).optional(),
        email: z.email().max(320).optional(),
        role: UserRole.optional(),
        active: z.boolean().optional(),
      }),
    )
    .output(Committed),
  /** One's own where `id` is left out; admins may set everybody's. */
  setAvailability: base
    .input(z.object({ id: UserId.optional(), availability: Availability }))
    .output(Committed),
  /** One's own (with the `current` one, where there is one), or anybody else's by a super admin; null takes it away. */
  setPassphrase: base
    .input(
      z.object({
        id: UserId,
        current: z.string().max(1000).optional(),
        passphrase: z.string().min(6).max(1000).nullable(),
      }),
    )
    .output(Committed),
  /** POST a PNG, JPEG or WebP picture of at most 2 MB to `url`; the answer is 204. One's own, or anybody's by an admin. */
  avatarUploadUrl: base.input(z.object({ id: UserId })).output(z.object({ url: z.string() })),
  removeAvatar: base.input(z.object({ id: UserId })).output(Committed),
}

export const inboxes = {
  add: base
    .input(z.object({ name: z.string().trim().min(1).max(100) }))
    .output(Committed.extend({ id: InboxId })),
}
