import { messageIdOf } from '../channels/sample/mailbox.ts'
import { STORY, TAGS, TEAM } from '../channels/sample/story.ts'
import { makeTicket } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import { messagesWithId } from '../store/tables/messages.ts'
import { routingOf } from '../store/tables/routings.ts'
import { tagIdOf } from '../store/tables/tags.ts'
import { threadById } from '../store/tables/threads.ts'
import { setMachineSetting, theWorkspace } from '../store/tables/workspaces.ts'
import type { Sync } from '../sync/types.ts'
import { addressKey } from '../lib/address-key.ts'
import { channelIdOf } from '../team/channel-actions.ts'
import {
  createInbox,
  createUser,
  createWorkspaceRow,
  inboxIdOf,
  userIdOf,
} from '../team/workspace-actions.ts'
import { showLibrary } from './library.ts'
import { showRecords } from './records.ts'

type SampleDeps = { store: Store; sync: Sync }

/** What the first sync of the sample may take before its team goes to work on what has come. */
const PATIENCE_MS = 10_000

const userOf = (name: string): string => userIdOf(TEAM.users.find((user) => user.name === name)!.email)

/**
 * The sample team: users, inboxes and channels at once; the mail comes by the same way as all mail, and the team's
 * assignments, comments and closed conversations are ops like everybody's.
 * @returns the id of the user that the visitor becomes
 * @throws DomainError CONFLICT where a workspace exists
 */
export async function startSample(deps: SampleDeps): Promise<string> {
  const { store, sync } = deps
  const me = userIdOf(TEAM.users[0].email)
  store.write(
    (write) => {
      const existing = theWorkspace(write.db)
      if (existing) throw new DomainError('CONFLICT', `The workspace "${existing.name}" exists here already.`)
      createWorkspaceRow(write, store, { name: TEAM.workspace, isSample: true })
      for (const user of TEAM.users) createUser(write, store, null, user)
      for (const inbox of TEAM.inboxes) {
        createInbox(write, store, me, { name: inbox.name, access: 'everyone' })
        createSampleChannel(write, store, inbox)
      }
      setMachineSetting(write.db, 'me_id', me)
    },
    { durable: true },
  )
  sync.channelsChanged()
  await firstSync(deps)
  store.write(
    (write) => {
      letTheTeamWork(write, store)
      showRouting(write, store)
      showRecords(write, store, userIdOf)
      showLibrary(write, store, me)
    },
    { durable: true },
  )
  return me
}

function createSampleChannel(write: Write, store: Store, inbox: (typeof TEAM.inboxes)[number]): void {
  const id = channelIdOf(inbox.address)
  appendOp(write, store.hlc, null, {
    entity: 'channel',
    id,
    kind: 'create',
    values: {
      kind: 'sample',
      purpose: 'team',
      inbox_id: inboxIdOf(inbox.name),
      address: inbox.address,
      address_key: addressKey(inbox.address),
      from_name: inbox.fromName,
      created_at: write.now,
    },
  })
  write.changed('channels', id)
}

/** Resolves when all of the story is here, or patience ends (a slow disk): what is missing then comes unassigned. */
async function firstSync({ store, sync }: SampleDeps): Promise<void> {
  const allLive = (): boolean =>
    connectedChannels(store.read).every((channel) => sync.health(channel.id).state === 'live')
  if (allLive()) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      off()
      resolve()
    }
    const timer = setTimeout(done, PATIENCE_MS)
    const off = store.onChange(() => {
      if (allLive()) done()
    })
  })
}

