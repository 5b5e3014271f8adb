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
