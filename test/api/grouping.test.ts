import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MessageId, ThreadId, UndoId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let room: Workspace
let ann: TestClient
let annId: string
let inboxId: string
let channelId: string

beforeEach(async () => {
  room = makeWorkspace()
  annId = room.user('Ann')
  inboxId = room.inbox('Support', [annId])
  channelId = await room.channel(inboxId, 'support@acme.test')
  ann = await room.as(annId)
})
afterEach(() => room.stop())

const id = (text: string) => text as ThreadId
const open = async () => (await ann.threads.list({ view: 'open' })).rows.map((row) => row.subject)
const merge = (into: string, ...others: string[]) =>
  ann.grouping.merge({ ids: [into, ...others].map(id), into: id(into) })
const undo = (one: { undo: UndoId | null }) => ann.undo.run({ id: one.undo! })
const texts = async (threadId: string) =>
  (await ann.threads.get({ id: id(threadId) })).items.flatMap((item) =>
    item.type === 'message' ? [item.message.snippet] : item.type === 'comment' ? [item.comment.text] : [],
  )

describe('merging', () => {
  test('what goes in is in no list, its link leads to the one that stays, and undoing brings all of it back', async () => {
    const a = room.mail(channelId, { subject: 'Invoice', text: 'one', messageId: 'a@x' })
    const b = room.mail(channelId, { subject: 'Invoice again', text: 'two', messageId: 'b@x' })
    await ann.threads.comment({ id: id(b.threadId), text: 'about two' })
    await ann.threads.assign({ ids: [id(b.threadId)], assigneeId: annId as never })
    const merged = await merge(a.threadId, b.threadId)
    expect(merged.threadId).toBe(a.threadId)
    expect(await open()).toEqual(['Invoice'])
    const shown = await ann.threads.get({ id: id(b.threadId) })
    expect(shown).toMatchObject({ id: a.threadId, subject: 'Invoice', messageCount: 2, assigneeId: null })
    expect(await texts(a.threadId)).toEqual(['one', 'two', 'about two'])
    // Later mail of either goes to the one that stays.
    expect(room.mail(channelId, { text: 'three', inReplyTo: 'b@x', messageId: 'b2@x' }).threadId).toBe(
      a.threadId,
    )
    await undo(merged)
    expect(await open()).toEqual(['Invoice again', 'Invoice'])
    expect(await texts(b.threadId)).toEqual(['two', 'about two', 'three'])
    expect((await ann.threads.get({ id: id(b.threadId) })).assigneeId).not.toBeNull()
    expect(await texts(a.threadId)).toEqual(['one'])
  })
})

describe('splitting', () => {
  test('the message and what answers it leave, later answers find their way, and it is put back', async () => {
    const a = room.mail(channelId, { subject: 'Order', text: 'one', messageId: 'a@x' })
    const b = room.mail(channelId, { subject: 'Re: Order', text: 'two', messageId: 'b@x', inReplyTo: 'a@x' })
    room.mail(channelId, { text: 'three', messageId: 'c@x', inReplyTo: 'b@x' })
    const seen = await ann.grouping.splitCandidates({ messageId: b.messageId as MessageId })
    expect(seen.messages.map(({ snippet, suggested }) => [snippet, suggested])).toEqual([
      ['one', false],
      ['two', true],
      ['three', true],
    ])
    const split = await ann.grouping.split({
      messageIds: seen.messages.filter((one) => one.suggested).map((one) => one.id),
    })
    expect(await texts(a.threadId)).toEqual(['one'])
    expect(await texts(split.threadId)).toEqual(['two', 'three'])
    expect(room.mail(channelId, { text: 'four', messageId: 'd@x', inReplyTo: 'c@x' }).threadId).toBe(
      split.threadId,
    )
    expect(room.mail(channelId, { text: 'five', messageId: 'e@x', inReplyTo: 'a@x' }).threadId).toBe(
      a.threadId,
    )
    await ann.grouping.putBack({ id: split.threadId })
    expect(await texts(a.threadId)).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect((await ann.threads.get({ id: split.threadId })).id).toBe(a.threadId)
    expect(await open()).toEqual(['Order'])
  })
})