function letTheTeamWork(write: Write, store: Store): void {
  const me = userOf(TEAM.users[0].name)
  for (const [name, color] of Object.entries(TAGS)) {
    const values = { name, color, created_at: write.now }
    appendOp(write, store.hlc, me, { entity: 'tag', id: tagIdOf(name), kind: 'create', values })
    write.changed('tags', tagIdOf(name))
  }
  for (const thread of STORY) {
    const address = TEAM.inboxes.find((inbox) => inbox.name === thread.inbox)!.address
    const first = messagesWithId(write.db, channelIdOf(address), messageIdOf(thread.messages[0]!.key))[0]
    if (!first) continue
    const id = first.thread_id
    if (thread.assignee) {
      const values = { assignee_id: userOf(thread.assignee) }
      appendOp(write, store.hlc, userOf(thread.assignee), { entity: 'thread', id, kind: 'set', values })
    }
    if (thread.tags) {
      const members = thread.tags.map(tagIdOf)
      appendOp(write, store.hlc, me, { entity: 'thread', id, kind: 'add', set: 'tags', members })
    }
    for (const comment of thread.comments ?? []) {
      const commentId = uuidV7(write.now)
      const values = { thread_id: id, author_id: userOf(comment.by), text: comment.text, at: write.now }
      appendOp(write, store.hlc, userOf(comment.by), {
        entity: 'comment',
        id: commentId,
        kind: 'create',
        values,
      })
      const members = TEAM.users
        .filter((user) => comment.text.includes(`@${user.name}`))
        .map((user) => userOf(user.name))
      if (members.length > 0) {
        const op = { entity: 'comment', id: commentId, kind: 'add', set: 'mentions', members } as const
        appendOp(write, store.hlc, userOf(comment.by), op)
      }
      write.changed('comments', commentId)
    }
    if (thread.closed) {
      const by = thread.assignee ? userOf(thread.assignee) : me
      appendOp(write, store.hlc, by, { entity: 'thread', id, kind: 'set', values: { status: 'closed' } })
    }
    write.changed('threads', id)
  }
}

/** Who is away, and the conversation that routing gave to somebody, with its ticket. */
const AWAY = 'Lucia Ferri'
const ROUTED_TO = 'Jonas Weber'

/**
 * The story is history, which is neither routed nor ticketed. One of the conversations that routing would have given to
 * Jonas shows what it looks like, and those that are open have tickets.
 */
function showRouting(write: Write, store: Store): void {
  appendOp(write, store.hlc, userOf(AWAY), {
    entity: 'user',
    id: userOf(AWAY),
    kind: 'set',
    values: { availability: 'away' },
  })
  write.changed('users', userOf(AWAY))
  const inbox = inboxById(write.db, inboxIdOf(TEAM.inboxes[0].name))
  const open = STORY.filter((thread) => thread.inbox === TEAM.inboxes[0].name && !thread.closed)
  for (const thread of open) {
    const first = messagesWithId(
      write.db,
      channelIdOf(TEAM.inboxes[0].address),
      messageIdOf(thread.messages[0]!.key),
    )[0]
    const row = first && threadById(write.db, first.thread_id)
    if (!inbox || !row || thread.assignee === undefined) continue
    makeTicket(write, store, null, row, inbox)
    if (thread.assignee !== ROUTED_TO || routingOf(write.db, row.id)) continue
    appendOp(write, store.hlc, null, {
      entity: 'routing',
      id: row.id,
      kind: 'create',
      values: {
        inbox_id: inbox.id,
        method: 'round_robin',
        assignee_id: userOf(ROUTED_TO),
        reason: `${ROUTED_TO} was next in turn of 2 available.`,
        at: write.now,
        mail_state: 'none',
      },
    })
    write.changed('threads', row.id)
  }
}

/**
 * Throws the sample away: every row and every stored byte of this workspace.
 * @throws DomainError CONFLICT when the workspace is not the sample
 */
export async function discardSample({ store, sync }: SampleDeps): Promise<void> {
  if (theWorkspace(store.read)?.is_sample !== 1) {
    throw new DomainError('CONFLICT', 'This is no sample. Only the sample can be thrown away like this.')
  }
  store.write((write) => {
    for (const channel of connectedChannels(write.db)) {
      const values = { disconnected_at: write.now }
      appendOp(write, store.hlc, null, { entity: 'channel', id: channel.id, kind: 'set', values })
      write.changed('channels', channel.id)
    }
  })
  sync.channelsChanged()
  await sync.settled()
  store.wipe()
}
