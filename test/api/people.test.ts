import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InboxId, TeamId, ThreadId, UserId } from '../../src/contract/ids.ts'
import { verifyOps } from '../../src/main/engine/store/ops.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let sam: UserId
let rita: UserId
let ada: UserId
let ben: UserId
let asSam: TestClient
let asRita: TestClient
let asAda: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  sam = ws.user('Sam', 'super_admin') as UserId
  rita = ws.user('Rita', 'account_access') as UserId
  ada = ws.user('Ada') as UserId
  ben = ws.user('Ben') as UserId
  ws.inbox('Support')
  asSam = await ws.as(sam)
  asRita = await ws.as(rita)
  asAda = await ws.as(ada)
})
afterEach(() => {
  // Whatever people did is in the log, and the log is whole.
  expect(verifyOps(ws.store.read)).toBeNull()
  ws.stop()
})

const user = async (id: string) => (await asSam.workspace.get({})).users.find((one) => one.id === id)!
const ops = () => ws.store.read.get<{ n: number }>('SELECT count(*) AS n FROM ops')!.n

describe('users', () => {
  test('a new user is available, active, and has neither passphrase nor picture', async () => {
    expect(await user(ada)).toMatchObject({
      availability: 'available',
      active: true,
      hasPassphrase: false,
      avatarUrl: null,
    })
  })

  test('everybody changes their own name, admins change everything', async () => {
    await asAda.users.update({ id: ada, name: 'Ada Agent' })
    expect(await user(ada)).toMatchObject({ name: 'Ada Agent' })
    for (const change of [
      { id: ben, name: 'Bob' },
      { id: ada, role: 'account_access' as const },
      { id: ada, active: false },
    ]) {
      await expect(asAda.users.update(change)).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    }
    await asRita.users.update({ id: ben, name: 'Benjamin', email: 'BENJAMIN@acme.test' })
    expect(await user(ben)).toMatchObject({ name: 'Benjamin', email: 'benjamin@acme.test' })
    await expect(asRita.users.update({ id: ben, email: 'ada@ACME.test' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Ada Agent'),
    })
  })

  test('what has the value already is no op', async () => {
    const before = ops()
    await asSam.users.update({ id: ada, name: 'Ada', email: 'ada@acme.test', role: 'member', active: true })
    expect(ops()).toBe(before)
  })

  test('only super admins make and change super admins', async () => {
    const refused = { code: 'NOT_ALLOWED', message: expect.stringContaining('super admin') }
    const eve = { name: 'Eve', email: 'eve@acme.test', role: 'super_admin' } as const
    await expect(asRita.users.add(eve)).rejects.toMatchObject(refused)
    await expect(asRita.users.update({ id: rita, role: 'super_admin' })).rejects.toMatchObject(refused)
    await expect(asRita.users.update({ id: sam, role: 'member' })).rejects.toMatchObject(refused)
    await expect(asRita.users.update({ id: sam, email: 'x@acme.test' })).rejects.toMatchObject(refused)
    await asSam.users.update({ id: ada, role: 'super_admin' })
    await asSam.users.update({ id: sam, role: 'member' })
    expect(await user(sam)).toMatchObject({ role: 'member' })
  })

  test('one super admin always remains', async () => {
    for (const change of [{ role: 'member' as const }, { active: false }]) {
      await expect(asSam.users.update({ id: sam, ...change })).rejects.toMatchObject({ code: 'CONFLICT' })
    }
    await asSam.users.update({ id: ada, role: 'super_admin' })
    await asSam.users.update({ id: ada, active: false })
    await expect(asSam.users.update({ id: sam, role: 'member' })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('who left cannot sign in, sees nothing any more, and gets nothing', async () => {
    const channel = await ws.channel((await asSam.workspace.get({})).inboxes[0]!.id, 'support@acme.test')
    const { threadId } = ws.mail(channel)
    expect((await asAda.threads.get({ id: threadId as ThreadId })).id).toBe(threadId)
    await asSam.users.update({ id: ada, active: false })
    ws.store.write(({ db }) => db.run(`DELETE FROM machine_settings WHERE key = 'me_id'`))
    await expect(asAda.threads.get({ id: threadId as ThreadId })).rejects.toMatchObject({ code: 'NO_USER' })
    await expect(asAda.users.signIn({ id: ada })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(
      asSam.threads.assign({ ids: [threadId as ThreadId], assigneeId: ada }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await asSam.users.update({ id: ada, active: true })
    await asAda.users.signIn({ id: ada })
  })

  test('who comes by an address that somebody else had is somebody else', async () => {
    await asSam.users.update({ id: ada, email: 'ada.agent@acme.test' })
    const { id } = await asSam.users.add({ name: 'Adele', email: 'ada@acme.test', role: 'member' })
    expect(id).not.toBe(ada)
    expect(await user(ada)).toMatchObject({ name: 'Ada', email: 'ada.agent@acme.test' })
    expect(await user(id)).toMatchObject({ name: 'Adele', email: 'ada@acme.test' })
  })
})

describe('availability', () => {
  test('is one’s own to set; admins set everybody’s', async () => {
    await asAda.users.setAvailability({ availability: 'away' })
    expect(await user(ada)).toMatchObject({ availability: 'away' })
    await expect(asAda.users.setAvailability({ id: ben, availability: 'away' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await asRita.users.setAvailability({ id: ada, availability: 'available' })
    expect(await user(ada)).toMatchObject({ availability: 'available' })
  })
})

describe('passphrases', () => {
  const wrong = { code: 'BAD_INPUT', data: { field: 'passphrase' } }

  test('whoever has one is entered by it only', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    expect(await user(ada)).toMatchObject({ hasPassphrase: true })
    const { client } = ws.connect()
    await expect(client.users.signIn({ id: ada })).rejects.toMatchObject(wrong)
    await expect(client.users.signIn({ id: ada, passphrase: 'correct house' })).rejects.toMatchObject(wrong)
    await client.users.signIn({ id: ada, passphrase: 'correct horse' })
    expect((await client.workspace.get({})).meId).toBe(ada)
  })

  test('neither the passphrase nor its hash reaches a client', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    const kept = ws.store.read.get<{ passphrase: string }>('SELECT passphrase FROM users WHERE id = ?', [
      ada,
    ])!
    expect(kept.passphrase).toMatch(/^scrypt\$15\$8\$1\$/)
    const seen = JSON.stringify(await asSam.workspace.get({}))
    expect(seen).not.toContain('scrypt')
    expect(JSON.stringify(ws.store.read.all('SELECT change FROM ops'))).not.toContain('correct horse')
  })

  test('a machine whose user has one asks for it when a window opens', async () => {
    await asAda.users.signIn({ id: ada })
    expect((await ws.connect().client.workspace.get({})).meId).toBe(ada)
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    const { client } = ws.connect()
    expect((await client.workspace.get({})).meId).toBeNull()
    await expect(client.threads.counts({})).rejects.toMatchObject({ code: 'NO_USER' })
  })

  test('a window that connects again needs it not again, until it changes', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    const { resume } = await ws.connect().client.users.signIn({ id: ada, passphrase: 'correct horse' })
    await ws.connect().client.users.signIn({ id: ada, resume })
    await expect(ws.connect().client.users.signIn({ id: ben, resume })).resolves.toBeDefined()
    await asAda.users.setPassphrase({ id: ada, current: 'correct horse', passphrase: 'another one' })
    await expect(ws.connect().client.users.signIn({ id: ada, resume })).rejects.toMatchObject(wrong)
    await asSam.users.setPassphrase({ id: ben, passphrase: 'ben’s own' })
    await expect(ws.connect().client.users.signIn({ id: ben, resume })).rejects.toMatchObject(wrong)
  })

  test('wrong ones make the next wait, longer and longer; the right one too', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    const { client } = ws.connect()
    const guess = (passphrase: string) => client.users.signIn({ id: ada, passphrase })
    for (let i = 0; i < 3; i += 1) {
      await expect(guess('a guess')).rejects.toMatchObject({
        message: expect.stringContaining('not the passphrase'),
      })
    }
    await expect(guess('correct horse')).rejects.toMatchObject({
      message: expect.stringContaining('Wait 1 s'),
    })
    ws.clock.at += 1000
    await expect(guess('a guess')).rejects.toMatchObject({
      message: expect.stringContaining('not the passphrase'),
    })
    await expect(guess('correct horse')).rejects.toMatchObject({
      message: expect.stringContaining('Wait 2 s'),
    })
    // Somebody else is not held up by it.
    await ws.connect().client.users.signIn({ id: ben })
    ws.clock.at += 2000
    await guess('correct horse')
    await expect(guess('a guess')).rejects.toMatchObject({
      message: expect.stringContaining('not the passphrase'),
    })
  })

  test('guesses side by side are counted like those one by one', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => ws.connect().client.users.signIn({ id: ada, passphrase: 'a guess' })),
    )
    const messages = answers.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : ''))
    expect(messages.filter((text) => text.includes('not the passphrase'))).toHaveLength(3)
    expect(messages.filter((text) => text.includes('Wait'))).toHaveLength(5)
  })

  test('one’s own is changed with the one before; a super admin changes that of others', async () => {
    await asAda.users.setPassphrase({ id: ada, passphrase: 'correct horse' })
    for (const current of [undefined, 'wrong']) {
      await expect(asAda.users.setPassphrase({ id: ada, current, passphrase: null })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        data: { field: 'current' },
      })
    }
    await expect(asRita.users.setPassphrase({ id: ada, passphrase: null })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    })
    await asSam.users.setPassphrase({ id: ada, passphrase: null })
    expect(await user(ada)).toMatchObject({ hasPassphrase: false })
    await ws.connect().client.users.signIn({ id: ada })
  })
})

