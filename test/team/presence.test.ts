import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PresenceView } from '../../src/contract/presence.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { BEAT_MS, GONE_MS, Presence, TYPING_MS, type Place } from '../../src/main/engine/team/presence.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

describe('who is where, over time', () => {
  let presence: Presence
  let told: number
  const at = (threadId: string, doing: Place['doing'] = 'viewing', typing = false): Place => ({
    threadId,
    doing,
    typing,
  })

  beforeEach(() => {
    vi.useFakeTimers()
    presence = new Presence({ clock: { now: () => Date.now() } })
    told = 0
    presence.onChange(() => (told += 1))
  })
  afterEach(() => {
    presence.close()
    vi.useRealTimers()
  })

  test('a window that gives signs of life stays, and nobody is told the same twice', () => {
    const window = {}
    for (let beat = 0; beat < 10; beat++) {
      presence.here(window, 'ada', [at('t1')])
      vi.advanceTimersByTime(BEAT_MS)
    }
    expect(presence.people()).toEqual([{ userId: 'ada', threadId: 't1', doing: 'viewing', typing: false }])
    expect(told).toBe(1)
  })

  test('a window that says nothing any more is gone after a while, and that is told', () => {
    presence.here({}, 'ada', [at('t1')])
    vi.advanceTimersByTime(GONE_MS - 1)
    expect(presence.people()).toHaveLength(1)
    expect(told).toBe(1)
    vi.advanceTimersByTime(2)
    expect(presence.people()).toEqual([])
    expect(told).toBe(2)
  })

  test('nobody is there after the machine slept, whatever its timers did', () => {
    presence.here({}, 'ada', [at('t1')])
    vi.setSystemTime(Date.now() + GONE_MS)
    expect(presence.people()).toEqual([])
  })

  test('a window that is closed is gone at once', () => {
    const window = {}
    presence.here(window, 'ada', [at('t1', 'answering', true)])
    presence.leave(window)
    expect(presence.people()).toEqual([])
    expect(told).toBe(2)
  })

  test('whoever goes elsewhere is no longer where they were', () => {
    const window = {}
    presence.here(window, 'ada', [at('t1')])
    presence.here(window, 'ada', [at('t2')])
    expect(presence.people().map(({ threadId }) => threadId)).toEqual(['t2'])
    presence.here(window, 'ada', [])
    expect(presence.people()).toEqual([])
  })

  test('typing ends by itself, being there does not', () => {
    presence.here({}, 'ada', [at('t1', 'answering', true)])
    expect(presence.people()[0]?.typing).toBe(true)
    vi.advanceTimersByTime(TYPING_MS)
    expect(presence.people()).toEqual([{ userId: 'ada', threadId: 't1', doing: 'answering', typing: false }])
    expect(told).toBe(2)
  })

  test('several windows of one user are one person, who does the most that any of them does', () => {
    const [first, second, third] = [{}, {}, {}]
    presence.here(first, 'ada', [at('t1', 'answering')])
    presence.here(second, 'ada', [at('t1', 'viewing'), at('t1', 'commenting', true)])
    presence.here(third, 'ada', [at('t2')])
    expect(presence.people()).toEqual([
      { userId: 'ada', threadId: 't1', doing: 'answering', typing: true },
      { userId: 'ada', threadId: 't2', doing: 'viewing', typing: false },
    ])
    presence.leave(first)
    expect(presence.people()[0]).toMatchObject({ doing: 'commenting', typing: true })
    presence.leave(second)
    expect(presence.people()).toHaveLength(1)
  })
})

describe('who hears of it', () => {
  let ws: Workspace
  let ada: string
  let ben: string
  let board: string
  let threadId: string
  const following: AsyncIterator<unknown>[] = []

  beforeEach(async () => {
    ws = makeWorkspace()
    ada = ws.user('Ada', 'super_admin')
    ben = ws.user('Ben')
    board = ws.inbox('Board', [ada, ben])
    threadId = ws.mail(await ws.channel(board, 'board@acme.test')).threadId
  })
  afterEach(async () => {
    for (const stream of following.splice(0)) await stream.return?.()
    ws.stop()
  })

  /** What a client hears, one word after the other, until one fits. */
  const follow = async (client: TestClient) => {
    const stream = await client.presence.stream({})
    following.push(stream)
    return async (fits: (people: PresenceView[]) => boolean): Promise<PresenceView[]> => {
      for (;;) {
        const { value, done } = await stream.next()
        if (done === true) throw new Error('The stream ended.')
        if (fits(value.people)) return value.people
      }
    }
  }
  const here = (client: TestClient, doing: Place['doing'] = 'viewing', typing = false) =>
    client.presence.here({ places: [{ threadId: threadId as never, doing, typing }] })

  test('colleagues do, at once; nobody hears of themselves, and no commit is made of it', async () => {
    const asAda = await ws.as(ada)
    const asBen = await ws.as(ben)
    const { rev } = await asAda.workspace.get({})
    const ops = ws.store.read.get('SELECT count(*) AS n FROM ops')
    const hear = await follow(asAda)
    await hear((people) => people.length === 0)
    await here(asAda)
    await here(asBen, 'answering', true)
    expect(await hear((people) => people.length > 0)).toEqual([
      { userId: ben, threadId, doing: 'answering', typing: true },
    ])
    expect((await asAda.workspace.get({})).rev).toBe(rev)
    expect(ws.store.read.get('SELECT count(*) AS n FROM ops')).toEqual(ops)
  })

  test('a window disappears with its connection', async () => {
    const hear = await follow(await ws.as(ada))
    const window = ws.connect()
    await window.client.users.signIn({ id: ben as never })
    const own = await follow(window.client)
    await own(() => true)
    await here(window.client)
    await hear((people) => people.length === 1)
    following.pop()
    window.close()
    // The word comes by the end of the connection: the clock of this engine stands still.
    expect(await hear((people) => people.length === 0)).toEqual([])
  })

  test('who cannot see the conversation says nothing there and hears nothing of it', async () => {
    const dora = ws.user('Dora')
    const asDora = await ws.as(dora)
    await expect(here(asDora)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const hear = await follow(asDora)
    await here(await ws.as(ben))
    const open = ws.inbox('Support')
    const other = ws.mail(await ws.channel(open, 'support@acme.test')).threadId
    const asAda = await ws.as(ada)
    await asAda.presence.here({
      places: [
        { threadId: threadId as never, doing: 'viewing' },
        { threadId: other as never, doing: 'viewing' },
      ],
    })
    // Of all that, Dora hears what is in the inbox that she sees.
    expect(await hear((people) => people.length > 0)).toEqual([
      { userId: ada, threadId: other, doing: 'viewing', typing: false },
    ])
  })

  test('whoever loses sight of the inbox is seen there no more, and sees nobody', async () => {
    const asAda = await ws.as(ada)
    const asBen = await ws.as(ben)
    await here(asBen)
    await here(asAda)
    expect(await (await follow(asAda))(() => true)).toHaveLength(1)
    updateInbox(ws.store, accessOf(ws.store.read, ada)!, board, { memberIds: [ada] })
    expect(await (await follow(asAda))(() => true)).toEqual([])
    expect(await (await follow(asBen))(() => true)).toEqual([])
  })

  test('nobody who is not signed in says or hears anything', async () => {
    await here(await ws.as(ben))
    ws.store.write(({ db }) => db.run(`DELETE FROM machine_settings WHERE key = 'me_id'`))
    const { client } = ws.connect()
    await expect(here(client)).rejects.toMatchObject({ code: 'NO_USER' })
    expect(await (await follow(client))(() => true)).toEqual([])
  })
})
