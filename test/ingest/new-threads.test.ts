import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InboxChanges } from '../../src/main/engine/team/inbox-settings.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { setAvailability, updateUser } from '../../src/main/engine/team/user-actions.ts'
import { addTeam, removeTeam } from '../../src/main/engine/team/team-actions.ts'
import { closeThreads, reopenThreads } from '../../src/main/engine/team/thread-actions.ts'
import { editContact } from '../../src/main/engine/crm/edit-contact.ts'
import { welcomeThreads } from '../../src/main/engine/ingest/new-threads.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { routingOf } from '../../src/main/engine/store/tables/routings.ts'
import { ticketIdOf, ticketOfThread } from '../../src/main/engine/store/tables/tickets.ts'
import { threadById } from '../../src/main/engine/store/tables/threads.ts'
import { uuidV5 } from '../../src/main/engine/lib/uuid.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let admin: string
let ada: string
let ben: string
let inbox: string
let channel: string

beforeEach(async () => {
  ws = makeWorkspace()
  admin = ws.user('Sam', 'super_admin')
  ada = ws.user('Ada')
  ben = ws.user('Ben')
  inbox = ws.inbox('Support')
  channel = await ws.channel(inbox, 'support@acme.test')
})
afterEach(() => ws.stop())

const access = () => accessOf(ws.store.read, admin)!
const configure = (changes: InboxChanges) => updateInbox(ws.store, access(), inbox, changes)
const route = (routing: Partial<NonNullable<InboxChanges['routing']>>) =>
  configure({
    routing: {
      automatic: true,
      method: 'round_robin',
      userIds: [ada, ben] as never[],
      teamIds: [],
      onlyAvailable: true,
      ...routing,
    },
  })
const thread = (id: string) => threadById(ws.store.read, id)!
const decision = (id: string) => routingOf(ws.store.read, id)
const ticket = (id: string) => ticketOfThread(ws.store.read, id)

