import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TagId, ThreadId, ThreadViewId, UndoId } from '../../src/contract/ids.ts'
import type { ThreadViewSettings } from '../../src/contract/organising.ts'
import type { ThreadFilter, ViewKey } from '../../src/contract/threads.ts'
import { queryOf } from '../../src/main/engine/read/views/own.ts'
import { threadStretch } from '../../src/main/engine/store/queries/thread-queries.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import type { TestClient } from '../support/engine.ts'
import { makeSupport, START, type Workspace } from '../support/workspace.ts'

/** Tags, priority, followers, and views that people make, through the API. */

let ws: Workspace
let ada: string
let ben: string
let support: string
let board: string
let channel: string
let boardChannel: string
let client: TestClient

beforeEach(async () => {
  ;({ ws, ada, ben, support, channel, client } = await makeSupport())
  board = ws.inbox('Board', [ada])
  boardChannel = await ws.channel(board, 'board@acme.test')
})
afterEach(() => ws.stop())

const mail = (init: Parameters<Workspace['mail']>[1] = {}, of = channel) =>
  ws.mail(of, init).threadId as ThreadId
const take = (answer: { undo: UndoId | null }) => client.undo.run({ id: answer.undo! })
const get = (id: ThreadId) => client.threads.get({ id })
const tag = async (name: string, on: ThreadId[] = []) => (await client.tags.create({ name, on })).id
const subjects = async (view: ViewKey, filter: ThreadFilter = {}, by = client) =>
  (await by.threads.list({ view, filter })).rows.map((row) => row.subject)
const countOf = async (view: string, by = client) =>
  (await by.threads.counts({})).counts.find((count) => count.view === view)
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

describe('tags', () => {
  test('made on a conversation at once, and taken back with it', async () => {
    const one = mail()
    const made = await client.tags.create({ name: 'Refund', on: [one] })
    expect((await get(one)).tagIds).toEqual([made.id])
    await take(made)
    expect((await get(one)).tagIds).toEqual([])
    expect(await client.tags.list({})).toEqual([])
  })

  test('one of a name, whatever its case; renamed it makes room', async () => {
    const id = await tag('Refund')
    const refused = await client.tags.create({ name: ' refund ' }).catch((error) => error)
    expect([refused.code, refused.data.id]).toEqual(['CONFLICT', id])
    await client.tags.update({ id, name: 'Money back' })
    const other = await tag('Refund')
    expect(other).not.toBe(id)
    expect(await codeOf(client.tags.update({ id: other, name: 'money BACK' }))).toBe('CONFLICT')
    expect((await client.tags.list({})).map(({ name }) => name)).toEqual(['Money back', 'Refund'])
  })

  test('removed it is off every conversation; taken back or made again it is there again', async () => {
    const one = mail()
    const id = await tag('Refund', [one])
    const removed = await client.tags.remove({ id })
    expect((await get(one)).tagIds).toEqual([])
    expect(await codeOf(client.threads.list({ view: `tag-${id}` }))).toBe('NOT_FOUND')
    await take(removed)
    expect((await get(one)).tagIds).toEqual([id])
    await client.tags.remove({ id })
    expect(await tag('refund')).toBe(id)
    expect((await get(one)).tagIds).toEqual([id])
  })

  test('put on and taken off many at once, and all of that taken back', async () => {
    const [one, two, three] = [mail(), mail(), mail()]
    const [a, b] = [await tag('A', [one]), await tag('B', [one, two])]
    const done = await client.threads.tag({ ids: [one, two, three], add: [a], remove: [b] })
    for (const id of [one, two, three]) expect((await get(id)).tagIds).toEqual([a])
    expect(await client.tags.ofThreads({ ids: [one, two, three] })).toEqual([{ id: a, count: 3 }])
    await take(done)
    expect((await get(one)).tagIds).toEqual([a, b])
    expect((await get(two)).tagIds).toEqual([b])
    expect((await get(three)).tagIds).toEqual([])
    const nothing = await client.threads.tag({ ids: [one], add: [a], remove: [] })
    expect(nothing.undo).toBeNull()
  })

  test('a view of a tag follows what becomes of its conversations', async () => {
    const one = mail({ subject: 'one', messageId: 'one@x.test' })
    const two = mail({ subject: 'two' })
    const id = await tag('Refund', [one, two])
    expect(await subjects(`tag-${id}`)).toEqual(['two', 'one'])
    expect(await countOf(`tag-${id}`)).toEqual({ view: `tag-${id}`, count: 2, capped: false, unread: 2 })
    await client.threads.markRead({ ids: [two], read: true })
    await client.threads.close({ ids: [two] })
    expect(await subjects(`tag-${id}`)).toEqual(['one'])
    expect(await countOf(`tag-${id}`)).toMatchObject({ count: 1, unread: 1 })
    await client.threads.reopen({ ids: [two] })
    ws.mail(channel, { inReplyTo: 'one@x.test', subject: 'Re: one' })
    expect(await subjects(`tag-${id}`)).toEqual(['one', 'two'])
    expect(await countOf(`tag-${id}`)).toMatchObject({ count: 2, unread: 1 })
    await client.threads.snooze({ ids: [one], until: 'reply' })
    expect(await subjects(`tag-${id}`)).toEqual(['two'])
    await client.threads.move({ ids: [two], inboxId: board as never })
    expect(await subjects(`tag-${id}`, {}, await ws.as(ben))).toEqual([])
  })

  test('shown in the rows of lists and of the search, in the order of their names', async () => {
    const one = mail({ subject: 'Invoice' })
    const [b, a] = [await tag('b', [one]), await tag('A', [one])]
    const [row] = (await client.threads.list({ view: 'open' })).rows
    expect(row?.tagIds).toEqual([a, b])
    const found = await client.search.threads({ query: 'invoice' })
    expect(found.rows[0]?.tagIds).toEqual([a, b])
  })

  test('only who may act there puts them on', async () => {
    const secret = mail({}, boardChannel)
    const id = await tag('Refund')
    const asBen = await ws.as(ben)
    expect(await codeOf(asBen.threads.tag({ ids: [secret], add: [id] }))).toBe('NOT_FOUND')
    expect(await codeOf(asBen.tags.create({ name: 'New', on: [secret] }))).toBe('NOT_FOUND')
    expect((await asBen.tags.list({})).map(({ name }) => name)).toEqual(['Refund'])
    expect(await codeOf(asBen.tags.ofThreads({ ids: [secret] }))).toBe('NOT_FOUND')
  })
})

