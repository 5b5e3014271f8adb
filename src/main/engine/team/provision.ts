import type { Routing, TicketDefaults } from '../../../contract/admin.ts'
import type { TeamId, UserId } from '../../../contract/ids.ts'
import type { ProvisionFile } from '../../../contract/provision.ts'
import { setPhoneCountry } from '../crm/records/settings.ts'
import { DomainError } from '../lib/domain-error.ts'
import { isLoopback } from '../lib/loopback.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import type { ReceiverHost } from '../sync/hosted/receiver-host.ts'
import { channelById } from '../store/tables/channels.ts'
import { allInboxes, inboxById, type InboxRow } from '../store/tables/inboxes.ts'
import { userByEmail, userById } from '../store/tables/users.ts'
import { machineSetting, setMachineSetting, theWorkspace } from '../store/tables/workspaces.ts'
import {
  channelIdOf,
  connectChannel,
  setPersonal,
  updateChannel,
  type ChannelHome,
  type ChannelStores,
  type Passwords,
} from './channel-actions.ts'
import { changeInbox } from './inbox-settings.ts'
import { setMembers } from './members.ts'
import { provisionHosted, provisionReceiver } from './provision-hosted.ts'
import { checkReferences, readProvisionFile, same, type Env } from './provision-file.ts'
import { createTeam, membersOfTeam, noteTeamChange, teamNamed } from './team-actions.ts'
import { createInbox, createUser, createWorkspaceRow } from './workspace-actions.ts'

/**
 * Applies a provisioning file (J9). May be run again: only what differs is changed, and what the file does not name
 * stays as it is.
 * @returns a line for each change
 * @throws DomainError BAD_INPUT, naming the part at fault; nothing was changed then
 */
export async function provision(
  stores: ChannelStores,
  json: string,
  env: Env,
  receiver?: Pick<ReceiverHost, 'configure' | 'view'>,
): Promise<string[]> {
  const file = readProvisionFile(json, env)
  checkReferences(stores.store.read, file)
  const changed: string[] = []
  stores.store.write((write) => provisionPeople(write, stores.store, file, changed), { durable: true })
  // Hosted addresses live on mailboxes, so these come first.
  for (const channel of file.channels)
    if (channel.kind !== 'hosted') await provisionChannel(stores, channel, changed)
  for (const channel of file.channels)
    if (channel.kind === 'hosted') provisionHosted(stores.store, channel, changed)
  if (file.receiver && receiver) await provisionReceiver(receiver, file.receiver, changed)
  return changed
}

function provisionPeople(write: Write, store: Store, file: ProvisionFile, changed: string[]): void {
  const workspace = theWorkspace(write.db)
  if (!workspace) {
    createWorkspaceRow(write, store, { name: file.workspace.name, isSample: false })
    changed.push(`workspace "${file.workspace.name}" created`)
  } else if (workspace.is_sample) {
    throw new DomainError(
      'BAD_INPUT',
      'The sample team is in this folder. Throw it away first, or use another folder.',
    )
  } else if (workspace.name !== file.workspace.name) {
    const values = { name: file.workspace.name }
    appendOp(write, store.hlc, null, { entity: 'workspace', id: 'workspace', kind: 'set', values })
    write.changed('workspace', 'workspace')
    changed.push(`workspace "${workspace.name}" renamed to "${file.workspace.name}"`)
  }
  const { phoneCountry } = file.workspace
  if (phoneCountry !== undefined && setPhoneCountry(write, store, null, phoneCountry))
    changed.push(`phone numbers without "+" are read as those of ${phoneCountry}`)
  for (const user of file.users) provisionUser(write, store, user, changed)
  for (const team of file.teams) provisionTeam(write, store, team, changed)
  for (const inbox of file.inboxes) provisionInbox(write, store, inbox, changed)
  const me = file.me === undefined ? undefined : userByEmail(write.db, file.me)
  if (me && machineSetting(write.db, 'me_id') !== me.id) {
    setMachineSetting(write.db, 'me_id', me.id)
    write.changed('workspace', 'workspace')
    changed.push(`${me.email} signed in on this machine`)
  }
}

function provisionUser(
  write: Write,
  store: Store,
  user: ProvisionFile['users'][number],
  changed: string[],
): void {
  const row = userByEmail(write.db, user.email)
  const id = row?.id ?? createUser(write, store, null, user)
  if (!row) changed.push(`user ${user.email} added`)
  const before = row ?? userById(write.db, id)!
  const asked = { name: user.name, role: user.role, availability: user.availability ?? before.availability }
  const values = Object.fromEntries(
    Object.entries(asked).filter(([field, value]) => before[field as keyof typeof asked] !== value),
  )
  if (Object.keys(values).length === 0) return
  appendOp(write, store.hlc, null, { entity: 'user', id, kind: 'set', values })
  write.changed('users', id)
  write.changed('workspace', 'workspace')
  if (row) changed.push(`user ${user.email}: ${Object.keys(values).join(' and ')} changed`)
}

const inboxNamed = (db: ReadableDb, name: string): InboxRow | undefined =>
  allInboxes(db).find((row) => same(row.name, name))

const userId = (db: ReadableDb, email: string): string => userByEmail(db, email)?.id ?? ''