describe('routing', () => {
  test('off, conversations stay unassigned, and nothing is decided', () => {
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBeNull()
    expect(decision(threadId)).toBeUndefined()
  })

  test('in turn among those chosen, with the reason', () => {
    route({})
    const assigned = [1, 2, 3, 4].map(() => thread(ws.mail(channel).threadId).assignee_id)
    expect(new Set(assigned.slice(0, 2))).toEqual(new Set([ada, ben]))
    expect(assigned.slice(2)).toEqual(assigned.slice(0, 2))
    const { threadId } = ws.mail(channel)
    expect(decision(threadId)?.reason).toMatch(/^(Ada|Ben) was next in turn of 2 available\.$/)
  })

  test('a team that is chosen stands for its members, and no longer once it is removed', () => {
    const team = addTeam(ws.store, admin, { name: 'Day shift', memberIds: [ben] })
    route({ userIds: [], teamIds: [team] as never[] })
    expect(thread(ws.mail(channel).threadId).assignee_id).toBe(ben)
    removeTeam(ws.store, admin, team)
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBeNull()
    expect(decision(threadId)?.reason).toBe('Nobody is chosen in the routing settings of this inbox.')
  })

  test('nobody available: unassigned, and it says so; unless those who are away count too', () => {
    route({})
    for (const id of [ada, ben]) setAvailability(ws.store, access(), id, 'away')
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBeNull()
    expect(decision(threadId)?.reason).toBe('Nobody of the 2 people chosen is available.')
    route({ onlyAvailable: false })
    expect(thread(ws.mail(channel).threadId).assignee_id).not.toBeNull()
  })

  test('nobody gets a conversation that they could not act on, or after they left', () => {
    configure({ access: 'members', memberIds: [ada] })
    route({})
    for (let i = 0; i < 3; i += 1) expect(thread(ws.mail(channel).threadId).assignee_id).toBe(ada)
    updateUser(ws.store, access(), ada, { active: false })
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBeNull()
    expect(decision(threadId)?.reason).toBe('Nobody of those chosen can act in this inbox.')
  })

  test('history, reports and answers are not routed', () => {
    const old = ws.mail(channel, { live: false, messageId: 'old@x.test' })
    route({})
    const history = ws.mail(channel, { live: false })
    const bounce = ws.mail(channel, { automatic: 'bounce' })
    const note = ws.mail(channel, { automatic: 'auto_reply' })
    const sent = ws.mail(channel, { origin: 'sent', messageId: 'sent@x.test' })
    // Both are part of conversations that were here before routing was switched on.
    const answers = [
      ws.mail(channel, { inReplyTo: 'old@x.test' }),
      ws.mail(channel, { inReplyTo: 'sent@x.test' }),
    ]
    expect(answers.map((one) => one.threadId)).toEqual([old.threadId, sent.threadId])
    for (const { threadId } of [history, bounce, note, sent, ...answers]) {
      expect(thread(threadId).assignee_id).toBeNull()
      expect(decision(threadId)).toBeUndefined()
      expect(ticket(threadId)).toBeUndefined()
    }
  })

  test('a conversation is decided about once, also where nobody was found', () => {
    route({})
    for (const id of [ada, ben]) setAvailability(ws.store, access(), id, 'away')
    const { threadId } = ws.mail(channel)
    const before = decision(threadId)
    for (const id of [ada, ben]) setAvailability(ws.store, access(), id, 'available')
    ws.store.write((write) => welcomeThreads(write, ws.store, [threadId], new Set()))
    expect(thread(threadId).assignee_id).toBeNull()
    expect(decision(threadId)).toEqual(before)
  })

  test('what a batch turns out to be part of an older conversation is no new one', () => {
    const old = ws.mail(channel, { live: false, messageId: 'root@x.test' })
    route({})
    const [stray, joining] = ws.mails(channel, [
      { inReplyTo: 'missing@x.test', messageId: 'stray@x.test', minute: 50 },
      // Its references tie the stray's unknown parent to the old conversation.
      { inReplyTo: 'root@x.test', messageId: 'missing@x.test', minute: 51 },
    ])
    expect(thread(stray!.threadId).id).toBe(thread(old.threadId).id)
    expect(thread(joining!.threadId).id).toBe(thread(old.threadId).id)
    expect(thread(old.threadId).assignee_id).toBeNull()
  })

  test('the history says that the engine did it', async () => {
    route({ userIds: [ada] as never[] })
    const { threadId } = ws.mail(channel)
    const view = await (await ws.as(ben)).threads.get({ id: threadId as never })
    expect(view.routing).toMatchObject({ assigneeId: ada, reason: 'Ada was next in turn of 1 available.' })
    const events = view.items.filter((item) => item.type === 'event')
    expect(events).toMatchObject([{ event: { kind: 'assigned', assigneeId: ada, actorId: null } }])
  })
})

describe('the contact’s owner', () => {
  const contact = contactIdOf('carla@customer.test')
  beforeEach(() => {
    ws.mail(channel, { live: false })
    route({ method: 'contact_owner' })
  })

  test('gets the conversation', () => {
    editContact(ws.store, admin, contact, { ownerId: ada as never })
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBe(ada)
    expect(decision(threadId)).toMatchObject({ reason: 'Ada owns the contact.', mail_state: 'none' })
  })

  test('away, gets it too, and by mail', () => {
    editContact(ws.store, admin, contact, { ownerId: ada as never })
    setAvailability(ws.store, access(), ada, 'away')
    const { threadId } = ws.mail(channel)
    expect(thread(threadId).assignee_id).toBe(ada)
    expect(decision(threadId)).toMatchObject({
      reason: 'Ada owns the contact. They are away, so it goes to them by mail too.',
      mail_state: 'due',
    })
  })

  test('is nobody where there is none, and nobody who cannot act', () => {
    const first = ws.mail(channel).threadId
    expect(decision(first)?.reason).toBe('The contact has no owner, so nobody was chosen.')
    editContact(ws.store, admin, contact, { ownerId: ada as never })
    configure({ access: 'members', memberIds: [ben] })
    const second = ws.mail(channel).threadId
    expect(thread(second).assignee_id).toBeNull()
    expect(decision(second)?.reason).toContain('Ada owns the contact, but cannot act')
  })
})