describe('tags of what is split off', () => {
  const tagged = async (threadId: string) =>
    (await ann.threads.get({ id: id(threadId) })).tagIds.map((tag) => names.get(tag)).sort()
  const names = new Map<string, string>()
  const tag = async (name: string, on: readonly string[]) => {
    const made = await ann.tags.create({ name, on: on.map(id) })
    names.set(made.id, name)
    return made.id
  }

  test('are on both, and neither undoing nor putting back leaves anything of the copy', async () => {
    const a = room.mail(channelId, { subject: 'Order', text: 'one', messageId: 'a@x' })
    const b = room.mail(channelId, { text: 'two', messageId: 'b@x', inReplyTo: 'a@x' })
    const urgent = await tag('Urgent', [a.threadId])
    const lamps = await tag('Lamps', [a.threadId])
    const messageIds = [b.messageId as MessageId]
    const first = await ann.grouping.split({ messageIds })
    expect(await tagged(first.threadId)).toEqual(['Lamps', 'Urgent'])
    await undo(first)
    expect(await tagged(a.threadId)).toEqual(['Lamps', 'Urgent'])

    const again = await ann.grouping.split({ messageIds })
    // Each goes its own way from here on.
    await ann.threads.tag({ ids: [id(again.threadId)], add: [], remove: [urgent] })
    await ann.threads.tag({ ids: [id(a.threadId)], add: [], remove: [lamps] })
    expect(await tagged(again.threadId)).toEqual(['Lamps'])
    expect(await tagged(a.threadId)).toEqual(['Urgent'])
    room.clock.at += 1
    await tag('Late', [again.threadId])
    await ann.grouping.putBack({ id: again.threadId })
    expect(await tagged(a.threadId)).toEqual(['Late', 'Urgent'])
    // What it had then does not come back with it.
    const third = await ann.grouping.split({ messageIds })
    expect(await tagged(third.threadId)).toEqual(['Late', 'Urgent'])
  })

  test('what was taken off a conversation before it was merged stays on the other', async () => {
    const a = room.mail(channelId, { subject: 'Order', messageId: 'a@x' })
    const b = room.mail(channelId, { subject: 'Other', messageId: 'b@x' })
    const urgent = await tag('Urgent', [a.threadId, b.threadId])
    await ann.threads.tag({ ids: [id(b.threadId)], add: [], remove: [urgent] })
    await merge(a.threadId, b.threadId)
    expect(await tagged(a.threadId)).toEqual(['Urgent'])
    await ann.threads.tag({ ids: [id(a.threadId)], add: [], remove: [urgent] })
    expect(await tagged(a.threadId)).toEqual([])
  })
})

describe('a ticket that came with what was merged', () => {
  test('follows the conversation that it speaks for, until it is taken apart again', async () => {
    room.store.write(({ db }) => db.run('UPDATE inboxes SET ticket_create = 0'))
    const a = room.mail(channelId, { subject: 'Order', messageId: 'a@x' })
    const b = room.mail(channelId, { subject: 'Other', messageId: 'b@x' })
    await ann.tickets.create({ threadId: id(b.threadId) })
    const told = async (threadId: string) => {
      const ticket = await ann.tickets.ofThread({ threadId: id(threadId) })
      return ticket && [ticket.status, ticket.ownerId, ticket.priority]
    }
    const before = await told(b.threadId)
    await merge(a.threadId, b.threadId)
    expect(await told(a.threadId)).toEqual(before)
    await ann.threads.assign({ ids: [id(a.threadId)], assigneeId: annId as never })
    const closed = await ann.threads.close({ ids: [id(a.threadId)] })
    expect(await told(a.threadId)).toEqual(['closed', annId, 'medium'])
    await undo(closed)
    expect(await told(a.threadId)).toEqual([before![0], annId, 'medium'])
    await ann.threads.close({ ids: [id(a.threadId)] })
    // What somebody says of the ticket itself is said of it.
    const ticket = await ann.tickets.ofThread({ threadId: id(a.threadId) })
    await ann.tickets.update({ id: ticket!.id, fields: { priority: 'high' } })
    await ann.grouping.takeApart({ id: id(b.threadId) })
    expect(await told(b.threadId)).toEqual([before![0], before![1], 'high'])
    expect((await ann.threads.get({ id: id(b.threadId) })).status).toBe('open')
    expect((await ann.threads.get({ id: id(a.threadId) })).status).toBe('closed')
    expect(await told(a.threadId)).toBeNull()
  })
})

