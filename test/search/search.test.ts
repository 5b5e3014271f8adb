import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ThreadId } from '../../src/contract/ids.ts'
import type { TestClient } from '../support/engine.ts'
import { makeSupport, START, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: string
let ben: string
let channel: string
let client: TestClient

beforeEach(async () => {
  ;({ ws, ada, ben, channel, client } = await makeSupport())
})
afterEach(() => ws.stop())

const found = async (query: string, as: TestClient = client): Promise<string[]> =>
  (await as.search.threads({ query })).rows.map((row) => row.subject)
const id = (text: string) => text as ThreadId

test('finds words in subject, body, people and file names, newest first', async () => {
  ws.mail(channel, { subject: 'one', text: 'The umbrella is late' })
  ws.mail(channel, { subject: 'Umbrella two', text: 'nothing' })
  ws.mail(channel, { subject: 'three', attachments: [{ name: 'umbrella.pdf' }] })
  ws.mail(channel, { subject: 'four', name: 'Ursula Umbrella' })
  ws.mail(channel, { subject: 'five' })
  expect(await found('umbrella')).toEqual(['four', 'three', 'Umbrella two', 'one'])
  expect(await found('umbr')).toHaveLength(4)
  expect(await found('subject:umbrella')).toEqual(['Umbrella two'])
  expect(await found('umbrella -late')).toEqual(['four', 'three', 'Umbrella two'])
})

test('a thread with many hits is one row, that of its newest hit', async () => {
  ws.mail(channel, { subject: 'Order', messageId: 'root@x.test', text: 'umbrella first' })
  ws.mail(channel, { inReplyTo: 'root@x.test', subject: 'Re: Order', text: 'umbrella second' })
  ws.mail(channel, { inReplyTo: 'root@x.test', subject: 'Re: Order', text: 'no such word' })
  const { rows, terms } = await client.search.threads({ query: 'umbrella' })
  expect(rows).toMatchObject([{ subject: 'Order', snippet: 'umbrella second', messageCount: 3 }])
  expect(terms).toEqual(['umbrella'])
})

test.each(['umbrella', 'is:open', 'umbrella is:open', '-missing'])(
  '%s comes page by page, every thread exactly once',
  async (query) => {
    for (let round = 0; round < 3; round++) {
      ws.mails(
        channel,
        Array.from({ length: 30 }, (_, i) =>
          round === 0
            ? { subject: `T${i}`, messageId: `t${i}@x.test`, text: 'umbrella' }
            : { subject: `Re: T${i}`, inReplyTo: `t${(i * 7) % 30}@x.test`, text: 'umbrella again' },
        ),
      )
    }
    const keys: string[] = []
    const times: number[] = []
    let cursor: string | undefined
    do {
      const page = await client.search.threads({ query, cursor, limit: 7 })
      keys.push(...page.rows.map((row) => row.key))
      times.push(...page.rows.map((row) => row.at))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(keys).toHaveLength(30)
    expect(new Set(keys).size).toBe(30)
    expect(times).toEqual([...times].sort((a, b) => b - a))
  },
)

describe('operators', () => {
  test('from: and to: look at who wrote and who received, accents and case aside', async () => {
    ws.mail(channel, { subject: 'in', name: 'Łucja Żółć', from: 'lucja@x.test' })
    ws.mail(channel, { subject: 'out', origin: 'sent', from: 'support@acme.test', to: 'lucja@x.test' })
    expect(await found('from:lucja@x.test')).toEqual(['in'])
    expect(await found('to:lucja@x.test')).toEqual(['out'])
    expect(await found('from:ŻÓŁĆ')).toEqual(['in'])
    expect(await found('-from:lucja@x.test')).toEqual(['out'])
  })

  test('has:, before:, after: and is:', async () => {
    const { threadId } = ws.mail(channel, { subject: 'old', minute: -3 * 24 * 60 })
    ws.mail(channel, { subject: 'file', attachments: [{ name: 'a.txt' }] })
    ws.mail(channel, { subject: 'read', seen: true })
    await client.threads.close({ ids: [id(threadId)] })
    expect(await found('has:attachment')).toEqual(['file'])
    const day = new Date(START)
    const today = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`
    expect(await found(`before:${today}`)).toEqual(['old'])
    expect(await found(`after:${today}`)).toEqual(['read', 'file'])
    expect(await found('is:closed')).toEqual(['old'])
    expect(await found('is:open is:unread')).toEqual(['file'])
    expect(await found('is:read')).toEqual(['read'])
  })

  test('assignee: by name, me and none; in: an inbox or a view', async () => {
    const sales = ws.inbox('Sales')
    const other = await ws.channel(sales, 'sales@acme.test')
    const one = ws.mail(channel, { subject: 'of Ben' })
    const two = ws.mail(channel, { subject: 'of Ada' })
    ws.mail(other, { subject: 'of nobody', to: 'sales@acme.test' })
    await client.threads.assign({ ids: [id(one.threadId)], assigneeId: ben as never })
    await client.threads.assign({ ids: [id(two.threadId)], assigneeId: ada as never })
    expect(await found('assignee:ben')).toEqual(['of Ben'])
    expect(await found('assignee:me')).toEqual(['of Ada'])
    expect(await found('assignee:none')).toEqual(['of nobody'])
    expect(await found('-assignee:none')).toEqual(['of Ada', 'of Ben'])
    expect(await found('in:sales')).toEqual(['of nobody'])
    expect(await found('-in:sales')).toEqual(['of Ada', 'of Ben'])
    expect(await found('in:mine')).toEqual(['of Ada'])
    expect(await found('in:sales in:support')).toEqual([])
  })

  test('what names nobody is a problem, and finds nothing rather than everything', async () => {
    ws.mail(channel)
    const page = await client.search.threads({ query: 'in:moon' })
    expect(page.rows).toEqual([])
    expect(page.problems).toMatchObject([{ text: 'in:moon', message: expect.stringContaining('Support') }])
    expect(await found('assignee:zoe')).toEqual([])
    expect(await found('')).toEqual([])
  })
})

test('hits in inboxes that the user cannot see are not found, nor are their names', async () => {
  const secret = ws.inbox('Board', [ada])
  const hidden = await ws.channel(secret, 'board@acme.test')
  ws.mail(hidden, { subject: 'umbrella secret' })
  ws.mail(channel, { subject: 'umbrella open' })
  const asBen = await ws.as(ben)
  expect(await found('umbrella', asBen)).toEqual(['umbrella open'])
  expect(await found('is:unread', asBen)).toEqual(['umbrella open'])
  const page = await asBen.search.threads({ query: 'in:board' })
  expect(page.rows).toEqual([])
  expect(page.problems[0]?.message).not.toContain('Board')
})
