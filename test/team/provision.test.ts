import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProvisionFile } from '../../src/contract/provision.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { storedSecrets } from '../../src/main/engine/sync/channel-secrets.ts'
import { provision } from '../../src/main/engine/team/provision.ts'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import pino from 'pino'
import { memorySecrets, type MemorySecrets } from '../support/engine.ts'

let dir: string
let store: Store
let secrets: MemorySecrets
const env = { SUPPORT_PASSWORD: 'secret' }

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-provision-'))
  store = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: { now: () => 1_700_000_000_000 } })
  secrets = memorySecrets()
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const acme = () => ({
  workspace: { name: 'Acme' },
  users: [
    { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
    { name: 'Ben Bell', email: 'ben@acme.test' },
  ],
  me: 'ada@acme.test',
  inboxes: [{ name: 'Support', access: 'everyone' as string | string[] }],
  channels: [
    {
      kind: 'imap',
      purpose: 'team',
      inbox: 'Support',
      address: 'support@acme.test',
      fromName: 'Acme Support',
      imap: {
        host: '127.0.0.1',
        port: 11143,
        security: 'none',
        user: 'support',
        password: '${SUPPORT_PASSWORD}',
      },
      smtp: { host: '127.0.0.1', port: 11025, security: 'none' } as Record<string, unknown>,
    },
  ],
})

const apply = (file: unknown, variables: Record<string, string | undefined> = env) =>
  provision({ store, secrets }, JSON.stringify(file), variables)
const all = (sql: string) => store.read.all<Record<string, unknown>>(sql)

describe('the example of the documentation', () => {
  test('sets everything up', async () => {
    expect(await apply(acme())).toEqual([
      'workspace "Acme" created',
      'user ada@acme.test added',
      'user ben@acme.test added',
      'inbox "Support" added',
      'ada@acme.test signed in on this machine',
      'channel support@acme.test connected',
    ])
    expect(all('SELECT name, email, role FROM users ORDER BY name')).toEqual([
      { name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' },
      { name: 'Ben Bell', email: 'ben@acme.test', role: 'member' },
    ])
    const [channel] = all('SELECT * FROM channels')
    expect(channel).toMatchObject({
      address: 'support@acme.test',
      from_name: 'Acme Support',
      imap_port: 11143,
      imap_user: 'support',
      smtp_port: 11025,
      smtp_user: null,
      disconnected_at: null,
    })
    expect(await storedSecrets(secrets, String(channel!.id))).toEqual({
      imapPassword: 'secret',
      smtpPassword: 'secret',
    })
  })

  test('run again it changes nothing', async () => {
    await apply(acme())
    const { rev } = store
    const ops = all('SELECT count(*) AS n FROM ops')
    expect(await apply(acme())).toEqual([])
    expect(store.rev).toBe(rev)
    expect(all('SELECT count(*) AS n FROM ops')).toEqual(ops)
  })

  test('gives the same ids on every machine', async () => {
    await apply(acme())
    const ids = ['users', 'inboxes', 'channels'].map((table) => all(`SELECT id FROM ${table} ORDER BY id`))
    const other = mkdtempSync(join(tmpdir(), 'anteroom-provision-'))
    const second = new Store({ dataDir: other, log: pino({ level: 'silent' }), clock: { now: () => 1 } })
    await provision({ store: second, secrets: memorySecrets() }, JSON.stringify(acme()), env)
    expect(
      ['users', 'inboxes', 'channels'].map((table) => second.read.all(`SELECT id FROM ${table} ORDER BY id`)),
    ).toEqual(ids)
    second.close()
    rmSync(other, { recursive: true })
  })
})

test('only what differs is changed', async () => {
  await apply(acme())
  const file = acme()
  file.workspace.name = 'Acme Inc'
  file.users[1]!.name = 'Benjamin Bell'
  file.inboxes[0]!.access = ['BEN@acme.test']
  file.channels[0]!.imap.port = 993
  expect(await apply(file)).toEqual([
    'workspace "Acme" renamed to "Acme Inc"',
    'user ben@acme.test: name changed',
    'inbox "Support": access, members added',
    'channel support@acme.test changed',
  ])
  const ben = all(`SELECT id FROM users WHERE email = 'ben@acme.test'`)[0]!.id
  expect(all('SELECT user_id FROM inbox_members')).toEqual([{ user_id: ben }])
  expect(await apply(file)).toEqual([])
  file.inboxes[0]!.access = ['ada@acme.test']
  expect(await apply(file)).toEqual(['inbox "Support": members added, members removed'])
  expect(await apply(file, { SUPPORT_PASSWORD: 'new' })).toEqual(['channel support@acme.test changed'])
})

test('what the file does not name stays', async () => {
  await apply(acme())
  expect(await apply({ workspace: { name: 'Acme' } })).toEqual([])
  expect(all('SELECT id FROM users')).toHaveLength(2)
  expect(all('SELECT id FROM channels WHERE disconnected_at IS NULL')).toHaveLength(1)
})

describe('people, access, routing and tickets', () => {
  const file = () => ({
    ...acme(),
    users: [
      ...acme().users,
      { name: 'Cleo', email: 'cleo@acme.test', availability: 'away' as 'away' | 'available' },
    ],
    teams: [{ name: 'Day shift', members: ['ben@acme.test', 'cleo@acme.test'] }],
    inboxes: [
      {
        name: 'Support',
        access: { users: ['ada@acme.test'], teams: ['Day shift'] },
        routing: {
          method: 'least_open',
          users: ['ada@acme.test'],
          teams: ['day SHIFT'],
          onlyAvailable: false,
        },
        tickets: { pipeline: 'Repairs', priority: 'high', owner: 'ada@acme.test' },
        attributeForwards: false,
      },
    ],
    channels: [
      ...acme().channels,
      {
        kind: 'imap',
        purpose: 'personal',
        user: 'ben@acme.test',
        address: 'ben@acme.test',
        fromName: 'Ben Bell',
        signatureHtml: '<p>Ben</p>',
        imap: { host: '127.0.0.1', port: 11143, security: 'none', password: 'own' },
        smtp: { host: '127.0.0.1', port: 11025, security: 'none' } as Record<string, unknown>,
      },
    ],
  })
  const idOf = (email: string) => all(`SELECT id FROM users WHERE email = '${email}@acme.test'`)[0]!.id

  test('are set up', async () => {
    expect(await apply(file())).toEqual([
      'workspace "Acme" created',
      'user ada@acme.test added',
      'user ben@acme.test added',
      'user cleo@acme.test added',
      'team "Day shift" added',
      'inbox "Support" added',
      'ada@acme.test signed in on this machine',
      'channel support@acme.test connected',
      'channel ben@acme.test connected',
    ])
    expect(all('SELECT email, availability FROM users ORDER BY email')).toEqual([
      { email: 'ada@acme.test', availability: 'available' },
      { email: 'ben@acme.test', availability: 'available' },
      { email: 'cleo@acme.test', availability: 'away' },
    ])
    const [team] = all('SELECT id FROM teams')
    expect(all('SELECT user_id FROM team_members ORDER BY user_id')).toEqual(
      [idOf('ben'), idOf('cleo')].sort().map((user_id) => ({ user_id })),
    )
    expect(all('SELECT user_id FROM inbox_members')).toEqual([{ user_id: idOf('ada') }])
    expect(all('SELECT team_id FROM inbox_teams')).toEqual([{ team_id: team!.id }])
    expect(all('SELECT user_id FROM routing_users')).toEqual([{ user_id: idOf('ada') }])
    expect(all('SELECT team_id FROM routing_teams')).toEqual([{ team_id: team!.id }])
    expect(all('SELECT * FROM inboxes')[0]).toMatchObject({
      access: 'members',
      routing_automatic: 1,
      routing_method: 'least_open',
      routing_only_available: 0,
      ticket_create: 1,
      ticket_pipeline: 'Repairs',
      ticket_status: 'new',
      ticket_priority: 'high',
      ticket_owner_id: idOf('ada'),
      attribute_forwards: 0,
      attribute_automatic_forwards: 1,
    })
    expect(all(`SELECT * FROM channels WHERE address = 'ben@acme.test'`)[0]).toMatchObject({
      purpose: 'personal',
      inbox_id: null,
      user_id: idOf('ben'),
      signature_html: '<p>Ben</p>',
      log_replies: 1,
      track_opens: 0,
    })
  })

  test('run again it changes nothing; only what differs is changed', async () => {
    await apply(file())
    const { rev } = store
    expect(await apply(file())).toEqual([])
    expect(store.rev).toBe(rev)
    const other = file()
    Object.assign(other.users[2]!, { availability: 'available' })
    other.teams[0]!.members = ['ben@acme.test']
    other.inboxes[0]!.routing.method = 'round_robin'
    other.inboxes[0]!.access.teams = []
    Object.assign(other.channels[1]!, { font: 'Georgia' })
    expect(await apply(other)).toEqual([
      'user cleo@acme.test: availability changed',
      'team "Day shift": members removed',
      'inbox "Support": routing method, teams removed',
      'channel ben@acme.test changed',
    ])
    expect(await apply(other)).toEqual([])
  })

  test('what is left out stays', async () => {
    await apply(file())
    const bare = { ...acme(), inboxes: [{ name: 'Support', access: ['ada@acme.test'] }] }
    expect(await apply(bare)).toEqual([])
    expect(all('SELECT routing_method, ticket_pipeline FROM inboxes')).toEqual([
      { routing_method: 'least_open', ticket_pipeline: 'Repairs' },
    ])
    expect(all("SELECT availability FROM users WHERE name = 'Cleo'")).toEqual([{ availability: 'away' }])
  })

  type File = ReturnType<typeof file>
  const wrong: Record<string, [change: (file: File) => void, message: RegExp]> = {
    'a member of a team': [
      (it) => it.teams[0]!.members.push('zoe@acme.test'),
      /^teams\[0\]\.members\[2\]: there is no user/,
    ],
    'a team with access': [
      (it) => it.inboxes[0]!.access.teams.push('Nights'),
      /^inboxes\[0\]\.access\.teams\[1\]: there is no team "Nights"/,
    ],
    'a user with access': [
      (it) => it.inboxes[0]!.access.users.push('zoe@acme.test'),
      /^inboxes\[0\]\.access\.users\[1\]: there is no user/,
    ],
    'somebody to route to': [
      (it) => it.inboxes[0]!.routing.users.push('zoe@acme.test'),
      /^inboxes\[0\]\.routing\.users\[1\]: there is no user/,
    ],
    'a team to route to': [
      (it) => it.inboxes[0]!.routing.teams.push('Nights'),
      /^inboxes\[0\]\.routing\.teams\[1\]: there is no team/,
    ],
    'the owner of tickets': [
      (it) => void (it.inboxes[0]!.tickets.owner = 'zoe@acme.test'),
      /^inboxes\[0\]\.tickets\.owner: there is no user/,
    ],
    'the owner of an address': [
      (it) => void Object.assign(it.channels[1]!, { user: 'zoe@acme.test' }),
      /^channels\[1\]\.user: there is no user/,
    ],
    'a personal address without an owner': [
      (it) => void Object.assign(it.channels[1]!, { user: undefined }),
      /^channels\[1\]\.user: /,
    ],
  }
  test.each(Object.keys(wrong))('%s that is not there is named, and nothing is changed', async (name) => {
    const [change, message] = wrong[name]!
    const it = file()
    change(it)
    await expect(apply(it)).rejects.toThrow(message)
    expect(store.rev).toBe(0)
  })

  test('an address stays what it is and whose it is (B2)', async () => {
    await apply(file())
    const { rev } = store
    const taken = file()
    Object.assign(taken.channels[1]!, { user: 'ada@acme.test' })
    await expect(apply(taken)).rejects.toThrow(
      'channels[1].address: ben@acme.test is connected already, as the personal address of Ben Bell.',
    )
    const turned = file()
    turned.channels[1] = { ...turned.channels[0]!, address: 'BEN@acme.test' }
    await expect(apply(turned)).rejects.toThrow(/the personal address of Ben Bell/)
    expect(store.rev).toBe(rev)
  })
})

describe('the login at the submission server', () => {
  const userOf = async (smtp: Record<string, unknown>, host = '127.0.0.1') => {
    const file = acme()
    file.channels[0]!.smtp = { host, port: 587, security: host === '127.0.0.1' ? 'none' : 'tls', ...smtp }
    await apply(file)
    return all('SELECT smtp_user FROM channels')[0]!.smtp_user
  }
  test('none on this computer', async () => expect(await userOf({})).toBeNull())
  test('as told', async () => expect(await userOf({ user: 'sender' })).toBe('sender'))
  test('that of IMAP with a password', async () => expect(await userOf({ password: 'x' })).toBe('support'))
  test('that of IMAP elsewhere', async () => expect(await userOf({}, 'smtp.acme.test')).toBe('support'))
})

describe('what is wrong is named, and nothing is changed', () => {
  const cases: Record<string, [change: (file: ReturnType<typeof acme>) => unknown, message: RegExp]> = {
    'an unknown key': [(file) => ({ ...file, inbox: [] }), /^inbox is not a key/],
    'an unknown key inside': [
      (file) => {
        file.channels[0]!.smtp.tls = true
        return file
      },
      /^channels\[0\]\.smtp\.tls is not a key/,
    ],
    'a missing variable': [
      (file) => {
        file.channels[0]!.imap.password = '${OTHER_PASSWORD}'
        return file
      },
      /^channels\[0\]\.imap\.password: the environment variable OTHER_PASSWORD is not set/,
    ],
    'a user who is not there': [
      (file) => ({ ...file, me: 'zoe@acme.test' }),
      /^me: there is no user zoe@acme\.test/,
    ],
    'a member who is not there': [
      (file) => ({ ...file, inboxes: [{ name: 'Support', access: ['zoe@acme.test'] }] }),
      /^inboxes\[0\]\.access\[0\]: there is no user/,
    ],
    'an inbox that is not there': [
      (file) => {
        file.channels[0]!.inbox = 'Sales'
        return file
      },
      /^channels\[0\]\.inbox: there is no inbox "Sales"/,
    ],
    'no encryption over a network': [
      (file) => {
        file.channels[0]!.imap.host = 'mail.acme.test'
        return file
      },
      /^channels\[0\]\.imap\.security: "none" is for servers on this computer only/,
    ],
    'an address twice': [
      (file) => ({
        ...file,
        channels: [...file.channels, { ...file.channels[0]!, address: 'SUPPORT@acme.test' }],
      }),
      /^channels\[1\]\.address: is in the file twice/,
    ],
    'a wrong role': [
      (file) => {
        file.users[0]!.role = 'king'
        return file
      },
      /^users\[0\]\.role: /,
    ],
    'an address that is none': [
      (file) => {
        file.users[1]!.email = 'ben'
        return file
      },
      /^users\[1\]\.email: /,
    ],
  }
  test.each(Object.keys(cases))('%s', async (name) => {
    const [change, message] = cases[name]!
    await expect(apply(change(acme()))).rejects.toThrow(message)
    expect(store.rev).toBe(0)
    expect(secrets.values.size).toBe(0)
  })

  test('text that is not JSON', async () => {
    await expect(provision({ store, secrets }, '{ "workspace": ', env)).rejects.toThrow(/not JSON/)
  })

  test('a variable is data: quotes and ${} in it mean nothing', async () => {
    await apply(acme(), { SUPPORT_PASSWORD: 'a"b${HOME}\\' })
    const id = String(all('SELECT id FROM channels')[0]!.id)
    expect((await storedSecrets(secrets, id))?.imapPassword).toBe('a"b${HOME}\\')
  })
})

test('the published schema is current', () => {
  const path = join(import.meta.dirname, '../../resources/provision.schema.json')
  const published: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const schema = z.toJSONSchema(ProvisionFile, { io: 'input' })
  expect(published, 'write it anew: npx node scripts/provision-schema.ts').toEqual({
    title: 'Anteroom provisioning file',
    ...(JSON.parse(JSON.stringify(schema)) as object),
  })
})
