import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { InboxId, UserId } from './ids.ts'

export const UserRole = z.enum(['member', 'account_access', 'super_admin'])
export type UserRole = z.infer<typeof UserRole>

export const UserView = z.object({
  id: UserId,
  name: z.string(),
  email: z.string(),
  role: UserRole,
})
export type UserView = z.infer<typeof UserView>

export const InboxView = z.object({
  id: InboxId,
  name: z.string(),
  access: z.enum(['everyone', 'members']),
  memberIds: z.array(UserId),
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
  /** Makes `id` the current user of this connection, and of this machine's next start. */
  signIn: base.input(z.object({ id: UserId })).output(Committed),
  add: base
    .input(z.object({ name: z.string().trim().min(1).max(100), email: z.email().max(320), role: UserRole }))
    .output(Committed.extend({ id: UserId })),
}

export const inboxes = {
  add: base
    .input(z.object({ name: z.string().trim().min(1).max(100) }))
    .output(Committed.extend({ id: InboxId })),
}
