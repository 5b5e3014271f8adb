import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommentFileView, CommentView } from '../../src/contract/comments.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let ben: string
let dora: string
let channelId: string
let threadId: never
let asAda: TestClient
let asBen: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  ben = ws.user('Ben')
  dora = ws.user('Dora')
  channelId = await ws.channel(ws.inbox('Board', [ada, ben]), 'board@acme.test')
  threadId = ws.mail(channelId, { subject: 'My lamp blinks' }).threadId as never
  asAda = await ws.as(ada)
  asBen = await ws.as(ben)
})
afterEach(() => ws.stop())

const commentsOf = async (client: TestClient): Promise<CommentView[]> =>
  (await client.threads.get({ id: threadId })).items.flatMap((item) =>
    item.type === 'comment' ? [item.comment] : [],
  )
const upload = async (client: TestClient, name: string, text: string, mimeType = 'text/plain') => {
  const { url } = await client.comments.attachUrl({ threadId, name, mimeType })
  const response = await ws.fetch(url, { method: 'POST', body: text })
  expect(response.status).toBe(201)
  return (await response.json()) as CommentFileView
}

describe('changing one’s own comment', () => {
  test('marks it, keeps what it said before, and is undone', async () => {
    const { id } = await asAda.threads.comment({ id: threadId, text: 'Third this week.' })
    ws.clock.at += 60_000
    const { undo } = await asAda.comments.edit({ id, text: 'Fourth this week.' })
    expect(await commentsOf(asBen)).toMatchObject([{ text: 'Fourth this week.', editedAt: ws.clock.at }])
    expect((await asBen.comments.history({ id })).versions.map(({ text }) => text)).toEqual([
      'Third this week.',
      'Fourth this week.',
    ])
    await asAda.undo.run({ id: undo! })
    expect(await commentsOf(asBen)).toMatchObject([{ text: 'Third this week.', editedAt: null }])
  })

  test('changes whom it mentions; nothing that stays as it is is written', async () => {
    const { id } = await asAda.threads.comment({
      id: threadId,
      text: '@Ben look',
      mentionIds: [ben] as never,
    })
    await asAda.comments.edit({ id, text: 'look' })
    expect((await commentsOf(asBen))[0]).toMatchObject({ mentionIds: [], unread: false })
    const { rev } = await asAda.workspace.get({})
    expect(await asAda.comments.edit({ id, text: 'look' })).toEqual({ rev, undo: null })
  })

  test('is nobody else’s business, an admin’s neither', async () => {
    const { id } = await asBen.threads.comment({ id: threadId, text: 'mine' })
    for (const call of [asAda.comments.edit({ id, text: 'not yours' }), asAda.comments.remove({ id })])
      await expect(call).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await commentsOf(asAda)).toMatchObject([{ text: 'mine', editedAt: null }])
  })
})

describe('removing one’s own comment', () => {
  test('takes it from the conversation and from timelines, with its files, until it is undone', async () => {
    const file = await upload(asAda, 'plan.txt', 'the plan')
    const { id } = await asAda.threads.comment({ id: threadId, text: 'gone soon', fileIds: [file.id] })
    const { undo } = await asAda.comments.remove({ id })
    expect(await commentsOf(asBen)).toEqual([])
    const contactId = (await asAda.threads.get({ id: threadId })).contactId!
    const timeline = () =>
      asAda.activities.timeline({ record: { type: 'contact', id: contactId as never }, filters: ['comment'] })
    expect((await timeline()).entries).toEqual([])
    expect((await ws.fetch(file.url)).status).toBe(404)
    for (const call of [asAda.comments.get({ id }), asAda.comments.history({ id })])
      await expect(call).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asAda.undo.run({ id: undo! })
    expect(await commentsOf(asBen)).toMatchObject([{ text: 'gone soon', files: [{ name: 'plan.txt' }] }])
    expect((await timeline()).entries).toHaveLength(1)
    expect(await (await ws.fetch(file.url)).text()).toBe('the plan')
  })

  test('posting one is taken back too, also after somebody has read it', async () => {
    const { undo } = await asAda.threads.comment({ id: threadId, text: '@Ben', mentionIds: [ben] as never })
    await asBen.comments.markRead({ threadId })
    expect(await asAda.undo.run({ id: undo! })).toMatchObject({ skipped: 0 })
    expect(await commentsOf(asBen)).toEqual([])
  })

  test('nothing is taken back by who may not act there any more', async () => {
    const { undo } = await asBen.threads.comment({ id: threadId, text: 'mine' })
    ws.store.write(({ db }) => db.run('DELETE FROM inbox_members WHERE user_id = ?', [ben]))
    await expect(asBen.undo.run({ id: undo! })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await commentsOf(asAda)).toHaveLength(1)
  })
})