describe('tickets', () => {
  test('one for each new conversation, as the inbox says', () => {
    configure({
      tickets: {
        create: true,
        pipeline: 'Repairs',
        status: 'waiting_on_us',
        priority: 'high',
        category: 'Lights',
        ownerId: null,
      },
    })
    route({ userIds: [ben] as never[] })
    const first = ws.mail(channel, { subject: 'Broken lamp' }).threadId
    const second = ws.mail(channel).threadId
    expect(ticket(first)).toMatchObject({
      id: ticketIdOf(first),
      number: 1,
      subject: 'Broken lamp',
      contact_id: contactIdOf('carla@customer.test'),
      pipeline: 'Repairs',
      status: 'waiting_on_us',
      priority: 'high',
      category: 'Lights',
      owner_id: ben,
    })
    expect(ticket(second)?.number).toBe(2)
    // Every machine gives the ticket of a thread the same id.
    expect(ticketIdOf(first)).toBe(uuidV5('e94b2a68-1d7c-4b05-9f3e-6a8c0d5e7f1b', first))
  })

  test('none where the inbox does not want them', () => {
    configure({
      tickets: { create: false, pipeline: 'x', status: 'new', priority: 'low', category: '', ownerId: null },
    })
    expect(ticket(ws.mail(channel).threadId)).toBeUndefined()
  })

  test('closing closes both, or only the conversation; new mail opens both', () => {
    const { threadId } = ws.mail(channel, { messageId: 'a@x.test' })
    closeThreads(ws.store, access(), [threadId], 'keep')
    expect([thread(threadId).status, ticket(threadId)?.status]).toEqual(['closed', 'new'])
    ws.mail(channel, { inReplyTo: 'a@x.test' })
    expect([thread(threadId).status, ticket(threadId)?.status]).toEqual(['open', 'waiting_on_us'])
    closeThreads(ws.store, access(), [threadId], 'close')
    expect([thread(threadId).status, ticket(threadId)?.status]).toEqual(['closed', 'closed'])
    expect(ticket(threadId)?.closed_at).toBe(ws.clock.at)
    ws.mail(channel, { inReplyTo: 'a@x.test', automatic: 'auto_reply' })
    expect([thread(threadId).status, ticket(threadId)?.status]).toEqual(['closed', 'closed'])
    ws.mail(channel, { inReplyTo: 'a@x.test' })
    expect([thread(threadId).status, ticket(threadId)?.status]).toEqual(['open', 'waiting_on_us'])
    expect(ticket(threadId)?.closed_at).toBeNull()
  })

  test('closing a conversation that is closed already still closes the ticket that was kept', () => {
    const { threadId } = ws.mail(channel)
    closeThreads(ws.store, access(), [threadId], 'keep')
    closeThreads(ws.store, access(), [threadId], 'close')
    expect(ticket(threadId)?.status).toBe('closed')
  })

  test('opening the conversation again opens its ticket', () => {
    const { threadId } = ws.mail(channel)
    closeThreads(ws.store, access(), [threadId], 'close')
    reopenThreads(ws.store, access(), [threadId])
    expect(ticket(threadId)?.status).toBe('waiting_on_us')
  })

  test('joined conversations keep one ticket: the first that was made', () => {
    const one = ws.mail(channel, { inReplyTo: 'later@x.test' }).threadId
    const two = ws.mail(channel, { messageId: 'two@x.test' }).threadId
    expect([ticket(one)?.number, ticket(two)?.number]).toEqual([1, 2])
    ws.mail(channel, { messageId: 'later@x.test', inReplyTo: 'two@x.test' })
    expect(thread(one).id).toBe(thread(two).id)
    expect(ticket(thread(one).id)?.number).toBe(1)
  })
})