describe('pictures', () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('pixels')])
  const post = (url: string, body: Uint8Array) =>
    ws.fetch(url, { method: 'POST', body: new Uint8Array(body) })

  test('are uploaded, shown to whoever picks a user, and taken away', async () => {
    const { url } = await asAda.users.avatarUploadUrl({ id: ada })
    expect((await post(url, png)).status).toBe(204)
    const { avatarUrl } = await user(ada)
    const shown = await ws.fetch(avatarUrl!)
    expect(shown.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await shown.arrayBuffer()).equals(png)).toBe(true)
    const nobody = ws.connect().client
    ws.store.write(({ db }) => db.run(`DELETE FROM machine_settings WHERE key = 'me_id'`))
    expect((await nobody.workspace.get({})).users.find((one) => one.id === ada)?.avatarUrl).toBe(avatarUrl)
    await asAda.users.removeAvatar({ id: ada })
    expect(await user(ada)).toMatchObject({ avatarUrl: null })
    expect((await ws.fetch(avatarUrl!)).status).toBe(404)
  })

  test('are PNG, JPEG or WebP whatever they say, and of at most 2 MB', async () => {
    const { url } = await asAda.users.avatarUploadUrl({ id: ada })
    expect((await post(url, Buffer.from('<svg onload="alert(1)"/>'))).status).toBe(415)
    expect((await post(url, Buffer.concat([png, Buffer.alloc(2 * 1024 * 1024)]))).status).toBe(413)
    expect((await ws.fetch(url)).status).toBe(405)
    expect(await user(ada)).toMatchObject({ avatarUrl: null })
    for (const bytes of [Buffer.from('ffd8ffe0', 'hex'), Buffer.from('RIFF\0\0\0\0WEBPVP8 ')]) {
      expect((await post(url, bytes)).status).toBe(204)
    }
  })

  test('of others are changed by admins only, also by a path that was given out before', async () => {
    await expect(asAda.users.avatarUploadUrl({ id: ben })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(asAda.users.removeAvatar({ id: ben })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    const { url } = await asRita.users.avatarUploadUrl({ id: ben })
    await asSam.users.update({ id: rita, role: 'member' })
    expect((await post(url, png)).status).toBe(403)
  })
})

