import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyOp, type Op } from '../../src/main/engine/store/ops.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
beforeEach(() => {
  ws = makeWorkspace()
})
afterEach(() => ws.stop())

const ID = 'comment-1'
const user = fc.constantFrom('user-1', 'user-2')
const kind = fc.constantFrom<'add' | 'remove'>('add', 'remove')
/** What people do with one comment on several machines at once. */
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.constantFrom('one', 'two').map((text): Op => ({
    entity: 'comment',
    id: ID,
    kind: 'create',
    values: { thread_id: 'thread-1', author_id: 'user-1', text, at: 1 },
  })),
  fc.constantFrom('three', 'four').map((text): Op => ({
    entity: 'comment',
    id: ID,
    kind: 'set',
    values: { text, edited_at: 2 },
  })),
  fc.constantFrom(null, 3).map((removed_at): Op => ({
    entity: 'comment',
    id: ID,
    kind: 'set',
    values: { removed_at },
  })),
  fc.tuple(fc.constantFrom('mentions', 'readers'), kind, user).map(([set, what, member]): Op => ({
    entity: 'comment',
    id: ID,
    kind: what,
    set,
    members: [member],
  })),
  fc.constant<Op>({
    entity: 'comment_file',
    id: 'file-1',
    kind: 'create',
    values: { comment_id: ID, name: 'plan.txt', mime_type: 'text/plain', size: 1, hash: '00' },
  }),
  fc.constantFrom(null, 4).map((removed_at): Op => ({
    entity: 'comment_file',
    id: 'file-1',
    kind: 'set',
    values: { removed_at },
  })),
)
const history = fc
  .array(op, { maxLength: 12 })
  .map((ops) => ops.map((one, i) => ({ hlc: `${String(i).padStart(12, '0')}-0000-a`, op: one })))
  .chain((ops) => fc.tuple(fc.constant(ops), fc.shuffledSubarray(ops, { minLength: ops.length })))

test('what is done to a comment gives the same in any order, also before it is here', () => {
  const state = (ops: readonly { hlc: string; op: Op }[]) => {
    ws.store.write((write) => {
      for (const table of ['comments', 'comment_files', 'field_clocks']) write.db.run(`DELETE FROM ${table}`)
      for (const { hlc, op: one } of ops) applyOp(write, hlc, one)
    })
    return ['comments', 'comment_mentions', 'comment_readers', 'comment_files'].map((table) =>
      ws.store.read.all(`SELECT * FROM ${table} ORDER BY 1, 2`),
    )
  }
  fc.assert(
    fc.property(history, ([ops, shuffled]) => {
      const result = state(ops)
      expect(state(shuffled)).toEqual(result)
      // Beside each mention stands whether its reader has seen it.
      const [, mentions, readers] = result as { comment_id: string; user_id: string; is_read: number }[][]
      for (const { user_id, is_read } of mentions!)
        expect(is_read).toBe(Number(readers!.some((reader) => reader.user_id === user_id)))
    }),
    { numRuns: 150 },
  )
})

test('a mention is seen by who has read the comment, whichever is known first', () => {
  const create: Op = {
    entity: 'comment',
    id: ID,
    kind: 'create',
    values: { thread_id: 'thread-1', author_id: 'user-1', text: 'one', at: 1 },
  }
  const ops = (['readers', 'mentions'] as const).map((set): Op => ({
    entity: 'comment',
    id: ID,
    kind: 'add',
    set,
    members: ['user-2'],
  }))
  ws.store.write((write) =>
    [create, ...ops].forEach((one, i) => applyOp(write, `00000000000${i}-0000-a`, one)),
  )
  const unread = () => ws.store.read.all('SELECT user_id FROM comment_mentions WHERE is_read = 0')
  expect(unread()).toEqual([])
  ws.store.write((write) => applyOp(write, '000000000009-0000-a', { ...ops[0]!, kind: 'remove' } as Op))
  expect(unread()).toEqual([{ user_id: 'user-2' }])
})