describe('the history', () => {
  test('tells who did what, and shows the conversation as it was at any of these moments', async () => {
    const a = room.mail(channelId, { subject: 'Order', text: 'one', messageId: 'a@x' })
    const b = room.mail(channelId, { subject: 'Other', text: 'two', messageId: 'b@x' })
    const later = () => void (room.clock.at += 60_000)
    later()
    await ann.threads.assign({ ids: [id(a.threadId)], assigneeId: annId as never })
    later()
    await ann.threads.comment({ id: id(a.threadId), text: 'a word' })
    later()
    const merged = await merge(a.threadId, b.threadId)
    later()
    await ann.threads.close({ ids: [id(a.threadId)] })
    later()
    await undo(merged)
    const { entries } = await ann.history.list({ id: id(a.threadId) })
    expect(entries.map(({ kind, text }) => [kind, text])).toEqual([
      ['taken_apart_here', 'Other'],
      ['closed', ''],
      ['merged_here', 'Other'],
      ['commented', 'a word'],
      ['assigned', ''],
      ['mail_in', 'one'],
    ])
    expect(entries.map((entry) => entry.actorId)).toEqual([...entries.slice(0, -1).map(() => annId), null])
    const at = async (kind: string) => {
      const { moment } = entries.find((entry) => entry.kind === kind)!
      const state = await ann.history.at({ id: id(a.threadId), moment })
      return {
        status: state.status,
        assigned: state.assigneeId !== null,
        messages: state.messages.map((message) => message.snippet),
        comments: state.comments.map((comment) => comment.text),
      }
    }
    expect(await at('mail_in')).toEqual({ status: 'open', assigned: false, messages: ['one'], comments: [] })
    expect(await at('assigned')).toMatchObject({ assigned: true, comments: [] })
    expect(await at('merged_here')).toEqual({
      status: 'open',
      assigned: true,
      messages: ['one', 'two'],
      comments: ['a word'],
    })
    expect(await at('closed')).toMatchObject({ status: 'closed', messages: ['one', 'two'] })
    expect(await at('taken_apart_here')).toMatchObject({ status: 'closed', messages: ['one'] })
    // The other one tells its side.
    const other = (await ann.history.list({ id: id(b.threadId) })).entries.map(({ kind }) => kind)
    expect(other).toEqual(['taken_apart', 'merged', 'mail_in'])
  })

  test('says when the log was altered outside of it', async () => {
    const a = room.mail(channelId)
    await ann.threads.close({ ids: [id(a.threadId)] })
    await ann.threads.reopen({ ids: [id(a.threadId)] })
    expect(await ann.history.check({})).toMatchObject({ broken: null })
    const altered = room.store.write(({ db }) => {
      const row = db.get<{ seq: number }>(
        `SELECT seq FROM ops WHERE change LIKE '%closed%' ORDER BY seq DESC`,
      )!
      db.run(`UPDATE ops SET actor_id = 'somebody else' WHERE seq = ?`, [row.seq])
      return row.seq
    })
    expect((await ann.history.check({})).broken?.seq).toBe(altered)
  })
})
