import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RoutingRow } from '../../src/main/engine/store/tables/routings.ts'
import { editContact } from '../../src/main/engine/crm/edit-contact.ts'
import { OwnerMails } from '../../src/main/engine/outbox/owner-mails.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { outboxRecipients, type OutboxRow } from '../../src/main/engine/store/tables/outbox.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { disconnectChannel } from '../../src/main/engine/team/channel-actions.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { setAvailability, updateUser } from '../../src/main/engine/team/user-actions.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let admin: string
let ada: string
let channel: string
let mails: OwnerMails
let woken: number
const contact = contactIdOf('carla@customer.test')

const access = () => accessOf(ws.store.read, admin)!
const start = () => {
  mails = new OwnerMails({
    store: ws.store,
    outbox: { wake: () => void (woken += 1) },
    log: pino({ level: 'silent' }),
    clock: ws.clock,
    timeouts: { storageRetry: 1 },
  })
  mails.start()
}
const queued = () => ws.store.read.all<OutboxRow>('SELECT * FROM outbox ORDER BY rowid')
const states = () =>
  ws.store.read
    .all<Pick<RoutingRow, 'mail_state'>>('SELECT mail_state FROM routings')
    .map((row) => row.mail_state)
/** Resolves when nothing waits to be mailed any more. */
async function settled(): Promise<void> {
  while (states().includes('due')) await new Promise((resolve) => setImmediate(resolve))
  await mails.close()
}

beforeEach(async () => {
  woken = 0
  ws = makeWorkspace()
  admin = ws.user('Sam', 'super_admin')
  ada = ws.user('Ada')
  const inbox = ws.inbox('Support')
  channel = await ws.channel(inbox, 'support@acme.test')
  ws.mail(channel, { live: false })
  editContact(ws.store, admin, contact, { ownerId: ada as never })
  updateInbox(ws.store, access(), inbox, {
    routing: { automatic: true, method: 'contact_owner', userIds: [], teamIds: [], onlyAvailable: true },
  })
})
afterEach(async () => {
  await mails.close()
  ws.stop()
})

test('an owner who is away gets the conversation by mail; one who is not does not', async () => {
  start()
  ws.mail(channel)
  setAvailability(ws.store, access(), ada, 'away')
  ws.mail(channel, {
    subject: 'Broken\r\nBcc: eve@evil.test',
    text: 'It is <b>dark</b>.',
    messageId: 'first@customer.test',
    attachments: [{ name: 'lamp.png' }],
  })
  await settled()
  expect(states().sort()).toEqual(['none', 'queued'])
  const [item, ...rest] = queued()
  expect(rest).toEqual([])
  expect(woken).toBe(1)
  expect(outboxRecipients(ws.store.read, item!.id)).toMatchObject([
    { kind: 'to', name: 'Ada', address: 'ada@acme.test' },
  ])
  expect(item).toMatchObject({
    state: 'queued',
    author_id: null,
    draft_id: null,
    // It is no part of the conversation and no mail of the team: it is filed nowhere.
    thread_id: null,
    copy_state: 'none',
    filed_at: ws.clock.at,
    from_address: 'support@acme.test',
  })
  const raw = (await ws.store.blobs.get(ws.store.read, item!.raw_hash)).toString()
  const [head = '', body = ''] = raw.split('\r\n\r\n', 2)
  expect(head).toMatch(/^From: Acme <support@acme\.test>$/m)
  expect(head).toMatch(/^To: Ada <ada@acme\.test>$/m)
  expect(head).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(head).toMatch(/^In-Reply-To: <first@customer\.test>$/m)
  expect(head).not.toMatch(/^Bcc/m)
  expect(body + raw).toContain('Carla Customer wrote')
  expect(raw).toContain('lamp.png')
  expect(raw).toMatch(/It is (=\r\n)?&lt;b&gt;dark/)
})

test('once, whenever the program ends', async () => {
  setAvailability(ws.store, access(), ada, 'away')
  ws.mail(channel)
  expect(states()).toEqual(['due'])
  // An earlier run decided, and ended before it could write the mail; now two are at it.
  start()
  const other = mails
  start()
  await settled()
  await other.close()
  start()
  ws.mail(channel, { live: false })
  await settled()
  expect(queued()).toHaveLength(1)
})

test('two at once, in the middle of other work, are two mails', async () => {
  setAvailability(ws.store, access(), ada, 'away')
  start()
  ws.mails(channel, [{}, {}])
  ws.mail(channel)
  await settled()
  expect(queued()).toHaveLength(3)
})

test('nobody is mailed who is gone, and nothing from an address that is', async () => {
  setAvailability(ws.store, access(), ada, 'away')
  ws.mail(channel)
  updateUser(ws.store, access(), ada, { active: false })
  start()
  await settled()
  updateUser(ws.store, access(), ada, { active: true })
  ws.mail(channel)
  await disconnectChannel(ws, admin, channel)
  start()
  await settled()
  expect(queued()).toEqual([])
  expect(states()).toEqual(['none', 'none'])
})

test('no mail goes in a circle: not to an own address, not to who wrote', async () => {
  setAvailability(ws.store, access(), ada, 'away')
  updateUser(ws.store, access(), ada, { email: 'support@acme.test' })
  ws.mail(channel)
  updateUser(ws.store, access(), ada, { email: 'carla@customer.test' })
  ws.mail(channel)
  start()
  await settled()
  expect(states()).toEqual(['none', 'none'])
})

test('a full disk delays it', async () => {
  setAvailability(ws.store, access(), ada, 'away')
  const { put } = ws.store.blobs
  let failures = 2
  start()
  ws.store.blobs.put = function (...args) {
    if (
      failures > 0 &&
      states().includes('due') &&
      args[1].some((raw) => Buffer.from(raw).includes('Auto-Submitted'))
    ) {
      failures -= 1
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    return put.apply(this, args)
  }
  ws.mail(channel)
  while (states().includes('due')) await new Promise((resolve) => setImmediate(resolve))
  expect(failures).toBe(0)
  expect(queued()).toHaveLength(1)
})
