import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { appendOp, applyOp, verifyOps, type Op } from '../../src/main/engine/store/ops.ts'
import { ensureThread } from '../../src/main/engine/store/tables/threads.ts'
import { Store } from '../../src/main/engine/store/store.ts'

let dir: string
let store: Store
const log = pino({ level: 'silent' })

const open = (at: string) => new Store({ dataDir: at, log, clock: { now: () => 1_700_000_000_000 } })

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-ops-'))
  store = open(dir)
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Everything that ops can change, as it is now. */
const state = () =>
  JSON.stringify(
    ['users', 'inboxes', 'inbox_members', 'companies', 'comments', 'comment_mentions'].map((table) =>
      store.read.all(`SELECT * FROM ${table} ORDER BY 1, 2`),
    ),
  )

const reset = () =>
  store.write(({ db }) => {
    for (const table of [
      'comment_mentions',
      'comments',
      'inbox_members',
      'inboxes',
      'users',
      'companies',
      'field_clocks',
      'ops',
    ]) {
      db.run(`DELETE FROM ${table}`)
    }
  })

type Stamped = { hlc: string; op: Op }

const stamp = fc
  .record({
    ms: fc.integer({ min: 0, max: 40 }),
    counter: fc.integer({ min: 0, max: 2 }),
    node: fc.constantFrom('a', 'b'),
  })
  .map(
    ({ ms, counter, node }) =>
      `${ms.toString(16).padStart(12, '0')}-${counter.toString(16).padStart(4, '0')}-${node}`,
  )

const inbox = fc.constantFrom('inbox-1', 'inbox-2')
const user = fc.constantFrom('user-1', 'user-2', 'user-3')
const name = fc.constantFrom('red', 'green', 'blue')
const role = fc.constantFrom('member', 'super_admin')

const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ name }).chain((values) =>
    inbox.map((id): Op => ({
      entity: 'inbox',
      id,
      kind: 'create',
      values: { ...values, access: 'everyone', created_at: 1 },
    })),
  ),
  fc
    .tuple(inbox, fc.constantFrom<'name' | 'access'>('name', 'access'), name)
    .map(([id, field, value]): Op => ({ entity: 'inbox', id, kind: 'set', values: { [field]: value } })),
  fc.tuple(user, name, role).map(([id, value, as]): Op => ({
    entity: 'user',
    id,
    kind: 'create',
    values: { name: value, email: `${id}@x.test`, role: as, created_at: 1 },
  })),
  fc
    .tuple(user, role)
    .map(([id, value]): Op => ({ entity: 'user', id, kind: 'set', values: { role: value } })),
  fc
    .tuple(inbox, user, fc.constantFrom<'add' | 'remove'>('add', 'remove'))
    .map(([id, member, kind]): Op => ({ entity: 'inbox', id, kind, set: 'members', members: [member] })),
)

/** Ops of distinct timestamps, as a hybrid clock gives them out. */
const history = fc
  .uniqueArray(fc.record({ hlc: stamp, op }), { selector: (one) => one.hlc, maxLength: 14 })
  .chain((ops) => fc.tuple(fc.constant(ops), fc.shuffledSubarray(ops, { minLength: ops.length })))

