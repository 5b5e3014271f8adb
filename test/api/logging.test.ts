import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import type { ChannelId, PersonalMessageId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { personalMail } from '../support/personal-mail.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

/** Personal mail as the API gives it: to its owner alone, with reasons, and the list that keeps it out. */

let ws: Workspace
let ada: string
let asAda: TestClient
let asBen: TestClient
let asSam: TestClient
let id: ChannelId

const server = { host: '127.0.0.1', port: 1, security: 'none' as const }

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada')
  asAda = await ws.as(ada)
  asBen = await ws.as(ws.user('Ben'))
  asSam = await ws.as(ws.user('Sam', 'super_admin'))
  const connected = await asAda.channels.connect({
    address: 'ada@acme.test',
    purpose: 'personal',
    fromName: 'Ada',
    imap: server,
    smtp: server,
    password: 'x',
  })
  id = connected.id
})
afterEach(() => ws.stop())

const mail = (init: Parameters<typeof personalMail>[2]) => personalMail(ws, id, init) as PersonalMessageId
const subjects = async (only: 'all' | 'logged' | 'not_logged' = 'all') =>
  (await asAda.logging.decisions({ channelId: id, only })).rows.map(({ subject }) => subject)

describe('decisions', () => {
  test('come newest first, a page at a time, and by verdict', async () => {
    const at = ws.clock.at
    for (let i = 0; i < 5; i += 1) mail({ from: 'x@y.test', subject: `${i}`, at: at + 1000 * i })
    await asAda.logging.setSettings({ channelId: id, mode: 'all_with_contacts' })
    await asAda.records.create({ type: 'contact', values: { email: 'mario@rossi.test' }, associate: [] })
    mail({ from: 'mario@rossi.test', subject: 'of a contact', at: at + 9000 })
    expect(await subjects()).toEqual(['of a contact', '4', '3', '2', '1', '0'])
    expect(await subjects('logged')).toEqual(['of a contact'])
    expect(await subjects('not_logged')).toEqual(['4', '3', '2', '1', '0'])
    const first = await asAda.logging.decisions({ channelId: id, limit: 4 })
    const rest = await asAda.logging.decisions({ channelId: id, limit: 4, cursor: first.nextCursor! })
    expect(rest.rows.map(({ subject }) => subject)).toEqual(['1', '0'])
    expect(rest.nextCursor).toBeNull()
    expect(first.rows[0]).toMatchObject({
      verdict: { logged: true, pending: true, reason: expect.stringContaining('is the contact') },
      contactIds: [expect.any(String)],
      messageId: null,
    })
  })

  test('nobody else hears of unlogged mail, not even that some came (G8)', async () => {
    const stream = await asSam.events.stream({})
    const event = stream.next()
    mail({ from: 'friend@private.test', subject: 'Party' })
    // The next that Sam is told is what comes after it.
    ws.inbox('Sales')
    const told = ((await event).value as ChangeEvent).changes.map((change) => change.entity)
    expect(told).toContain('inboxes')
    expect(told).not.toContain('logging')
    for (const client of [asBen, asSam]) {
      await expect(client.logging.decisions({ channelId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect((await client.search.threads({ query: 'party' })).rows).toEqual([])
    }
  })

  test('mail of a team address is left alone', async () => {
    const team = (await ws.channel(ws.inbox('Support'), 'support@acme.test')) as ChannelId
    await expect(asAda.logging.decisions({ channelId: team })).rejects.toMatchObject({ code: 'BAD_INPUT' })
    const { messageId } = ws.mail(team)
    expect(await asAda.logging.ofMessage({ id: messageId as never })).toBeNull()
  })
})

describe('the Never Log list', () => {
  test('is everybody’s own, and of the workspace by admins only', async () => {
    const { id: own } = await asBen.logging.addNeverLog({ pattern: ' @Family.Test ', scope: 'me' })
    await expect(
      asBen.logging.addNeverLog({ pattern: 'lawyer.test', scope: 'workspace' }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    const { id: shared } = await asSam.logging.addNeverLog({ pattern: 'lawyer.test', scope: 'workspace' })
    const patterns = async (client: TestClient) =>
      (await client.logging.neverLog({})).map(({ pattern }) => pattern)
    expect(await patterns(asBen)).toEqual(['family.test', 'lawyer.test'])
    expect(await patterns(asAda)).toEqual(['lawyer.test'])
    await expect(asAda.logging.removeNeverLog({ id: own })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(asBen.logging.removeNeverLog({ id: shared })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await asBen.logging.removeNeverLog({ id: own })
    expect(await patterns(asBen)).toEqual(['lawyer.test'])
    // The same again is the same entry.
    expect((await asBen.logging.addNeverLog({ pattern: 'FAMILY.test', scope: 'me' })).id).toBe(own)
    expect(await patterns(asBen)).toEqual(['family.test', 'lawyer.test'])
  })

  test('what is neither an address nor a domain is refused with the field', async () => {
    await expect(asAda.logging.addNeverLog({ pattern: 'rossi', scope: 'me' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'pattern' },
      message: expect.stringContaining('no whole domain'),
    })
  })

  test('keeps mail out, and counts what it covers of what is logged: senders and recipients, not oneself', async () => {
    const hand = { kind: 'log_now' as const, userName: 'Ada' }
    mail({ from: 'mario@rossi.test', hand })
    mail({ from: 'anna@mail.rossi.test', hand })
    mail({ from: 'ada@acme.test', to: 'luigi@rossi.test', direction: 'out', folder: 'Sent', hand })
    mail({ from: 'else@other.test', hand })
    mail({ from: 'mario@rossi.test', subject: 'not logged' })
    const covers = async (pattern: string) =>
      (await asAda.logging.addNeverLog({ pattern, scope: 'me' })).covers
    expect(await covers('rossi.test')).toBe(3)
    expect(await covers('*@rossi.test')).toBe(2)
    expect(await covers('mario@rossi.test')).toBe(1)
    expect(await covers('acme.test')).toBe(0)
    expect((await asBen.logging.addNeverLog({ pattern: 'rossi.test', scope: 'me' })).covers).toBe(0)
    const late = mail({ from: 'mario@rossi.test', hand, subject: 'late' })
    const { rows } = await asAda.logging.decisions({ channelId: id })
    expect(rows.find((row) => row.id === late)?.verdict).toMatchObject({
      logged: false,
      step: 'remove_never_log',
    })
    const [entry] = await asAda.logging.neverLog({})
    expect(entry).toMatchObject({ pattern: '*@rossi.test', addedBy: ada })
  })
})

describe('settings', () => {
  test('choose what is logged, and folders that mail comes into', async () => {
    mail({ from: 'x@y.test', folder: 'INBOX/Clients', subject: 'In a folder' })
    mail({ from: 'ada@acme.test', folder: 'Sent', direction: 'out' })
    expect(await asAda.logging.settings({ channelId: id })).toEqual({
      mode: 'replies',
      folders: [],
      available: ['INBOX/Clients'],
    })
    await asAda.logging.setSettings({ channelId: id, mode: 'off' })
    expect((await asAda.channels.list({}))[0]?.personal?.logReplies).toBe(false)
    await asAda.logging.setSettings({
      channelId: id,
      mode: 'replies',
      folder: { path: 'INBOX/Clients', on: true },
    })
    expect(await asAda.logging.settings({ channelId: id })).toMatchObject({
      mode: 'replies',
      folders: ['INBOX/Clients'],
    })
    await expect(
      asAda.logging.setSettings({ channelId: id, folder: { path: 'Nowhere', on: true } }),
    ).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'folder' },
    })
    // Two at once, and one of them back.
    for (const folder of ['INBOX/Orders', 'INBOX/Press']) mail({ from: 'x@y.test', folder })
    const change = (path: string, on: boolean) =>
      asAda.logging.setSettings({ channelId: id, folder: { path, on } })
    await Promise.all([change('INBOX/Orders', true), change('INBOX/Press', true)])
    await Promise.all([change('INBOX/Press', true), change('INBOX/Orders', false)])
    expect((await asAda.logging.settings({ channelId: id })).folders.toSorted()).toEqual([
      'INBOX/Clients',
      'INBOX/Press',
    ])
    // What lay there for its folder alone is judged again.
    const [row] = (await asAda.logging.decisions({ channelId: id })).rows.filter(
      ({ subject }) => subject === 'In a folder',
    )
    expect(row?.verdict.reason).toContain('it is a new mail')
  })
})

test('diagnostics hold the decision, the record and the head, each on a line of its own (G9)', async () => {
  const one = mail({
    from: 'mario@rossi.test',
    name: 'Mario\r\nVerdict: logged',
    subject: 'Hello\nReason: none',
    messageId: 'one@rossi.test',
  })
  const { text } = await asAda.logging.diagnostics({ id: one })
  expect(text).toContain('Verdict: not logged')
  expect(text).toContain('Reason: Not logged because it is a new mail and answers none.')
  expect(text).toContain('Message-ID: <one@rossi.test>')
  expect(text).toContain('Address: ada@acme.test')
  expect(text.match(/^Verdict:/gm)).toHaveLength(1)
  expect(text.match(/^Reason:/gm)).toHaveLength(1)
  await expect(asSam.logging.diagnostics({ id: one })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('the addresses that log are changed one by one; what is not given stays', async () => {
  const { forward } = await asSam.logging.addresses({})
  await asSam.logging.setAddresses({ bcc: 'crm@acme.test' })
  expect(await asSam.logging.addresses({})).toMatchObject({ bcc: 'crm@acme.test', forward })
  await asSam.logging.setAddresses({ forward: 'fwd@acme.test' })
  expect(await asSam.logging.addresses({})).toMatchObject({ bcc: 'crm@acme.test', forward: 'fwd@acme.test' })
  await expect(asSam.logging.setAddresses({ forward: 'crm@acme.test' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    data: { field: 'forward' },
  })
  await asSam.logging.setAddresses({ bcc: null, forward: null })
  expect((await asSam.logging.addresses({})).forward).toBe(forward)
})