describe('teams', () => {
  let board: InboxId
  let thread: ThreadId
  beforeEach(async () => {
    board = ws.inbox('Board', []) as InboxId
    thread = ws.mail(await ws.channel(board, 'board@acme.test')).threadId as ThreadId
  })
  const read = (client: TestClient) =>
    client.threads.get({ id: thread }).then(
      (view) => (view.refusal === null ? 'acts' : 'reads'),
      (error: { code: string }) => error.code,
    )

  test('what a team is a member of, its members see and act in; until it changes', async () => {
    const { id } = await asSam.teams.add({ name: 'Directors', memberIds: [ada] })
    expect(await read(asAda)).toBe('NOT_FOUND')
    await asSam.inboxSettings.update({ id: board, teamIds: [id] })
    expect(await read(asAda)).toBe('acts')
    expect(await read(await ws.as(ben))).toBe('NOT_FOUND')
    expect(await read(asSam)).toBe('reads')
    await asAda.threads.assign({ ids: [thread], teamId: id })
    expect(await asAda.threads.list({ view: `inbox-${board}` })).toMatchObject({ rows: [{ teamId: id }] })
    await asSam.teams.update({ id, memberIds: [ben] })
    expect(await read(asAda)).toBe('NOT_FOUND')
    expect(await read(await ws.as(ben))).toBe('acts')
    await asSam.teams.remove({ id })
    expect(await read(await ws.as(ben))).toBe('NOT_FOUND')
    expect((await asSam.workspace.get({})).teams).toEqual([])
  })

  test('have names of their own, and are changed by admins', async () => {
    const { id } = await asSam.teams.add({ name: 'Directors' })
    await expect(asSam.teams.add({ name: 'DIRECTORS' })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(asAda.teams.update({ id, memberIds: [ada] })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await expect(asSam.teams.update({ id, memberIds: [board as never] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    await asSam.teams.remove({ id })
    await expect(asSam.teams.remove({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // The name is free again, and its new bearer is another team.
    expect((await asSam.teams.add({ name: 'Directors' })).id).not.toBe(id)
  })

  test('get a conversation only where one of them can act', async () => {
    const { id } = await asSam.teams.add({ name: 'Directors', memberIds: [ada] })
    await asSam.inboxSettings.update({ id: board, memberIds: [sam] })
    await expect(asSam.threads.assign({ ids: [thread], teamId: id })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'teamId' },
      message: expect.stringContaining('"Directors"'),
    })
    await asSam.inboxSettings.update({ id: board, teamIds: [id] })
    await asSam.threads.assign({ ids: [thread], teamId: id, assigneeId: ada })
    const view = await asSam.threads.get({ id: thread })
    expect(view).toMatchObject({ teamId: id, assigneeId: ada })
    await asSam.threads.assign({ ids: [thread], teamId: null })
    expect(await asSam.threads.get({ id: thread })).toMatchObject({ teamId: null, assigneeId: ada })
    const kinds = (await asSam.threads.get({ id: thread })).items.flatMap((item) =>
      item.type === 'event' ? [item.event.kind] : [],
    )
    expect(kinds).toEqual(['assigned', 'team_assigned', 'team_unassigned'])
    await expect(asSam.threads.assign({ ids: [thread] })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })
})

describe('inbox settings', () => {
  let support: InboxId
  beforeEach(async () => {
    support = (await asSam.workspace.get({})).inboxes[0]!.id
  })

  test('are read by whoever sees the inbox, and changed by admins', async () => {
    const before = await asAda.inboxSettings.get({ id: support })
    expect(before).toMatchObject({
      name: 'Support',
      access: 'everyone',
      routing: { automatic: false, method: 'round_robin', onlyAvailable: true, userIds: [], teamIds: [] },
      tickets: {
        create: true,
        pipeline: 'Support',
        status: 'new',
        priority: 'medium',
        category: '',
        ownerId: null,
      },
      attributeForwards: true,
      forwardsByMembersOnly: false,
      attributeAutomaticForwards: true,
      refusal: expect.stringContaining('Only an admin'),
    })
    await expect(asAda.inboxSettings.update({ id: support, name: 'Mine' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      data: { inboxId: support },
    })
    expect((await asRita.inboxSettings.get({ id: support })).refusal).toBeNull()
  })

  test('come back as they were saved; what is left out stays', async () => {
    const { id: team } = await asSam.teams.add({ name: 'Day shift', memberIds: [ada] })
    const routing = {
      automatic: true,
      method: 'least_open' as const,
      userIds: [ben],
      teamIds: [team],
      onlyAvailable: false,
    }
    const tickets = {
      create: false,
      pipeline: 'Repairs',
      status: 'waiting_on_us' as const,
      priority: 'urgent' as const,
      category: 'Lights',
      ownerId: ada,
    }
    await asSam.inboxSettings.update({ id: support, routing })
    await asSam.inboxSettings.update({
      id: support,
      tickets,
      attributeForwards: false,
      forwardsByMembersOnly: true,
    })
    await asSam.inboxSettings.update({ id: support, name: 'Help', attributeAutomaticForwards: false })
    await asSam.inboxSettings.update({ id: support, access: 'members', memberIds: [sam], teamIds: [team] })
    expect(await asSam.inboxSettings.get({ id: support })).toEqual({
      id: support,
      name: 'Help',
      access: 'members',
      memberIds: [sam],
      teamIds: [team],
      routing,
      tickets,
      attributeForwards: false,
      forwardsByMembersOnly: true,
      attributeAutomaticForwards: false,
      refusal: null,
    })
    const before = ops()
    await asSam.inboxSettings.update({ id: support, name: 'Help', routing, tickets, memberIds: [sam] })
    expect(ops()).toBe(before)
    await asSam.inboxSettings.update({ id: support, routing: { automatic: false } })
    await asSam.inboxSettings.update({
      id: support,
      routing: { method: 'round_robin' },
      tickets: { category: '' },
    })
    expect(await asSam.inboxSettings.get({ id: support })).toMatchObject({
      routing: { ...routing, automatic: false, method: 'round_robin' },
      tickets: { ...tickets, category: '' },
    })
  })

  test('name people, teams and inboxes that exist, and no name twice', async () => {
    ws.inbox('Sales')
    const refused = (change: object) =>
      asSam.inboxSettings.update({ id: support, ...change }).then(
        () => null,
        (error: { code: string; data?: { field?: string } }) => [error.code, error.data?.field],
      )
    const nobody = [support as string as UserId]
    expect(await refused({ name: 'SALES' })).toEqual(['CONFLICT', 'name'])
    expect(await refused({ memberIds: nobody })).toEqual(['BAD_INPUT', 'memberIds'])
    expect(await refused({ teamIds: nobody as string[] as TeamId[] })).toEqual(['BAD_INPUT', 'teamIds'])
    const settings = await asSam.inboxSettings.get({ id: support })
    expect(await refused({ routing: { ...settings.routing, userIds: nobody } })).toEqual([
      'BAD_INPUT',
      'routing.userIds',
    ])
    expect(await refused({ tickets: { ...settings.tickets, ownerId: nobody[0] } })).toEqual([
      'BAD_INPUT',
      'tickets.ownerId',
    ])
    expect(await asSam.inboxSettings.get({ id: support })).toEqual(settings)
  })

  test('an inbox that gets another name keeps its mail when its old name comes again', async () => {
    const { threadId } = ws.mail(await ws.channel(support, 'support@acme.test'))
    await asSam.inboxSettings.update({ id: support, name: 'Help' })
    const { id } = await asSam.inboxes.add({ name: 'Support' })
    expect(id).not.toBe(support)
    expect((await asSam.threads.get({ id: threadId as ThreadId })).inboxId).toBe(support)
  })
})
