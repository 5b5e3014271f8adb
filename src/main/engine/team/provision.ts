import { ProvisionFile } from '../../../contract/provision.ts'
import { DomainError } from '../lib/domain-error.ts'
import { isLoopback } from '../lib/loopback.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById } from '../store/tables/channels.ts'
import { allInboxes, allInboxMembers, type InboxRow } from '../store/tables/inboxes.ts'
import { userByEmail } from '../store/tables/users.ts'
import { machineSetting, setMachineSetting, theWorkspace } from '../store/tables/workspaces.ts'
import { addressKey } from './address-key.ts'
import {
  channelIdOf,
  connectChannel,
  updateChannel,
  type ChannelStores,
  type Passwords,
} from './channel-actions.ts'
import { createInbox, createUser, createWorkspaceRow } from './workspace-actions.ts'

type Env = Record<string, string | undefined>

/**
 * Applies a provisioning file (J9). May be run again: only what differs is changed, and what the file does not name
 * stays as it is.
 * @returns a line for each change
 * @throws DomainError BAD_INPUT, naming the part at fault; nothing was changed then
 */
export async function provision(stores: ChannelStores, json: string, env: Env): Promise<string[]> {
  const file = readFile(json, env)
  checkReferences(stores.store, file)
  const changed: string[] = []
  stores.store.write((write) => provisionTeam(write, stores.store, file, changed), { durable: true })
  for (const channel of file.channels) await provisionChannel(stores, channel, changed)
  return changed
}

/** Parses, fills in `${NAME}` and checks the file. Values of variables are data: they are never parsed. */
function readFile(json: string, env: Env): ProvisionFile {
  let raw: unknown
  try {
    raw = JSON.parse(json)
  } catch (error) {
    throw new DomainError('BAD_INPUT', `This is not JSON: ${(error as Error).message}`)
  }
  const result = ProvisionFile.safeParse(substitute(raw, env, []))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
    if (keys.length > 0) {
      return keys
        .map((key) => `${pathText([...issue.path, key])} is not a key of a provisioning file`)
        .join('; ')
    }
    return `${pathText(issue.path) || 'the file'}: ${issue.message}`
  })
  throw new DomainError('BAD_INPUT', problems.join('; '))
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  )

function substitute(value: unknown, env: Env, path: PropertyKey[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      const found = env[name]
      if (found !== undefined) return found
      throw new DomainError(
        'BAD_INPUT',
        `${pathText(path)}: the environment variable ${name} is not set. Set it, and start again.`,
      )
    })
  }
  if (Array.isArray(value)) return value.map((part, i) => substitute(part, env, [...path, i]))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [key, substitute(part, env, [...path, key])]),
    )
  }
  return value
}

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

/** What the file refers to must exist, in the file or in the workspace, before anything is written. */
function checkReferences(store: Store, file: ProvisionFile): void {
  const fail = (path: PropertyKey[], message: string): never => {
    throw new DomainError('BAD_INPUT', `${pathText(path)}: ${message}`)
  }
  const unique = (list: readonly string[], path: (i: number) => PropertyKey[]) => {
    const seen = new Set<string>()
    list.forEach((key, i) => {
      if (seen.has(key)) fail(path(i), 'is in the file twice.')
      seen.add(key)
    })
  }
  const isUser = (email: string) =>
    file.users.some((user) => same(user.email, email)) || userByEmail(store.read, email) !== undefined
  const inboxes = allInboxes(store.read)
  unique(
    file.users.map((user) => user.email.toLowerCase()),
    (i) => ['users', i, 'email'],
  )
  unique(
    file.inboxes.map((inbox) => inbox.name.toLowerCase()),
    (i) => ['inboxes', i, 'name'],
  )
  unique(
    file.channels.map((channel) => addressKey(channel.address)),
    (i) => ['channels', i, 'address'],
  )
  if (file.me !== undefined && !isUser(file.me)) fail(['me'], `there is no user ${file.me}.`)
  file.inboxes.forEach((inbox, i) => {
    if (inbox.access === 'everyone') return
    inbox.access.forEach((email, j) => {
      if (!isUser(email)) fail(['inboxes', i, 'access', j], `there is no user ${email}.`)
    })
  })
  file.channels.forEach((channel, i) => {
    const { inbox } = channel
    if (!file.inboxes.some((one) => same(one.name, inbox)) && !inboxes.some((one) => same(one.name, inbox))) {
      fail(['channels', i, 'inbox'], `there is no inbox "${inbox}".`)
    }
    for (const kind of ['imap', 'smtp'] as const) {
      if (channel[kind].security === 'none' && !isLoopback(channel[kind].host)) {
        fail(
          ['channels', i, kind, 'security'],
          `"none" is for servers on this computer only. Use "tls" or "starttls" for ${channel[kind].host}.`,
        )
      }
    }
  })
}

