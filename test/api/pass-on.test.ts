import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MessageId, TeamId, ThreadId } from '../../src/contract/ids.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { addTeam } from '../../src/main/engine/team/team-actions.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let ben: string
let eva: string
let support: string
let sales: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  ben = ws.user('Ben')
  eva = ws.user('Eva')
  support = ws.inbox('Support', [ada, ben])
  sales = ws.inbox('Sales', [ada, eva])
  channel = await ws.channel(support, 'support@acme.test')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

const team = (name: string, ...memberIds: string[]): TeamId =>
  addTeam(ws.store, ada, { name, memberIds }) as TeamId
const thread = (id: ThreadId) => client.threads.get({ id })
const comments = async (id: ThreadId) =>
  (await thread(id)).items.flatMap((item) => (item.type === 'comment' ? [item.comment.text] : []))

describe('handing a conversation to a team', () => {
  test('moves it where the team works, says so in a comment, and is taken back in one step', async () => {
    const id = ws.mail(channel).threadId as ThreadId
    const sellers = team('Sellers', eva)
    await client.threads.assign({ ids: [id], assigneeId: ben as never })
    await client.threads.close({ ids: [id] })
    const before = await thread(id)
    const [offer] = await client.passOn.teams({ ids: [id] })
    expect(offer).toEqual({ teamId: sellers, inboxIds: [sales], moves: true, refusal: null })
    const done = await client.passOn.handOver({ ids: [id], teamId: sellers, comment: 'For the Sellers.' })
    expect(await thread(id)).toMatchObject({
      inboxId: sales,
      teamId: sellers,
      assigneeId: null,
      status: 'open',
    })
    expect(await comments(id)).toEqual(['For the Sellers.'])
    await client.undo.run({ id: done.undo! })
    expect(await thread(id)).toMatchObject({
      inboxId: support,
      teamId: null,
      assigneeId: ben,
      status: 'closed',
    })
    expect(await comments(id)).toEqual([])
    expect(before.status).toBe('closed')
  })

  test('keeps it where it is when the team works there, and with who is of the team', async () => {
    const id = ws.mail(channel).threadId as ThreadId
    const second = team('Second level', ben)
    await client.threads.assign({ ids: [id], assigneeId: ben as never })
    await client.passOn.handOver({ ids: [id], teamId: second, comment: 'x' })
    expect(await thread(id)).toMatchObject({ inboxId: support, teamId: second, assigneeId: ben })
  })

  test('prefers the inbox that names the team', async () => {
    const id = ws.mail(channel).threadId as ThreadId
    const extra = ws.inbox('Another', [ada, eva])
    const sellers = team('Sellers', eva)
    updateInbox(ws.store, accessOf(ws.store.read, ada)!, sales, { teamIds: [sellers] })
    expect((await client.passOn.teams({ ids: [id] }))[0]?.inboxIds).toEqual([sales])
    expect(extra).not.toBe(sales)
  })

  test('is refused, in words, into an inbox where one may not act, and for a team that works nowhere', async () => {
    const id = ws.mail(channel).threadId as ThreadId
    const sellers = team('Sellers', eva)
    const nobody = team('Nobody')
    const asBen = await ws.as(ben)
    const offers = await asBen.passOn.teams({ ids: [id] })
    for (const { teamId, refusal, inboxIds } of offers) {
      expect(inboxIds).toEqual([])
      // Ben does not see Sales: its name is not told.
      expect(refusal).not.toContain('"Sales"')
      const asked = asBen.passOn.handOver({ ids: [id], teamId, comment: 'x' })
      await expect(asked).rejects.toMatchObject({ code: 'BAD_INPUT', message: refusal })
    }
    expect(offers.map(({ teamId }) => teamId).sort()).toEqual([sellers, nobody].sort())
    expect(await thread(id)).toMatchObject({ inboxId: support, teamId: null })
    expect(await comments(id)).toEqual([])
  })
})

describe('a forward', () => {
  test('lists the files of the original; each can be left out and taken in again', async () => {
    const { messageId } = ws.mail(channel, {
      attachments: [
        { name: 'offer.pdf' },
        { name: 'terms.pdf' },
        { name: 'logo.png', inline: true, contentId: 'logo@x.test' },
      ],
    })
    const draft = await client.drafts.open({ mode: 'forward', sourceMessageId: messageId as MessageId })
    const files = () => client.passOn.files({ draftId: draft.id })
    const [offer] = await files()
    expect((await files()).map(({ name, taken }) => [name, taken])).toEqual([
      ['offer.pdf', true],
      ['terms.pdf', true],
    ])
    await client.drafts.detach({ id: draft.id, attachmentId: offer!.id })
    expect((await files()).map(({ taken }) => taken)).toEqual([false, true])
    expect((await client.drafts.get({ id: draft.id })).attachments.map(({ name }) => name)).not.toContain(
      'offer.pdf',
    )
    await client.drafts.reattach({ id: draft.id, attachmentId: offer!.id })
    expect((await files()).map(({ taken }) => taken)).toEqual([true, true])
    const other = await (
      await ws.as(ben)
    ).passOn
      .files({ draftId: draft.id })
      .catch((error: unknown) => error)
    expect(other).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('mail as files', () => {
  test('a message is saved byte for byte, under a name that is safe on every disk', async () => {
    const { messageId } = ws.mail(channel, { subject: '../../etc/pass\u202ewd:*?.exe\r\nX: y' })
    const { rawUrl } = await client.messages.get({ id: messageId as MessageId })
    const response = await ws.fetch(`${rawUrl}?download`)
    const raw = ws.store.read.get<{ raw_hash: Buffer }>('SELECT raw_hash FROM messages WHERE id = ?', [
      messageId,
    ])!
    expect(Buffer.from(await response.arrayBuffer())).toEqual(
      await ws.store.blobs.get(ws.store.read, raw.raw_hash),
    )
    expect(response.headers.get('content-type')).toBe('message/rfc822')
    const disposition = response.headers.get('content-disposition')!
    expect(disposition).toMatch(
      /^attachment; filename="[^"\\/:*?\r\n]+\.eml"; filename\*=UTF-8''[^/\\]+\.eml$/,
    )
    expect(decodeURIComponent(disposition)).not.toMatch(/\u202e|\.\./)
  })

  test('a conversation is one mbox of all its messages, for whoever sees it only', async () => {
    const { threadId } = ws.mail(channel, { messageId: 'a1@x.test', subject: 'One/Two' })
    ws.mail(channel, { messageId: 'a2@x.test', inReplyTo: 'a1@x.test' })
    const { url } = await client.passOn.mailboxUrl({ id: threadId as ThreadId })
    const response = await ws.fetch(url)
    expect(response.headers.get('content-disposition')).toContain('filename="One_Two.mbox"')
    const text = await response.text()
    expect(text.match(/^From carla@customer\.test \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 2025$/gm)).toHaveLength(
      2,
    )
    expect((await ws.fetch(url, { method: 'POST' })).status).toBe(405)
    const asEva = await ws.as(eva)
    await expect(asEva.passOn.mailboxUrl({ id: threadId as ThreadId })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    // A path that was given out is worth nothing any more once its user may not see the inbox.
    const { url: bens } = await (await ws.as(ben)).passOn.mailboxUrl({ id: threadId as ThreadId })
    updateInbox(ws.store, accessOf(ws.store.read, ada)!, support, { memberIds: [ada] as never[] })
    expect((await ws.fetch(bens)).status).toBe(404)
  })
})