describe('conversations that are shown as one', () => {
  test('have the tags and followers of both; apart again, each has its own', async () => {
    const [one, two] = [mail({ subject: 'one' }), mail({ subject: 'two' })]
    const [a, b] = [await tag('A', [one]), await tag('B', [two])]
    const asBen = await ws.as(ben)
    await asBen.threads.follow({ ids: [two], on: true })
    await client.threads.setPriority({ ids: [two], priority: 'urgent' })
    const merged = await client.grouping.merge({ ids: [one, two], into: one })
    expect((await get(one)).tagIds).toEqual([a, b])
    expect(await subjects(`tag-${b}`)).toEqual(['one'])
    expect(await subjects('following', {}, asBen)).toEqual(['one'])
    // The ticket of the one that stays speaks for both.
    expect((await get(one)).priority).toBe('medium')
    await take(merged)
    expect((await get(one)).tagIds).toEqual([a])
    expect(await get(two)).toMatchObject({ tagIds: [b], priority: 'urgent' })
    expect(await subjects('following', {}, asBen)).toEqual(['two'])
    await client.grouping.merge({ ids: [one, two], into: one })
    const off = await client.threads.tag({ ids: [one], remove: [b] })
    expect((await get(one)).tagIds).toEqual([a])
    await take(off)
    expect((await get(one)).tagIds).toEqual([a, b])
  })
})

describe('priority', () => {
  test('is that of the ticket, whichever of the two is set', async () => {
    const one = mail({ subject: 'one' })
    expect((await get(one)).priority).toBe('medium')
    const done = await client.threads.setPriority({ ids: [one], priority: 'urgent' })
    expect((await client.tickets.ofThread({ threadId: one }))?.priority).toBe('urgent')
    expect((await client.threads.list({ view: 'open' })).rows[0]?.priority).toBe('urgent')
    await take(done)
    expect((await get(one)).priority).toBe('medium')
    const ticket = (await client.tickets.ofThread({ threadId: one }))!
    await client.tickets.update({ id: ticket.id, fields: { priority: 'low' } })
    expect((await get(one)).priority).toBe('low')
    const same = await client.threads.setPriority({ ids: [one], priority: 'low' })
    expect(same.undo).toBeNull()
  })

  test('of a conversation without a ticket is its own, until there is one', async () => {
    await client.inboxSettings.update({
      id: support as never,
      tickets: {
        create: false,
        pipeline: 'x',
        status: 'new',
        priority: 'medium',
        category: '',
        ownerId: null,
      },
    })
    const one = mail()
    expect(await client.tickets.ofThread({ threadId: one })).toBeNull()
    const done = await client.threads.setPriority({ ids: [one], priority: 'high' })
    expect((await get(one)).priority).toBe('high')
    await client.tickets.create({ threadId: one })
    expect((await client.tickets.ofThread({ threadId: one }))?.priority).toBe('high')
    const ticket = (await client.tickets.ofThread({ threadId: one }))!
    await client.tickets.update({ id: ticket.id, fields: { priority: 'urgent' } })
    await take(done)
    expect((await get(one)).priority).toBe('urgent')
    await client.records.remove({ type: 'ticket', ids: [ticket.id] })
    expect((await get(one)).priority).toBe('medium')
  })
})

