import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Routing } from '../../src/contract/admin.ts'
import { setAvailability } from '../../src/main/engine/team/user-actions.ts'
import { accessOf } from '../../src/main/engine/team/access.ts'
import { updateInbox } from '../../src/main/engine/team/inbox-settings.ts'
import { closeThreads } from '../../src/main/engine/team/thread-actions.ts'
import { seeded } from '../support/random.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

const PEOPLE = 5
const THREADS = 10_000

let ws: Workspace
let people: string[]
let admin: string
let inbox: string
let channel: string

beforeEach(async () => {
  ws = makeWorkspace()
  admin = ws.user('Sam', 'super_admin')
  people = Array.from({ length: PEOPLE }, (_, i) => ws.user(`Agent${i}`))
  inbox = ws.inbox('Support')
  channel = await ws.channel(inbox, 'support@acme.test')
})
afterEach(() => ws.stop())

const access = () => accessOf(ws.store.read, admin)!

function route(routing: Partial<Routing>): void {
  updateInbox(ws.store, access(), inbox, {
    routing: {
      automatic: true,
      method: 'round_robin',
      userIds: people as Routing['userIds'],
      teamIds: [],
      onlyAvailable: true,
      ...routing,
    },
    tickets: {
      create: false,
      pipeline: 'Support',
      status: 'new',
      priority: 'low',
      category: '',
      ownerId: null,
    },
  })
}

const assigneeOf = (threadId: string): string | null =>
  ws.store.read.get<{ assignee_id: string | null }>('SELECT assignee_id FROM threads WHERE id = ?', [
    threadId,
  ])!.assignee_id

/** One random stream of mail and of people who come and go, in small batches. */
function* stream(
  seed: number,
  replies: boolean,
): Generator<{ threads: string[]; available: ReadonlySet<string> }> {
  const random = seeded(seed)
  const available = new Set(people)
  for (let sent = 0; sent < THREADS / 2;) {
    if (random.chance(0.35)) {
      const one = random.pick(people)
      const goes = available.has(one)
      setAvailability(ws.store, access(), one, goes ? 'away' : 'available')
      if (goes) available.delete(one)
      else available.add(one)
    }
    const size = Math.min(random.int(1, 12), THREADS / 2 - sent)
    const fresh = Array.from({ length: size }, (_, i) => ({
      from: `c${random.int(1, 500)}@customer.test`,
      messageId: `s${sent + i}@customer.test`,
    }))
    const answers =
      replies && sent > 0 && random.chance(0.4)
        ? [
            { inReplyTo: `s${random.int(0, sent - 1)}@customer.test` },
            { inReplyTo: `s${sent}@customer.test` },
          ]
        : []
    const mails = ws.mails(channel, [...fresh, ...answers]).slice(0, size)
    sent += size
    yield { threads: mails.map((mail) => mail.threadId), available: new Set(available) }
  }
}

/** Every thread of the stream was decided about exactly once, and its one assignment says the same. */
function expectOnce(count: number): void {
  const decided = ws.store.read.get<{ n: number; threads: number }>(
    `SELECT count(*) AS n, count(DISTINCT entity_id) AS threads FROM ops WHERE entity = 'routing'`,
  )
  expect(decided).toEqual({ n: count, threads: count })
  const twice = ws.store.read.all(
    `SELECT entity_id FROM ops WHERE entity = 'thread' AND change LIKE '%assignee_id%' GROUP BY entity_id HAVING count(*) > 1`,
  )
  expect(twice).toEqual([])
  const differing = ws.store.read.all(
    'SELECT t.id FROM threads t LEFT JOIN routings r ON r.id = t.id WHERE r.id IS NULL OR r.assignee_id IS NOT t.assignee_id',
  )
  expect(differing).toEqual([])
}

test('in turn: of any two people, while both are available neither is more than one ahead', () => {
  route({ method: 'round_robin' })
  /** For each pair, how far ahead the first is since both have been available, and the extremes of that. */
  const lead = new Map<string, { now: number; low: number; high: number }>()
  let routed = 0
  let unassigned = 0
  for (const { threads, available } of stream(11, true)) {
    for (const key of lead.keys()) {
      const [a, b] = key.split(' ') as [string, string]
      if (!available.has(a) || !available.has(b)) lead.delete(key)
    }
    for (const threadId of threads) {
      const to = assigneeOf(threadId)
      routed += 1
      if (available.size === 0) {
        expect(to).toBeNull()
        unassigned += 1
        continue
      }
      expect(available).toContain(to)
      for (const [i, a] of people.entries()) {
        for (const b of people.slice(i + 1)) {
          if (!available.has(a) || !available.has(b)) continue
          const key = `${a} ${b}`
          const known = lead.get(key) ?? { now: 0, low: 0, high: 0 }
          known.now += Number(to === a) - Number(to === b)
          known.low = Math.min(known.low, known.now)
          known.high = Math.max(known.high, known.now)
          lead.set(key, known)
          expect(known.high - known.low).toBeLessThanOrEqual(1)
        }
      }
    }
  }
  expect(routed).toBe(THREADS / 2)
  // The stream is worth something: there were times without anybody.
  expect(unassigned).toBeGreaterThan(0)
  expectOnce(routed)
}, 120_000)

test('least busy: nobody who is available ever had fewer open conversations', () => {
  route({ method: 'least_open' })
  const random = seeded(99)
  const open = new Map(people.map((id) => [id, new Set<string>()]))
  let routed = 0
  for (const { threads, available } of stream(12, false)) {
    for (const threadId of threads) {
      const to = assigneeOf(threadId)
      routed += 1
      if (available.size === 0) {
        expect(to).toBeNull()
        continue
      }
      const fewest = Math.min(...[...available].map((id) => open.get(id)!.size))
      expect(available).toContain(to)
      expect(open.get(to!)!.size).toBe(fewest)
      open.get(to!)!.add(threadId)
    }
    // Somebody works off some of theirs, so that the numbers differ.
    const worker = random.pick(people)
    const done = [...open.get(worker)!].slice(0, random.int(0, 7))
    if (done.length === 0) continue
    closeThreads(ws.store, access(), done, 'keep')
    for (const id of done) open.get(worker)!.delete(id)
  }
  expectOnce(routed)
}, 120_000)
