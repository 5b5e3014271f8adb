import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/contract/events.ts'
import type { CallId, NoteId, TaskId, ThreadId, UserId } from '../../src/contract/ids.ts'
import type { RecordRef } from '../../src/contract/records.ts'
import { contactIdOf } from '../../src/main/engine/store/tables/contacts.ts'
import { ticketOfThread } from '../../src/main/engine/store/tables/tickets.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, START, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let ben: string
let channel: string
let asAda: TestClient
let asBen: TestClient
const carla: RecordRef = { type: 'contact', id: contactIdOf('carla@customer.test') }

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  ben = ws.user('Ben')
  channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
  asAda = await ws.as(ada)
  asBen = await ws.as(ben)
  ws.mail(channel, { subject: 'Order' })
})
afterEach(() => ws.stop())

const entries = async (client: TestClient, record: RecordRef, filters: ('note' | 'call' | 'task')[] = []) =>
  (await client.activities.timeline({ record, filters })).entries

describe('notes', () => {
  test('are written, changed and taken away by their author and admins, and come back', async () => {
    const { id } = await asBen.activities.addNote({ record: carla, text: 'Likes tea' })
    ws.clock.at += 1000
    await asBen.activities.updateNote({ id, text: 'Likes coffee' })
    expect((await entries(asAda, carla, ['note']))[0]!.note).toEqual({
      id,
      record: carla,
      authorId: ben,
      text: 'Likes coffee',
      at: START + 60_000,
      editedAt: START + 61_000,
    })
    const { undo } = await asAda.activities.updateNote({ id, text: null })
    expect(await entries(asAda, carla, ['note'])).toEqual([])
    await expect(asBen.activities.updateNote({ id, text: 'again' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await asAda.undo.run({ id: undo! })
    expect((await entries(asAda, carla, ['note']))[0]!.note!.text).toBe('Likes coffee')
  })

  test('of somebody else are not changed, and the same text is no change', async () => {
    const { id } = await asAda.activities.addNote({ record: carla, text: 'Mine' })
    await expect(asBen.activities.updateNote({ id, text: 'Ours' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('wrote this note'),
    })
    expect((await asAda.activities.updateNote({ id, text: 'Mine' })).undo).toBeNull()
  })

  test('need a record that is there', async () => {
    for (const type of ['contact', 'company', 'deal', 'ticket'] as const) {
      await expect(asAda.activities.addNote({ record: { type, id: ada }, text: 'x' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    }
  })
})

describe('calls', () => {
  test('are logged with outcome and duration, on the record and with their conversation', async () => {
    const { threadId } = ws.mail(channel, { subject: 'Call me' })
    const { id } = await asBen.activities.logCall({
      record: carla,
      direction: 'out',
      number: '+390612345678',
      outcome: 'connected',
      duration: 125,
      text: 'Agreed on Tuesday',
      threadId: threadId as ThreadId,
    })
    const [entry] = await entries(asAda, carla, ['call'])
    expect(entry).toMatchObject({ kind: 'call', actorId: ben, detail: 'connected', threadId })
    expect(entry!.call).toMatchObject({ id, number: '+390612345678', duration: 125, outcome: 'connected' })
    const { undo } = await asBen.activities.updateCall({ id, outcome: 'left_voicemail', duration: 5 })
    expect((await entries(asAda, carla, ['call']))[0]!.call).toMatchObject({
      outcome: 'left_voicemail',
      duration: 5,
    })
    await asBen.undo.run({ id: undo! })
    expect((await entries(asAda, carla, ['call']))[0]!.call).toMatchObject({ duration: 125 })
    await asAda.activities.updateCall({ id, removed: true })
    expect(await entries(asAda, carla, ['call'])).toEqual([])
  })

  test('a number is kept as E.164 where it is one', async () => {
    const number = async (written: string) => {
      await asAda.activities.logCall({ record: carla, direction: 'in', number: written, outcome: 'busy' })
      return (await entries(asAda, carla, ['call']))[0]!.call!.number
    }
    expect(await number('+39 06 1234 5678')).toBe('+390612345678')
    expect(await number('sip:carla@customer.test')).toBe('sip:carla@customer.test')
    expect(await number(' 12 ')).toBe('12')
    expect(await number('')).toBe('')
  })
})

describe('tasks', () => {
  const add = (values: Partial<Parameters<TestClient['activities']['addTask']>[0]> = {}) =>
    asAda.activities.addTask({ record: carla, title: 'Send the offer', ...values })

  test('are one’s own by due date, those without one last, and leave the list when they are done', async () => {
    const later = await add({ dueAt: START + 2000, title: 'later' })
    await add({ title: 'some day', record: null })
    await add({ dueAt: START + 1000, title: 'sooner' })
    await add({ dueAt: START, title: 'for Ben', assigneeId: ben as UserId })
    const titles = async (client: TestClient, done = false) =>
      (await client.activities.myTasks({ done })).tasks.map(({ title }) => title)
    expect(await titles(asAda)).toEqual(['sooner', 'later', 'some day'])
    expect(await titles(asBen)).toEqual(['for Ben'])
    const { undo } = await asAda.activities.updateTask({ id: later.id, done: true })
    expect(await titles(asAda)).toEqual(['sooner', 'some day'])
    expect(await titles(asAda, true)).toEqual(['later'])
    expect((await entries(asBen, carla, ['task'])).map(({ kind, title }) => [kind, title])).toContainEqual([
      'task_done',
      'later',
    ])
    await asAda.undo.run({ id: undo! })
    expect(await titles(asAda)).toEqual(['sooner', 'later', 'some day'])
  })

  test('name their record, and are reminded of when it is time, until that was seen', async () => {
    const { id } = await add({ remindAt: START + 100_000 })
    const due = async () => (await asAda.activities.myTasks({})).reminders.map((task) => task.id)
    expect(await due()).toEqual([])
    ws.clock.at = START + 100_000
    expect(await due()).toEqual([id])
    expect((await asAda.activities.myTasks({})).reminders[0]).toMatchObject({
      recordName: 'Carla Customer',
      record: carla,
    })
    await expect(asBen.activities.dismissReminder({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asAda.activities.dismissReminder({ id })
    expect(await due()).toEqual([])
    await asAda.activities.updateTask({ id, remindAt: START + 200_000 })
    ws.clock.at = START + 200_000
    expect(await due()).toEqual([id])
    await asAda.activities.updateTask({ id, done: true })
    expect(await due()).toEqual([])
  })

  test('without a record are their author’s and their assignee’s', async () => {
    const { id } = await add({ record: null })
    await expect(asBen.activities.updateTask({ id, done: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asAda.activities.updateTask({ id, assigneeId: ben as UserId })
    await asBen.activities.updateTask({ id, done: true })
    await expect(add({ assigneeId: carla.id as UserId })).rejects.toMatchObject({ code: 'BAD_INPUT' })
  })

  test('what is the same is no change; what was taken away is gone, until that is taken back', async () => {
    const { id } = await add()
    expect((await asAda.activities.updateTask({ id, title: 'Send the offer', done: false })).undo).toBeNull()
    const { undo } = await asBen.activities.updateTask({ id, removed: true })
    expect((await asAda.activities.myTasks({})).tasks).toEqual([])
    await expect(asAda.activities.updateTask({ id, done: true })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asBen.undo.run({ id: undo! })
    expect((await asAda.activities.myTasks({})).tasks).toHaveLength(1)
  })
})

describe('on a ticket of an inbox (A1, A2)', () => {
  let ticket: RecordRef
  let asOutsider: TestClient
  let outsider: string
  let note: NoteId
  let call: CallId
  let task: TaskId
  beforeEach(async () => {
    outsider = ws.user('Otto')
    asOutsider = await ws.as(outsider)
    const board = await ws.channel(ws.inbox('Board', [ben]), 'board@acme.test')
    const { threadId } = ws.mail(board, { subject: 'Secret plan' })
    ticket = { type: 'ticket', id: ticketOfThread(ws.store.read, threadId)!.id }
    note = (await asBen.activities.addNote({ record: ticket, text: 'Secret note' })).id
    call = (await asBen.activities.logCall({ record: ticket, direction: 'in', outcome: 'busy' })).id
    task = (await asBen.activities.addTask({ record: ticket, title: 'Secret task' })).id
  })

  test('outsiders see and change nothing; who only reads is told why not', async () => {
    for (const [client, code] of [
      [asOutsider, 'NOT_FOUND'],
      [asAda, 'NOT_ALLOWED'],
    ] as const) {
      const commands = [
        client.activities.addNote({ record: ticket, text: 'x' }),
        client.activities.updateNote({ id: note, text: 'x' }),
        client.activities.logCall({ record: ticket, direction: 'in', outcome: 'busy' }),
        client.activities.updateCall({ id: call, duration: 4 }),
        client.activities.addTask({ record: ticket, title: 'x' }),
        client.activities.updateTask({ id: task, title: 'x' }),
      ]
      for (const done of await Promise.allSettled(commands))
        expect(done).toMatchObject({ status: 'rejected', reason: { code } })
    }
    await expect(asOutsider.activities.timeline({ record: ticket })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const seen = (await entries(asAda, ticket)).map(({ kind }) => kind)
    expect(seen).toEqual(expect.arrayContaining(['note', 'call', 'task', 'email_in', 'ticket_created']))
  })

  test('nobody gets a task on what they cannot see, and what they may see no more is not named', async () => {
    await expect(
      asBen.activities.updateTask({ id: task, assigneeId: outsider as UserId }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('Otto') })
    ws.store.write(({ db }) => db.run('DELETE FROM inbox_members'))
    expect((await asBen.activities.myTasks({})).tasks).toMatchObject([{ record: null, recordName: '' }])
  })

  test('events name it to those who see it', async () => {
    const next = async (client: TestClient) => {
      const stream = await client.events.stream({})
      const event = stream.next()
      return async () => ((await event).value as ChangeEvent).changes
    }
    const [forAda, forOutsider] = [await next(asAda), await next(asOutsider)]
    await asBen.activities.updateNote({ id: note, text: 'changed' })
    await asBen.activities.addNote({ record: carla, text: 'for all' })
    const ids = (changes: { entity: string; ids: string[] | null }[]) =>
      changes.find(({ entity }) => entity === 'activities')?.ids
    expect(ids(await forAda())).toContain(note)
    expect(ids(await forOutsider())).not.toContain(note)
  })
})