describe('following', () => {
  test('is everyone’s own, takes no membership, and can be taken back', async () => {
    const one = mail({ subject: 'one' })
    const asBen = await ws.as(ben)
    const done = await asBen.threads.follow({ ids: [one], on: true })
    expect((await asBen.threads.get({ id: one })).following).toBe(true)
    expect((await get(one)).following).toBe(false)
    expect(await subjects('following', {}, asBen)).toEqual(['one'])
    expect(await subjects('following')).toEqual([])
    expect(await countOf('following', asBen)).toMatchObject({ count: 1, unread: 1 })
    await asBen.undo.run({ id: done.undo! })
    expect(await subjects('following', {}, asBen)).toEqual([])
    const reader = await ws.as(ws.user('Rita', 'account_access'))
    const secret = mail({ subject: 'secret' }, boardChannel)
    const follow = await reader.threads.follow({ ids: [secret], on: true })
    expect(await subjects('following', {}, reader)).toEqual(['secret'])
    await reader.undo.run({ id: follow.undo! })
    expect(await codeOf(asBen.threads.follow({ ids: [secret], on: true }))).toBe('NOT_FOUND')
  })

  test('tells of what others say there, and only as long as one sees it', async () => {
    const one = mail({ subject: 'one' })
    const asBen = await ws.as(ben)
    await asBen.threads.follow({ ids: [one], on: true })
    const said = await client.threads.comment({ id: one, text: 'look', mentionIds: [] })
    const own = await asBen.threads.comment({ id: one, text: 'I do', mentionIds: [] })
    const elsewhere = await client.threads.comment({ id: mail(), text: 'no', mentionIds: [] })
    const ids = [said.id, own.id, elsewhere.id]
    expect(await asBen.threads.followedComments({ ids })).toMatchObject([
      { id: said.id, threadId: one, authorId: ada, subject: 'one', text: 'look', mentionsMe: false },
    ])
    expect(await client.threads.followedComments({ ids })).toEqual([])
    await client.threads.move({ ids: [one], inboxId: board as never })
    expect(await asBen.threads.followedComments({ ids })).toEqual([])
  })
})