function provisionTeam(write: Write, store: Store, file: ProvisionFile, changed: string[]): void {
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
  for (const user of file.users) provisionUser(write, store, user, changed)
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
  if (!row) {
    createUser(write, store, null, user)
    changed.push(`user ${user.email} added`)
    return
  }
  const values = {
    ...(row.name === user.name ? {} : { name: user.name }),
    ...(row.role === user.role ? {} : { role: user.role }),
  }
  if (Object.keys(values).length === 0) return
  appendOp(write, store.hlc, null, { entity: 'user', id: row.id, kind: 'set', values })
  write.changed('users', row.id)
  write.changed('workspace', 'workspace')
  changed.push(`user ${user.email}: ${Object.keys(values).join(' and ')} changed`)
}

const inboxNamed = (write: Write, name: string): InboxRow | undefined =>
  allInboxes(write.db).find((row) => same(row.name, name))

function provisionInbox(
  write: Write,
  store: Store,
  inbox: ProvisionFile['inboxes'][number],
  changed: string[],
): void {
  const access = inbox.access === 'everyone' ? 'everyone' : 'members'
  const row = inboxNamed(write, inbox.name)
  const id = row?.id ?? createInbox(write, store, null, { name: inbox.name, access })
  const differences: string[] = []
  if (row && row.access !== access) {
    appendOp(write, store.hlc, null, { entity: 'inbox', id, kind: 'set', values: { access } })
    differences.push('access')
  }
  if (inbox.access !== 'everyone') {
    const wanted = new Set(inbox.access.map((email) => userByEmail(write.db, email)?.id ?? ''))
    const present = new Set(
      allInboxMembers(write.db)
        .filter((member) => member.inbox_id === id)
        .map((member) => member.user_id),
    )
    const add = [...wanted].filter((member) => !present.has(member))
    const remove = [...present].filter((member) => !wanted.has(member))
    for (const [kind, members] of [['add', add] as const, ['remove', remove] as const]) {
      if (members.length === 0) continue
      appendOp(write, store.hlc, null, { entity: 'inbox', id, kind, set: 'members', members })
      differences.push(kind === 'add' ? 'members added' : 'members removed')
    }
  }
  if (!row) changed.push(`inbox "${inbox.name}" added`)
  else if (differences.length > 0) changed.push(`inbox "${inbox.name}": ${differences.join(', ')}`)
  if (differences.length > 0) {
    write.changed('inboxes', id)
    write.changed('workspace', 'workspace')
  }
}

async function provisionChannel(
  stores: ChannelStores,
  channel: ProvisionFile['channels'][number],
  changed: string[],
): Promise<void> {
  const { store } = stores
  const inboxId = allInboxes(store.read).find((row) => same(row.name, channel.inbox))?.id ?? ''
  const { password, ...imap } = channel.imap
  const { password: smtpPassword, user: smtpUser, ...smtpServer } = channel.smtp
  const smtpLogin = smtpUser !== undefined || smtpPassword !== undefined || !isLoopback(smtpServer.host)
  const smtp = { ...smtpServer, user: smtpLogin ? (smtpUser ?? imap.user ?? channel.address) : undefined }
  const passwords: Passwords = { imapPassword: password, smtpPassword: smtpPassword ?? password }
  const id = channelIdOf(channel.address)
  const row = channelById(store.read, id)
  if (row && row.disconnected_at === null) {
    const differs = await updateChannel(stores, null, id, {
      fromName: channel.fromName,
      inboxId,
      imap,
      smtp,
      ...passwords,
    })
    if (differs) changed.push(`channel ${channel.address} changed`)
    return
  }
  await connectChannel(stores, null, {
    purpose: 'team',
    address: channel.address,
    inboxId,
    fromName: channel.fromName,
    imap,
    smtp,
    passwords,
  })
  changed.push(`channel ${channel.address} connected`)
}