describe('files', () => {
  test('wait in the draft, go with the comment, and have safe names', async () => {
    const file = await upload(asAda, '../../invoice\u202Efdp.exe', 'bytes', 'application/x-msdownload')
    expect(file.name).not.toMatch(/[/\u202E]/)
    expect(file.name).toMatch(/\.exe$/)
    expect(await asAda.comments.draft({ threadId })).toEqual({ text: '', files: [file] })
    await asAda.threads.comment({ id: threadId, text: '', fileIds: [file.id] })
    expect((await asAda.comments.draft({ threadId })).files).toEqual([])
    const [comment] = await commentsOf(asBen)
    expect(comment).toMatchObject({ text: '', files: [{ id: file.id, name: file.name, size: 5 }] })
    const served = await ws.fetch(comment!.files[0]!.url)
    // Whatever it calls itself: what could run is only saved.
    expect(served.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(await served.text()).toBe('bytes')
  })

  test('are the writer’s alone until then', async () => {
    const file = await upload(asAda, 'plan.txt', 'the plan')
    expect((await asBen.comments.draft({ threadId })).files).toEqual([])
    await expect(
      asBen.threads.comment({ id: threadId, text: 'mine?', fileIds: [file.id] }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await asBen.comments.detach({ id: file.id })
    expect((await asAda.comments.draft({ threadId })).files).toHaveLength(1)
    await asAda.comments.detach({ id: file.id })
    expect((await asAda.comments.draft({ threadId })).files).toEqual([])
    expect((await ws.fetch(file.url)).status).toBe(404)
  })

  test('are nobody’s who cannot see the conversation, whenever they got the path', async () => {
    const file = await upload(asAda, 'plan.txt', 'the plan')
    await asAda.threads.comment({ id: threadId, text: 'look', fileIds: [file.id] })
    const path = (await commentsOf(asBen))[0]!.files[0]!.url
    expect((await ws.fetch(path)).status).toBe(200)
    ws.store.write(({ db }) => db.run('DELETE FROM inbox_members WHERE user_id = ?', [ben]))
    expect((await ws.fetch(path)).status).toBe(404)
    const target = await asAda.comments.attachUrl({ threadId, name: 'x', mimeType: 'text/plain' })
    expect((await ws.fetch(target.url.replace(ada, ben), { method: 'POST', body: 'x' })).status).toBe(404)
  })

  test('one can be taken out of a comment, and comes back', async () => {
    const [one, two] = [await upload(asAda, 'one.txt', '1'), await upload(asAda, 'two.txt', '2')]
    const { id } = await asAda.threads.comment({ id: threadId, text: '', fileIds: [one.id, two.id] })
    const { undo } = await asAda.comments.edit({ id, text: '', removeFileIds: [one.id] })
    expect((await commentsOf(asBen))[0]!.files.map(({ name }) => name)).toEqual(['two.txt'])
    expect((await ws.fetch(one.url)).status).toBe(404)
    await expect(asAda.comments.edit({ id, text: '', removeFileIds: [two.id] })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    await asAda.undo.run({ id: undo! })
    expect((await commentsOf(asBen))[0]!.files).toHaveLength(2)
  })

  test('a comment says something', async () => {
    await expect(asAda.threads.comment({ id: threadId, text: '  ' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
  })
})

describe('what is being written', () => {
  test('is kept for its writer and conversation, makes no noise, and ends with the comment', async () => {
    const { rev } = await asAda.workspace.get({})
    await asAda.comments.saveDraft({ threadId, text: 'half a tho' })
    expect((await (await ws.as(ada)).comments.draft({ threadId })).text).toBe('half a tho')
    expect((await asBen.comments.draft({ threadId })).text).toBe('')
    expect((await asAda.workspace.get({})).rev).toBe(rev)
    await asAda.threads.comment({ id: threadId, text: 'half a thought' })
    expect((await asAda.comments.draft({ threadId })).text).toBe('')
  })
})

describe('mentions', () => {
  test('are unread for who is mentioned, until they have seen them', async () => {
    await asAda.threads.comment({ id: threadId, text: '@Ben @Ada', mentionIds: [ben, ada] as never })
    // What one writes oneself is no news.
    expect((await commentsOf(asAda))[0]!.unread).toBe(false)
    expect((await commentsOf(asBen))[0]!.unread).toBe(true)
    await asBen.comments.markRead({ threadId })
    expect((await commentsOf(asBen))[0]!.unread).toBe(false)
  })

  test('are listed and counted, newest first, page by page', async () => {
    const said: string[] = []
    for (const text of ['@Ben one', '@Ben two', '@Ben three']) {
      ws.clock.at += 1000
      said.push((await asAda.threads.comment({ id: threadId, text, mentionIds: [ben] as never })).id)
    }
    await asBen.threads.comment({ id: threadId, text: '@Ada @Ben', mentionIds: [ada, ben] as never })
    const list = (cursor?: string) =>
      asBen.threads.list({ view: 'mentions', limit: 2, ...(cursor && { cursor }) })
    const count = async (client: TestClient) =>
      (await client.threads.counts({})).counts.find(({ view }) => view === 'mentions')
    const first = await list()
    expect(first.rows).toMatchObject([
      { key: said[2], threadId, sender: { name: 'Ada' }, snippet: '@Ben three', unread: true },
      { key: said[1], subject: 'My lamp blinks', snippet: '@Ben two' },
    ])
    expect((await list(first.nextCursor!)).rows.map(({ key }) => key)).toEqual([said[0]])
    expect(await count(asBen)).toMatchObject({ count: 3, unread: 3 })
    await asAda.comments.remove({ id: said[2] as never })
    expect(await count(asBen)).toMatchObject({ count: 2 })
    await asBen.comments.markRead({ threadId })
    expect(await count(asBen)).toMatchObject({ count: 0, unread: 0 })
    expect((await list()).rows.map(({ unread }) => unread)).toEqual([false, false])
    const unread = await asBen.threads.list({ view: 'mentions', filter: { unread: true } })
    expect(unread.rows).toEqual([])
    expect(await count(asAda)).toMatchObject({ count: 1 })
    // Gone from sight, gone from the list.
    ws.store.write(({ db }) => db.run('DELETE FROM inbox_members WHERE user_id = ?', [ben]))
    expect((await list()).rows).toEqual([])
  })

  test('nobody is called to where they see nothing', async () => {
    await expect(
      asAda.threads.comment({ id: threadId, text: '@Dora', mentionIds: [dora] as never }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('Dora cannot see') })
    expect(await commentsOf(asAda)).toEqual([])
  })
})

test('a comment becomes part of no mail: answers, forwards and their quotations', async () => {
  const secret = 'SECRET batch 0417'
  const file = await upload(asAda, 'SECRET.txt', secret)
  await asAda.threads.comment({ id: threadId, text: secret, fileIds: [file.id] })
  await asAda.comments.saveDraft({ threadId, text: secret })
  const messageId = (await asAda.threads.get({ id: threadId })).items.find((item) => item.type === 'message')!
    .message.id
  for (const mode of ['reply', 'reply_all', 'forward'] as const) {
    const draft = await asAda.drafts.open({ mode, sourceMessageId: messageId })
    expect(JSON.stringify(draft)).not.toContain('SECRET')
    const to = [{ name: '', address: 'carla@customer.test' }]
    const { version } = await asAda.drafts.save({
      id: draft.id,
      version: draft.version,
      content: {
        channelId: channelId as never,
        to,
        cc: [],
        bcc: [],
        subject: 'Re: lamp',
        html: '<p>Hello</p>',
      },
    })
    const { outboxId } = await asAda.drafts.send({ id: draft.id, version, undoSeconds: 5 })
    const row = ws.store.read.get<{ raw_hash: Uint8Array }>('SELECT raw_hash FROM outbox WHERE id = ?', [
      outboxId,
    ])
    const raw = (await ws.store.blobs.get(ws.store.read, row!.raw_hash)).toString()
    expect(raw).toContain('Hello')
    expect(raw).not.toContain('SECRET')
    expect(raw).not.toContain(Buffer.from(secret).toString('base64').slice(0, 16))
  }
})
