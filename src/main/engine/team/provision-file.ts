import { ProvisionFile } from '../../../contract/provision.ts'
import { DomainError } from '../lib/domain-error.ts'
import { isLoopback } from '../lib/loopback.ts'
import type { ReadableDb } from '../store/statements.ts'
import { allInboxes } from '../store/tables/inboxes.ts'
import { allTeams } from '../store/tables/teams.ts'
import { allUsers, userByEmail } from '../store/tables/users.ts'
import { holderOf } from './address-holder.ts'
import { addressKey } from '../lib/address-key.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import { channelByAddress } from '../store/queries/channels.ts'
import { isHosted } from '../store/tables/hosted.ts'

/** Environment variables by name. */
export type Env = Record<string, string | undefined>

/** Parses, fills in `${NAME}` and checks the file. Values of variables are data: they are never parsed. */
export function readProvisionFile(json: string, env: Env): ProvisionFile {
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

/** Whether two names or addresses of a file are one. */
export const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

/**
 * What the file refers to must exist, in the file or in the workspace, before anything is written.
 * @throws DomainError BAD_INPUT, naming the part at fault
 */
export function checkReferences(db: ReadableDb, file: ProvisionFile): void {
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
  const known = (names: readonly string[]) => (name: string) => names.some((one) => same(one, name))
  const isUser = known([...file.users, ...allUsers(db)].map((user) => user.email))
  const isTeam = known([...file.teams, ...allTeams(db)].map((team) => team.name))
  const isInbox = known([...file.inboxes, ...allInboxes(db)].map((inbox) => inbox.name))
  const users = (emails: readonly string[], path: PropertyKey[]) =>
    emails.forEach((email, i) => {
      if (!isUser(email)) fail([...path, i], `there is no user ${email}.`)
    })
  const teams = (names: readonly string[], path: PropertyKey[]) =>
    names.forEach((name, i) => {
      if (!isTeam(name)) fail([...path, i], `there is no team "${name}".`)
    })

  unique(
    file.users.map((user) => user.email.toLowerCase()),
    (i) => ['users', i, 'email'],
  )
  unique(
    file.teams.map((team) => team.name.toLowerCase()),
    (i) => ['teams', i, 'name'],
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
  file.teams.forEach((team, i) => users(team.members, ['teams', i, 'members']))
  file.inboxes.forEach((inbox, i) => {
    const path = ['inboxes', i]
    if (Array.isArray(inbox.access)) users(inbox.access, [...path, 'access'])
    else if (inbox.access !== 'everyone') {
      users(inbox.access.users, [...path, 'access', 'users'])
      teams(inbox.access.teams, [...path, 'access', 'teams'])
    }
    users(inbox.routing?.users ?? [], [...path, 'routing', 'users'])
    teams(inbox.routing?.teams ?? [], [...path, 'routing', 'teams'])
    const owner = inbox.tickets?.owner
    if (owner && !isUser(owner)) fail([...path, 'tickets', 'owner'], `there is no user ${owner}.`)
  })
  file.channels.forEach((channel, i) => {
    const path = ['channels', i]
    if (channel.purpose === 'team' && !isInbox(channel.inbox))
      fail([...path, 'inbox'], `there is no inbox "${channel.inbox}".`)
    if (channel.purpose === 'personal' && !isUser(channel.user))
      fail([...path, 'user'], `there is no user ${channel.user}.`)
    const taken = takenBySomethingElse(db, channel)
    if (taken !== null) fail([...path, 'address'], taken)
    if (channel.kind === 'hosted') {
      checkHosted(db, file, channel, (field, message) => fail([...path, field], message))
      return
    }
    for (const kind of ['imap', 'smtp'] as const) {
      if (channel[kind].security === 'none' && !isLoopback(channel[kind].host)) {
        fail(
          [...path, kind, 'security'],
          `"none" is for servers on this computer only. Use "tls" or "starttls" for ${channel[kind].host}.`,
        )
      }
    }
  })
}

type HostedOfFile = Extract<ProvisionFile['channels'][number], { kind: 'hosted' }>

/** The mailbox that a hosted address names must be connected, or be by this file; its forwarding address stays (H8). */
function checkHosted(
  db: ReadableDb,
  file: ProvisionFile,
  channel: HostedOfFile,
  fail: (field: string, message: string) => never,
): void {
  const { parent, form } = channel
  if (form === 'alias' && parent === undefined)
    fail('parent', 'is missing: the connected address that the alias lies on.')
  if (parent !== undefined) {
    const key = addressKey(parent)
    const inFile = file.channels.some((one) => one.kind !== 'hosted' && addressKey(one.address) === key)
    if (!inFile && channelByAddress(db, key) === undefined) fail('parent', `${parent} is not connected.`)
  }
  const row = channelByAddress(db, addressKey(channel.address))
  if (isHosted(row) && row.forwarding_key !== deliveryKey(channel.forwardingAddress))
    fail('forwardingAddress', `is ${row.forwarding_address} already, and cannot be changed.`)
}

/** Who holds the address as something else than the file says (B2), in words; null when nobody does. */
function takenBySomethingElse(db: ReadableDb, channel: ProvisionFile['channels'][number]): string | null {
  const holder = holderOf(db, channel.address)
  if (!holder) return null
  const { kind, purpose, user_id, address_key } = holder.channel
  const isIt =
    kind === channel.kind && purpose === channel.purpose && address_key === addressKey(channel.address)
  const isTheirs = channel.purpose === 'team' || userByEmail(db, channel.user)?.id === user_id
  return isIt && isTheirs ? null : holder.words
}