describe('views that people make', () => {
  const settings = (
    conditions: ThreadViewSettings['conditions'],
    more: Partial<ThreadViewSettings> = {},
  ): ThreadViewSettings => ({ status: 'open', match: 'all', ...more, conditions })
  const view = async (value: ThreadViewSettings, by = client): Promise<ViewKey> => {
    const { id } = await by.threadViews.save({ name: 'V', shared: true, settings: value })
    return `view-${id}`
  }
  const condition = (one: object) => ({ not: false, ...one }) as ThreadViewSettings['conditions'][number]
  const showing = async (conditions: object[], more: Partial<ThreadViewSettings> = {}, by = client) => {
    const key = await view(settings(conditions.map(condition), more), by)
    const found = await subjects(key, {}, by)
    expect(await countOf(key, by)).toMatchObject({ count: found.length, capped: false })
    return found
  }

  test('every condition, and its opposite', async () => {
    const { id: team } = await client.teams.add({ name: 'Second level', memberIds: [ben as never] })
    const old = mail({ subject: 'old', from: 'otto@old.test', minute: -3 * 24 * 60, seen: true })
    const one = mail({ subject: 'one', from: 'Ina@Big.test', attachments: [{ name: 'plan.txt' }] })
    const two = mail({ subject: 'two', from: 'karl@big.test', name: 'Karl Knopf' })
    await client.threads.assign({ ids: [one], assigneeId: ada as never })
    await client.threads.assign({ ids: [two], teamId: team })
    await client.threads.setPriority({ ids: [two], priority: 'high' })
    await client.threads.follow({ ids: [old], on: true })
    const urgent = await tag('Urgent', [one, old])
    ws.clock.at = START + 60 * 60_000
    const cases: [object, string[]][] = [
      [{ on: 'inbox', inboxId: support }, ['two', 'one', 'old']],
      [{ on: 'inbox', inboxId: board }, []],
      [{ on: 'assignee', assignee: 'me' }, ['one']],
      [{ on: 'assignee', assignee: ada }, ['one']],
      [{ on: 'assignee', assignee: 'nobody' }, ['two', 'old']],
      [{ on: 'team', team }, ['two']],
      [{ on: 'team', team: 'none' }, ['one', 'old']],
      [{ on: 'tag', tagId: urgent }, ['one', 'old']],
      [{ on: 'priority', priority: 'high' }, ['two']],
      [{ on: 'priority', priority: 'medium' }, ['one', 'old']],
      [{ on: 'unread' }, ['two', 'one']],
      [{ on: 'attachment' }, ['one']],
      [{ on: 'following' }, ['old']],
      [{ on: 'sender', address: 'INA@big.test' }, ['one']],
      [{ on: 'domain', domain: '@Big.test' }, ['two', 'one']],
      [{ on: 'words', words: 'knopf TWO' }, ['two']],
      [{ on: 'words', words: '%' }, []],
      [{ on: 'older', days: 1 }, ['old']],
      [{ on: 'newer', days: 1 }, ['two', 'one']],
    ]
    const all = ['two', 'one', 'old']
    for (const [one, expected] of cases) {
      expect([one, await showing([one])]).toEqual([one, expected])
      const others = all.filter((subject) => !expected.includes(subject))
      expect([one, await showing([{ ...one, not: true }])]).toEqual([one, others])
    }
    // Each leads the walk, or is looked at along that of another one.
    const access = accessOf(ws.store.read, ada)!
    const found = (match: 'all' | 'any', one: object, other: object, sort: 'newest' | 'oldest') => {
      const value = settings([condition(one), condition(other)], { match })
      const query = queryOf(ws.store.read, access, value, ws.clock.at)
      const { rows } = threadStretch(ws.store.read, query, access.visible, { sort, after: null, limit: 9 })
      return rows.map((row) => row.subject)
    }
    for (const [one, expected] of cases) {
      for (const [other, and] of cases) {
        const both = all.filter((subject) => expected.includes(subject) && and.includes(subject))
        expect([one, other, found('all', one, other, 'newest')]).toEqual([one, other, both])
        const either = all.filter((subject) => expected.includes(subject) || and.includes(subject))
        expect([one, other, found('any', one, other, 'oldest')]).toEqual([one, other, either.toReversed()])
      }
    }
  })

  test('by status', async () => {
    const [one, two] = [mail({ subject: 'one' }), mail({ subject: 'two' })]
    mail({ subject: 'three' })
    await client.threads.close({ ids: [one] })
    await client.threads.snooze({ ids: [two], until: 'reply' })
    expect(await showing([])).toEqual(['three'])
    expect(await showing([], { status: 'closed' })).toEqual(['one'])
    expect(await showing([], { status: 'snoozed' })).toEqual(['two'])
    expect(await showing([], { status: 'any' })).toEqual(['three', 'two', 'one'])
    expect(await showing([{ on: 'unread' }], { status: 'any' })).toEqual(['three', 'two', 'one'])
  })

  test('“me” is whoever looks; of inboxes that somebody does not see they show nothing', async () => {
    const [one, two] = [mail({ subject: 'one' }), mail({ subject: 'two' })]
    mail({ subject: 'secret' }, boardChannel)
    await client.threads.assign({ ids: [one], assigneeId: ben as never })
    await client.threads.assign({ ids: [two], assigneeId: ada as never })
    const asBen = await ws.as(ben)
    const mine = await view(settings([condition({ on: 'assignee', assignee: 'me' })]))
    expect([await subjects(mine), await subjects(mine, {}, asBen)]).toEqual([['two'], ['one']])
    expect(await showing([], {}, asBen)).toEqual(['two', 'one'])
    expect(await showing([{ on: 'inbox', inboxId: board }], {}, asBen)).toEqual([])
  })

  test('a tag that was removed is on nothing', async () => {
    const one = mail({ subject: 'one' })
    const id = await tag('Refund', [one])
    await client.tags.remove({ id })
    expect(await showing([{ on: 'tag', tagId: id }])).toEqual([])
    expect(await showing([{ on: 'tag', tagId: id, not: true }])).toEqual(['one'])
  })

  test('own ones are one’s own; shared ones are everybody’s to change; all of it is taken back', async () => {
    const own = await client.threadViews.save({ name: 'Mine', shared: false, settings: settings([]) })
    const shared = await client.threadViews.save({ name: 'Ours', shared: true, settings: settings([]) })
    const asBen = await ws.as(ben)
    expect((await asBen.threadViews.list({})).map(({ name }) => name)).toEqual(['Ours'])
    expect(await codeOf(asBen.threads.list({ view: `view-${own.id}` }))).toBe('NOT_FOUND')
    expect(await codeOf(asBen.threadViews.remove({ id: own.id }))).toBe('NOT_FOUND')
    const renamed = await client.threadViews.save({
      id: shared.id,
      name: 'All of ours',
      shared: true,
      settings: settings([], { match: 'any' }),
    })
    expect(await client.threadViews.list({})).toMatchObject([{ name: 'Mine' }, { name: 'All of ours' }])
    await take(renamed)
    expect((await client.threadViews.list({}))[1]).toMatchObject({ name: 'Ours', settings: { match: 'all' } })
    // Two change different things of it at once.
    await Promise.all([
      asBen.threadViews.save({ id: shared.id, name: 'Ours still' }),
      client.threadViews.save({ id: shared.id, settings: settings([], { status: 'closed' }) }),
    ])
    expect((await client.threadViews.list({}))[1]).toMatchObject({
      name: 'Ours still',
      ownerId: null,
      settings: { status: 'closed' },
    })
    await asBen.threadViews.save({ id: shared.id, name: 'Ours' })
    const removed = await client.threadViews.remove({ id: own.id })
    expect(await codeOf(client.threads.list({ view: `view-${own.id}` }))).toBe('NOT_FOUND')
    await take(removed)
    expect(await subjects(`view-${own.id}`)).toEqual([])
    const third = await client.threadViews.save({ name: 'Third', shared: true, settings: settings([]) })
    await take(third)
    expect((await client.threadViews.list({})).map(({ name }) => name)).toEqual(['Mine', 'Ours'])
  })

  test('are put into an order', async () => {
    const make = async (name: string) =>
      (await client.threadViews.save({ name, shared: true, settings: settings([]) })).id
    const names = async () => (await client.threadViews.list({})).map(({ name }) => name).join('')
    const [a, b, c] = [await make('a'), await make('b'), await make('c')]
    const moved = await client.threadViews.move({ id: c, before: a })
    expect(await names()).toBe('cab')
    await client.threadViews.move({ id: c, before: b })
    expect(await names()).toBe('acb')
    await client.threadViews.move({ id: a, before: null })
    expect(await names()).toBe('cba')
    expect((await client.threadViews.move({ id: a, before: null })).undo).toBeNull()
    expect((await take(moved)).skipped).toBe(1)
    const gone = 'f0f0f0f0-0000-4000-8000-000000000001' as ThreadViewId
    expect(await codeOf(client.threadViews.move({ id: a, before: gone }))).toBe('NOT_FOUND')
  })
})

