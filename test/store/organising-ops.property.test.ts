import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyOp, type Op } from '../../src/main/engine/store/ops.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { ensureThread } from '../../src/main/engine/store/tables/threads.ts'

/** What people order conversations by is the same on every machine, in whatever order ops and mail come. */

const THREADS = ['t1', 't2']
const fact = fc.oneof(
  fc.record({
    kind: fc.constantFrom('add' as const, 'remove' as const),
    id: fc.constantFrom(...THREADS),
    set: fc.constantFrom('tags', 'followers'),
    members: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ thread: fc.constantFrom(...THREADS), priority: fc.constantFrom('low', 'urgent', null) }),
  fc.record({ thread: fc.constantFrom(...THREADS), status: fc.constantFrom('open', 'closed') }),
  fc.record({ ticket: fc.constantFrom(...THREADS), priority: fc.constantFrom('high', 'medium') }),
  fc.record({ tag: fc.constantFrom('a', 'b'), removed_at: fc.constantFrom(1, null) }),
)
type Fact = typeof fact extends fc.Arbitrary<infer T> ? T : never

const opOf = (one: Fact): Op => {
  if ('set' in one) return { entity: 'thread', ...one } as Op
  if ('thread' in one) {
    const { thread, ...values } = one
    return { entity: 'thread', id: thread, kind: 'set', values: values as Record<string, string | null> }
  }
  if ('ticket' in one)
    return { entity: 'ticket', id: `k-${one.ticket}`, kind: 'set', values: { priority: one.priority } }
  return { entity: 'tag', id: one.tag, kind: 'set', values: { removed_at: one.removed_at } }
}

/** The clock of the nth op. */
const clockOf = (n: number): string => `${String(n + 1).padStart(15, '0')}-0000-x`

const makings: Op[] = [
  ...THREADS.map((id): Op => ({
    entity: 'ticket',
    id: `k-${id}`,
    kind: 'create',
    values: {
      number: 1,
      thread_id: id === 't1' ? id : null,
      contact_id: null,
      subject: '',
      pipeline: '',
      status: 'new',
      priority: 'low',
      category: '',
      owner_id: null,
      created_at: 0,
      closed_at: null,
    },
  })),
  ...['a', 'b', 'c'].map((id): Op => ({
    entity: 'tag',
    id,
    kind: 'create',
    values: { name: id, color: 'red', created_at: 0 },
  })),
]

let dir: string
let store: Store
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-organising-'))
  store = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: { now: () => 0 } })
  store.write(({ db }) => {
    db.run(`INSERT INTO inboxes (id, name, access, created_at) VALUES ('i', 'I', 'everyone', 0)`)
    db.run(
      `INSERT INTO channels (id, kind, purpose, inbox_id, address, from_name, address_key, created_at)
       VALUES ('c', 'imap', 'team', 'i', 'a@b.test', '', 'a@b.test', 0)`,
    )
  })
})
afterAll(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Takes back all that was done in a transaction, and carries out what was seen there. */
class Seen extends Error {
  readonly rows: unknown
  constructor(rows: unknown) {
    super('seen')
    this.rows = rows
  }
}

/** A machine that hears everything in this order; the mail of the threads comes after `mailAt` of it. @returns its rows */
function machine(order: readonly number[], ops: readonly Op[], mailAt: number): unknown {
  try {
    store.write((write) => {
      const { db } = write
      const mailComes = (): void => {
        for (const id of THREADS)
          ensureThread(db, { id, inbox_id: 'i', channel_id: 'c', root_message_id: id })
      }
      order.forEach((n, i) => {
        if (i === mailAt) mailComes()
        applyOp(write, clockOf(n), ops[n]!)
      })
      if (mailAt >= order.length) mailComes()
      throw new Seen({
        tags: db.all('SELECT * FROM thread_tags ORDER BY thread_id, tag_id'),
        followers: db.all('SELECT * FROM thread_followers ORDER BY thread_id, user_id'),
        threads: db.all('SELECT id, priority, priority_shown, listed_as FROM threads ORDER BY id'),
        names: db.all('SELECT id, name, removed_at FROM tags ORDER BY id'),
      })
    })
  } catch (error) {
    if (error instanceof Seen) return error.rows
    throw error
  }
  return null
}

test('the same ops in any order, before and after the mail, give the same rows', () => {
  const scenario = fc.array(fact, { maxLength: 14 }).chain((facts) => {
    const ops = [...makings, ...facts.map(opOf)]
    const all = ops.map((_, n) => n)
    return fc.record({
      ops: fc.constant(ops),
      order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      mailAt: fc.nat(all.length),
    })
  })
  fc.assert(
    fc.property(scenario, ({ ops, order, mailAt }) => {
      const plain = machine(
        ops.map((_, n) => n),
        ops,
        0,
      )
      expect(machine(order, ops, mailAt)).toEqual(plain)
    }),
    { numRuns: 200 },
  )
}, 60_000)
