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