describe('the filter of a list', () => {
  test('by tag, priority and team, with what the view asks for', async () => {
    const { id: team } = await client.teams.add({ name: 'Second level', memberIds: [ben as never] })
    const [one, two] = [mail({ subject: 'one' }), mail({ subject: 'two' })]
    mail({ subject: 'three' })
    await client.threads.assign({ ids: [one], assigneeId: ada as never, teamId: team })
    await client.threads.setPriority({ ids: [one, two], priority: 'urgent' })
    const id: TagId = await tag('Refund', [one])
    expect(await subjects('open', { tagId: id })).toEqual(['one'])
    expect(await subjects('unassigned', { tagId: id })).toEqual([])
    expect(await subjects('open', { priority: 'urgent' })).toEqual(['two', 'one'])
    expect(await subjects('open', { priority: 'medium' })).toEqual(['three'])
    expect(await subjects('unassigned', { priority: 'urgent' })).toEqual(['two'])
    expect(await subjects('open', { teamId: team })).toEqual(['one'])
    expect(await subjects('mine', { teamId: team, unread: true })).toEqual(['one'])
    expect(await subjects('mine', { teamId: team, unread: false })).toEqual([])
    expect(await subjects(`inbox-${support as never}`, { teamId: null })).toEqual(['three', 'two'])
    expect(await subjects(`tag-${id}`, { assigneeId: ada as never })).toEqual(['one'])
    expect(await subjects(`tag-${id}`, { assigneeId: null })).toEqual([])
    expect(
      (await client.threads.list({ view: 'open', filter: { tagId: id, unread: false } })).emptyReason,
    ).toBe('no_match')
  })

  test('pages go on where they ended', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => mail({ subject: String(i) }))
    await client.threads.setPriority({ ids, priority: 'high' })
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.threads.list({
        view: 'open',
        filter: { priority: 'high', unread: true },
        limit: 3,
        ...(cursor !== undefined && { cursor }),
      })
      found.push(...page.rows.map((row) => row.subject))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(found).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  })
})