describe('ops', () => {
  test('in any order give the same rows', () => {
    const apply = (ops: readonly Stamped[]) => {
      reset()
      store.write((write) => {
        for (const { hlc, op: one } of ops) applyOp(write, hlc, one)
      })
      return state()
    }
    fc.assert(
      fc.property(history, ([ops, shuffled]) => {
        expect(apply(shuffled)).toBe(apply(ops))
      }),
      { numRuns: 300 },
    )
  })

  test('twice give the same rows as once', () => {
    fc.assert(
      fc.property(history, ([ops]) => {
        reset()
        const apply = () =>
          store.write((write) => {
            for (const { hlc, op: one } of ops) applyOp(write, hlc, one)
          })
        apply()
        const once = state()
        apply()
        expect(state()).toBe(once)
      }),
      { numRuns: 100 },
    )
  })

  test('a later writer wins, whichever came first, and the loser is in the log', () => {
    store.write((write) => {
      appendOp(write, store.hlc, null, {
        entity: 'inbox',
        id: 'i',
        kind: 'create',
        values: { name: 'one', access: 'everyone', created_at: 1 },
      })
    })
    const late = `${'f'.repeat(12)}-0000-b`
    store.write((write) =>
      applyOp(write, late, { entity: 'inbox', id: 'i', kind: 'set', values: { name: 'theirs' } }),
    )
    const won = store.write((write) =>
      appendOp(write, store.hlc, 'ada', { entity: 'inbox', id: 'i', kind: 'set', values: { name: 'mine' } }),
    )
    expect(won).toBe(false)
    expect(store.read.get('SELECT name FROM inboxes')).toEqual({ name: 'theirs' })
    expect(store.read.get<{ change: string }>('SELECT change FROM ops ORDER BY seq DESC')?.change).toContain(
      'mine',
    )
  })

  test('what no op may set is refused, and the transaction with it', () => {
    const setId = () =>
      store.write((write) =>
        appendOp(write, store.hlc, 'ada', { entity: 'user', id: 'u', kind: 'set', values: { id: 'other' } }),
      )
    expect(setId).toThrow(/no field "id"/)
    const inject = () =>
      store.write((write) =>
        appendOp(write, store.hlc, 'ada', {
          entity: 'user',
          id: 'u',
          kind: 'create',
          values: { 'name) VALUES (1); --': 'x' },
        }),
      )
    expect(inject).toThrow(/Not a column/)
    expect(store.read.all('SELECT * FROM ops')).toEqual([])
  })
})

describe('the chain of ops', () => {
  const columns = [
    'id',
    'hlc',
    'actor_id',
    'entity',
    'entity_id',
    'kind',
    'change',
    'at',
    'prev_hash',
    'hash',
  ] as const

  const fill = () => {
    store.write((write) => {
      for (let i = 0; i < 12; i++) {
        appendOp(write, store.hlc, i % 2 ? 'ada' : null, {
          entity: 'inbox',
          id: `i${i}`,
          kind: 'create',
          values: { name: `n${i}`, access: 'everyone', created_at: i },
        })
      }
    })
  }

  test('holds as it was written', () => {
    fill()
    expect(verifyOps(store.read)).toBeNull()
  })

  test('tells where any column of any row was altered', () => {
    fill()
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.constantFrom(...columns), (seq, column) => {
        const row = store.read.get<Record<string, string | number | null>>(
          'SELECT * FROM ops WHERE seq = ?',
          [seq],
        )!
        const altered = column === 'at' ? Number(row.at) + 1 : `${row[column] ?? ''}x`
        store.write(({ db }) => db.run(`UPDATE ops SET ${column} = ? WHERE seq = ?`, [altered, seq]))
        expect(verifyOps(store.read)).toBe(seq)
        store.write(({ db }) =>
          db.run(`UPDATE ops SET ${column} = ? WHERE seq = ?`, [row[column] ?? null, seq]),
        )
      }),
    )
    expect(verifyOps(store.read)).toBeNull()
  })

  test('tells where a row was taken out, but for the last', () => {
    fill()
    store.write(({ db }) => db.run('DELETE FROM ops WHERE seq = 5'))
    expect(verifyOps(store.read)).toBe(6)
  })
})

test('what was decided about a thread before its mail came is applied when it comes', () => {
  store.write((write) => {
    const create = { name: 'x', access: 'everyone', created_at: 1 }
    appendOp(write, store.hlc, null, { entity: 'inbox', id: 'i', kind: 'create', values: create })
    appendOp(write, store.hlc, null, {
      entity: 'channel',
      id: 'c',
      kind: 'create',
      values: {
        kind: 'imap',
        purpose: 'team',
        inbox_id: 'i',
        address: 'a@x.test',
        address_key: 'a@x.test',
        from_name: '',
        created_at: 1,
      },
    })
    appendOp(write, store.hlc, 'ada', {
      entity: 'thread',
      id: 't',
      kind: 'set',
      values: { status: 'closed' },
    })
    // By somebody whom this machine does not know: left out, and no obstacle.
    appendHeldAssignee(write)
    ensureThread(write.db, { id: 't', inbox_id: 'i', channel_id: 'c', root_message_id: 'm' })
  })
  expect(store.read.get('SELECT status, assignee_id FROM threads')).toEqual({
    status: 'closed',
    assignee_id: null,
  })
})

const appendHeldAssignee = (write: Parameters<typeof appendOp>[0]) =>
  appendOp(write, store.hlc, 'ada', {
    entity: 'thread',
    id: 't',
    kind: 'set',
    values: { assignee_id: 'nobody' },
  })