function provisionTeam(
  write: Write,
  store: Store,
  team: ProvisionFile['teams'][number],
  changed: string[],
): void {
  const memberIds = team.members.map((email) => userId(write.db, email))
  const row = teamNamed(write.db, team.name)
  if (!row) {
    createTeam(write, store, null, { name: team.name, memberIds })
    changed.push(`team "${team.name}" added`)
    return
  }
  const set = { entity: 'team', id: row.id, set: 'members' } as const
  const done = setMembers(write, store, null, set, membersOfTeam(write.db, row.id), memberIds)
  if (done.length === 0) return
  noteTeamChange(write, row.id)
  changed.push(`team "${team.name}": ${done.map((what) => `members ${what}`).join(', ')}`)
}

function provisionInbox(
  write: Write,
  store: Store,
  inbox: ProvisionFile['inboxes'][number],
  changed: string[],
): void {
  const { db } = write
  const known = inboxNamed(db, inbox.name)
  const access = inbox.access === 'everyone' ? 'everyone' : 'members'
  const row = known ?? inboxById(db, createInbox(write, store, null, { name: inbox.name, access }))!
  const differences = changeInbox(write, store, null, row, {
    access,
    ...membersAsked(db, inbox.access),
    ...(inbox.routing && { routing: routingAsked(db, inbox.routing) }),
    ...(inbox.tickets && { tickets: ticketsAsked(db, row, inbox.tickets) }),
    attributeForwards: inbox.attributeForwards,
    forwardsByMembersOnly: inbox.forwardsByMembersOnly,
    attributeAutomaticForwards: inbox.attributeAutomaticForwards,
  })
  if (!known) changed.push(`inbox "${inbox.name}" added`)
  else if (differences.length > 0) changed.push(`inbox "${inbox.name}": ${differences.join(', ')}`)
}

type InboxOfFile = ProvisionFile['inboxes'][number]

const teamIdsOf = (db: ReadableDb, names: readonly string[]): string[] =>
  names.map((name) => teamNamed(db, name)?.id ?? '')

/** An inbox that everybody sees keeps whom it names; a list of users says nothing about teams. */
function membersAsked(
  db: ReadableDb,
  access: InboxOfFile['access'],
): { memberIds?: string[]; teamIds?: string[] } {
  if (access === 'everyone') return {}
  const { users, teams } = Array.isArray(access) ? { users: access, teams: undefined } : access
  const memberIds = users.map((email) => userId(db, email))
  return teams ? { memberIds, teamIds: teamIdsOf(db, teams) } : { memberIds }
}

const routingAsked = (db: ReadableDb, routing: NonNullable<InboxOfFile['routing']>): Routing => ({
  automatic: routing.automatic,
  method: routing.method,
  onlyAvailable: routing.onlyAvailable,
  userIds: routing.users.map((email) => userId(db, email) as UserId),
  teamIds: teamIdsOf(db, routing.teams) as TeamId[],
})

const ticketsAsked = (
  db: ReadableDb,
  row: InboxRow,
  tickets: NonNullable<InboxOfFile['tickets']>,
): TicketDefaults => ({
  create: tickets.create,
  pipeline: tickets.pipeline ?? row.ticket_pipeline,
  status: tickets.status ?? row.ticket_status,
  priority: tickets.priority ?? row.ticket_priority,
  category: tickets.category ?? row.ticket_category,
  ownerId: ownerAsked(db, row, tickets.owner),
})

const ownerAsked = (db: ReadableDb, row: InboxRow, email: string | null | undefined): UserId | null => {
  if (email === undefined) return row.ticket_owner_id as UserId | null
  return email === null ? null : (userId(db, email) as UserId)
}

type ChannelOfFile = Exclude<ProvisionFile['channels'][number], { kind: 'hosted' }>

const homeOf = (db: ReadableDb, channel: ChannelOfFile): ChannelHome =>
  channel.purpose === 'team'
    ? { purpose: 'team', inboxId: inboxNamed(db, channel.inbox)?.id ?? '' }
    : { purpose: 'personal', userId: userId(db, channel.user) }

async function provisionChannel(
  stores: ChannelStores,
  channel: ChannelOfFile,
  changed: string[],
): Promise<void> {
  const { store } = stores
  const home = homeOf(store.read, channel)
  const { password, ...imap } = channel.imap
  const { password: smtpPassword, user: smtpUser, ...smtpServer } = channel.smtp
  const smtpLogin = smtpUser !== undefined || smtpPassword !== undefined || !isLoopback(smtpServer.host)
  const smtp = { ...smtpServer, user: smtpLogin ? (smtpUser ?? imap.user ?? channel.address) : undefined }
  const passwords: Passwords = { imapPassword: password, smtpPassword: smtpPassword ?? password }
  const { address, fromName } = channel
  const row = channelById(store.read, channelIdOf(address))
  const isConnected = row !== undefined && row.disconnected_at === null
  const inboxId = home.purpose === 'team' ? home.inboxId : undefined
  const differs =
    isConnected &&
    (await updateChannel(stores, null, row.id, { fromName, inboxId, imap, smtp, ...passwords }))
  const id = isConnected
    ? row.id
    : await connectChannel(stores, null, { ...home, address, fromName, imap, smtp, passwords })
  const prefers = channel.purpose === 'personal' && setPersonal(store, null, id, channel)
  if (!isConnected) changed.push(`channel ${address} connected`)
  else if (differs || prefers) changed.push(`channel ${address} changed`)
}
