import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DomainError } from '../../src/main/engine/lib/domain-error.ts'
import { stateOf } from '../../src/main/engine/store/grouping/structure.ts'
import { splitById, splitMessages } from '../../src/main/engine/store/queries/grouping.ts'
import { applyOp, type Op } from '../../src/main/engine/store/ops.ts'
import { runUndo } from '../../src/main/engine/store/undo.ts'
import { accessOf, type Access } from '../../src/main/engine/team/access.ts'
import { commentOnThread } from '../../src/main/engine/team/comment-actions.ts'
import { tagThreads } from '../../src/main/engine/team/organising-actions.ts'
import { createTag } from '../../src/main/engine/team/tag-actions.ts'
import { tagsOfThreads } from '../../src/main/engine/store/tables/tags.ts'
import {
  mergeThreads,
  putBack,
  settleReturned,
  splitThread,
  takeApart,
} from '../../src/main/engine/team/grouping-actions.ts'
import {
  assignThreads,
  closeThreads,
  reopenThreads,
  snoozeThreads,
} from '../../src/main/engine/team/thread-actions.ts'
import { seeded, type Random } from '../support/random.ts'
import { makeWorkspace, START, type Workspace } from '../support/workspace.ts'

/*
 * Random histories of mail, people's work and mistakes, each on a mailbox of its own. The same is done on a second mailbox
 * without the mistakes; when they are taken back, both hold the same.
 */

type Step =
  | { do: 'mail'; answers: number; out: boolean; live: boolean }
  | { do: 'close' | 'reopen' | 'assign' | 'snooze' | 'comment' | 'tag'; at: number }
  | { do: 'merge'; at: number; others: number[] }
  | { do: 'split'; at: number; messages: number[] }
  | { do: 'undo' | 'apart' | 'back'; at: number }

const at = fc.nat({ max: 99 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('mail' as const),
      // Beyond what was sent so far: an answer that comes before what it answers.
      answers: fc.integer({ min: -3, max: 14 }),
      out: fc.boolean(),
      live: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'close' as const,
        'reopen' as const,
        'assign' as const,
        'snooze' as const,
        'comment' as const,
      ),
      at,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      at,
      others: fc.array(at, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('split' as const),
      at,
      messages: fc.array(at, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('undo' as const, 'apart' as const, 'back' as const),
      at,
    }),
  },
)

/** What concerns tags, and nothing else. */
const tagStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('mail' as const),
      answers: fc.integer({ min: -2, max: 8 }),
      out: fc.constant(false),
      live: fc.constant(true),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tag' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      at,
      others: fc.array(at, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('split' as const),
      at,
      messages: fc.array(at, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('undo' as const, 'apart' as const, 'back' as const),
      at,
    }),
  },
)

let room: Workspace
let user: string
let access: Access
let inboxes: { tickets: string; plain: string }
let tags: string[]
/** What every history left behind, for the second machine. */
const mailed: { channelId: string; init: Parameters<Workspace['mail']>[1] }[] = []

beforeAll(() => {
  room = makeWorkspace()
  // The disk is not what is tested here.
  const { store } = room
  store.write = (work) => Object.getPrototypeOf(store).write.call(store, work)
  user = room.user('Ann')
  inboxes = { tickets: room.inbox('With tickets'), plain: room.inbox('Without') }
  access = accessOf(room.store.read, user)!
  tags = ['Urgent', 'Lamps'].map((name) => createTag(store, access, { name, on: [] }).id)
  store.write(({ db }) => {
    db.run('UPDATE inboxes SET ticket_create = (id = ?)', [inboxes.tickets])
  })
})
afterAll(() => room.stop())

type Box = { channelId: string; isReal: boolean }

const rows = <T>(sql: string, ...params: (string | number | null)[]): T[] =>
  room.store.read.all<T>(sql, params)

/** Every conversation of a mailbox as people see it, by what it holds. */
function seen({ channelId }: Box): unknown {
  type Thread = { id: string }
  return rows<Thread & Record<string, unknown>>('SELECT * FROM threads WHERE channel_id = ?', channelId)
    .map(({ id, ...thread }) => ({
      ...Object.fromEntries(
        [
          'subject',
          'snippet',
          'sender_address',
          'status',
          'assignee_id',
          'team_id',
          'inbox_id',
          'first_at',
          'sort_at',
          'message_count',
          'unread_count',
          'snoozed_until_reply',
          'root_message_id',
        ].map((field) => [field, thread[field]]),
      ),
      // Of a closed one it says nothing.
      snoozed: thread['status'] === 'open' ? thread['snoozed_until'] : null,
      messages: rows<{ message_id: string }>(
        'SELECT message_id FROM messages WHERE thread_id = ? ORDER BY rowid',
        id,
      ).map((row) => row.message_id),
      comments: rows<{ text: string }>(
        'SELECT text FROM comments WHERE thread_id = ? ORDER BY at, id',
        id,
      ).map((row) => row.text),
      tickets: rows(
        'SELECT subject, status, owner_id, created_at, closed_at IS NULL AS open, spoken_for FROM tickets WHERE thread_id = ? ORDER BY created_at, subject',
        id,
      ),
    }))
    .sort((a, b) => (String(a.messages) < String(b.messages) ? -1 : 1))
}

/** The tags of every conversation of a mailbox, by the mail that it holds. */
const tagsSeen = (box: Box): unknown =>
  threadsOf(box)
    .map((id) => ({
      messages: rows<{ message_id: string }>(
        'SELECT message_id FROM messages WHERE thread_id = ? ORDER BY rowid',
        id,
      ).map((row) => row.message_id),
      tags: (tagsOfThreads(room.store.read, [id]).get(id) ?? []).toSorted(),
    }))
    .sort((a, b) => (String(a.messages) < String(b.messages) ? -1 : 1))

const threadsOf = ({ channelId }: Box): string[] =>
  rows<{ id: string }>('SELECT id FROM threads WHERE channel_id = ? ORDER BY root_message_id', channelId).map(
    (row) => row.id,
  )

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length]

/** What may be refused is no mistake of the program. */
function attempt<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

let serial = 0

/** Does a history on a mailbox, and without its mistakes on another one; then takes the mistakes back. */
async function live(
  steps: readonly Step[],
  inboxId: string,
  takenBack = true,
): Promise<{ real: Box; other: Box }> {
  serial += 1
  const real = { channelId: await room.channel(inboxId, `real${serial}@acme.test`), isReal: true }
  const other = { channelId: await room.channel(inboxId, `other${serial}@acme.test`), isReal: false }
  const { store } = room
  access = accessOf(store.read, user)!
  let sent = 0
  const mistakes: string[] = []
  const several = new Set<string>()

  /** What of the other mailbox stands for a conversation; null for what was split off. */
  const counterpart = (threadId: string): string | null => {
    const messages = rows<{ message_id: string }>(
      `SELECT message_id FROM messages WHERE thread_id = ? AND coalesce(part_id, thread_id) = ?
         AND coalesce(origin_id, thread_id) = ? LIMIT 1`,
      threadId,
      threadId,
      threadId,
    )
    return messages[0] ? threadOfMail(messages[0].message_id) : null
  }
  const threadOfMail = (messageId: string): string =>
    rows<{ thread_id: string }>(
      'SELECT thread_id FROM messages WHERE channel_id = ? AND message_id = ?',
      other.channelId,
      messageId,
    )[0]!.thread_id

  for (const one of steps) {
    room.clock.at += 60_000
    const threads = threadsOf(real)
    const threadId = 'at' in one ? pick(threads, one.at) : undefined
    if (one.do === 'mail') {
      sent += 1
      // Every conversation has its ticket from the start, or none: whoever merges one with a ticket into one without works on that.
      const isLive = one.live || inboxId === inboxes.tickets
      const isOut = one.out && inboxId === inboxes.plain
      // What people said about a thread names it by the root that it had then (I3): on one machine that may change later.
      const isKnown = takenBack || one.answers + 1 < sent
      const answers = one.answers < 0 || !isKnown ? undefined : `h${serial}-${one.answers + 1}@x`
      const init = {
        serial: 1_000_000 + serial * 1000 + sent,
        messageId: `h${serial}-${sent}@x`,
        ...(answers && answers !== `h${serial}-${sent}@x` ? { inReplyTo: answers } : {}),
        subject: `Subject ${sent}`,
        text: `Mail ${serial}-${sent}`,
        // History that is read for the first time came long ago, and opens nothing.
        minute: isLive ? (room.clock.at - START) / 60_000 : sent,
        origin: isOut ? ('sent' as const) : ('inbox' as const),
        from: isOut ? 'support@acme.test' : 'carla@customer.test',
        live: isLive,
      }
      for (const { channelId } of [real, other]) room.mail(channelId, init)
      mailed.push({ channelId: real.channelId, init })
      continue
    }
    if (one.do === 'undo') {
      const id = pick(mistakes, one.at)
      if (id) attempt(() => undo(id))
      continue
    }
    if (threadId === undefined) continue
    switch (one.do) {
      case 'merge': {
        const ids = one.others.flatMap((n) => pick(threads, n) ?? [])
        // The ticket of what is merged into something without one speaks for that: what is done to it then was done to it.
        if (inboxId === inboxes.tickets && splitById(store.read, threadId)) break
        const done = attempt(() => mergeThreads(store, access, ids, threadId))
        if (done?.undo) mistakes.push(done.undo)
        if (done && new Set(ids).size > 1) for (const id of ids) several.add(id)
        break
      }
      case 'split': {
        const messages = rows<{ id: string }>(
          'SELECT id FROM messages WHERE thread_id = ? ORDER BY rowid',
          threadId,
        )
        const ids = new Set(one.messages.flatMap((n) => pick(messages, n)?.id ?? []))
        const done = attempt(() => splitThread(store, access, [...ids]))
        if (done?.undo) mistakes.push(done.undo)
        break
      }
      case 'apart': {
        const merged = rows<{ alias_id: string }>(
          'SELECT alias_id FROM thread_aliases WHERE thread_id = ? ORDER BY alias_id',
          threadId,
        )
        const part = pick(merged, one.at)
        // What several were merged into in one go stays open while one of them is there.
        if (part && !several.has(part.alias_id)) attempt(() => takeApart(store, access, part.alias_id))
        break
      }
      case 'back':
        attempt(() => putBack(store, access, threadId))
        break
      case 'tag': {
        const split = splitById(store.read, threadId)
        const seed =
          split &&
          rows<{ message_id: string }>('SELECT message_id FROM messages WHERE id = ?', split.seed_id)[0]
        // What is taken off what was split off is off that alone; what is put on goes along when it is put back.
        const theirs = seed ? threadOfMail(seed.message_id) : counterpart(threadId)
        const tag = tags[one.at % 2]!
        const isOn = one.at % 3 > 0
        // Nobody puts on what is there already, were it because of a mistake.
        if ((tagsOfThreads(store.read, [threadId]).get(threadId) ?? []).includes(tag) === isOn) break
        for (const id of [threadId, ...(theirs === null || (seed && !isOn) ? [] : [theirs])])
          tagThreads(store, access, [id], isOn ? { add: [tag], remove: [] } : { add: [], remove: [tag] })
        break
      }
      case 'comment': {
        const text = `Comment at ${room.clock.at}`
        const split = splitById(store.read, threadId)
        const seed =
          split &&
          rows<{ message_id: string }>('SELECT message_id FROM messages WHERE id = ?', split.seed_id)[0]
        const theirs = seed ? threadOfMail(seed.message_id) : counterpart(threadId)
        for (const id of [threadId, theirs!]) commentOnThread(store, access, id, { text, mentionIds: [] })
        break
      }
      default: {
        const theirs = counterpart(threadId)
        const isSplit = splitById(store.read, threadId) !== undefined
        const isHolding = rows('SELECT 1 FROM thread_aliases WHERE thread_id = ?', threadId).length > 0
        if (theirs === null && !isSplit) break
        if (isSplit && isHolding) break
        // Nobody opens what is open already, were it because of a mistake.
        if (one.do === 'reopen' && stateOf(store.read, threadId).status === 'open') break
        for (const id of [threadId, ...(theirs === null ? [] : [theirs])]) {
          if (one.do === 'close') closeThreads(store, access, [id], 'close')
          if (one.do === 'reopen') reopenThreads(store, access, [id])
          if (one.do === 'assign')
            assignThreads(store, access, [id], { assigneeId: one.at % 2 ? user : null })
          if (one.do === 'snooze') snoozeThreads(store, access, [id], room.clock.at + 1e9)
        }
        break
      }
    }
  }
  if (!takenBack) return { real, other }
  room.clock.at += 60_000
  for (const id of mistakes.reverse()) attempt(() => undo(id))
  // What was done again after it was taken back once, or is left because somebody changed it since.
  for (const id of threadsOf(real)) {
    const split = splitById(store.read, id)
    if (split && splitMessages(store.read, split.seed_id).length > 0) putBack(store, access, id)
  }
  for (let left = true; left;) {
    const [part] = rows<{ id: string }>(
      `SELECT p.id FROM thread_parts p JOIN thread_aliases a ON a.alias_id = p.id JOIN threads t ON t.id = a.thread_id
       WHERE t.channel_id = ? AND EXISTS (SELECT 1 FROM messages WHERE part_id = p.id)`,
      real.channelId,
    )
    left = part !== undefined && attempt(() => takeApart(store, access, part.id)) !== null
  }
  return { real, other }
}

function undo(id: string): void {
  const returned: string[] = []
  runUndo(
    room.store,
    { id: user, seesToOthers: false },
    id,
    (_db, entity, row, to) => {
      if (entity === 'message' && to.has('split_root')) returned.push(row)
    },
    (write) => settleReturned(write, room.store, returned),
  )
}

test.each(['plain', 'tickets'] as const)(
  'after merges, splits and their undoing, threads, comments and tickets are as if none had ever been (%s)',
  { timeout: 120_000 },
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 28 }), async (steps) => {
        const { real, other } = await live(steps, inboxes[kind])
        expect(seen(real)).toEqual(seen(other))
        // Nothing points to where it is not.
        expect(
          rows('SELECT 1 FROM messages WHERE part_id IS NOT NULL AND channel_id = ?', real.channelId),
        ).toEqual([])
      }),
      { numRuns: Number(process.env['GROUPING_RUNS'] ?? 100), seed: 7 },
    )
  },
)

const mail = (answers = -1, live = true): Step => ({ do: 'mail', answers, out: false, live })

/** What random histories found, the fewest steps of each. Two conversations at least; what is closed has the other merged into it. */
const found: [name: string, kind: 'plain' | 'tickets', steps: Step[]][] = [
  [
    'somebody snoozed what only the merge had opened',
    'plain',
    [mail(), { do: 'close', at: 0 }, mail(), { do: 'merge', at: 0, others: [1] }, { do: 'snooze', at: 0 }],
  ],
  [
    'the same, and mail came for what was merged into it',
    'plain',
    [
      mail(),
      { do: 'close', at: 0 },
      mail(),
      { do: 'merge', at: 0, others: [1] },
      { do: 'snooze', at: 0 },
      mail(1),
    ],
  ],
  [
    'somebody snoozed it, and its ticket was closed',
    'tickets',
    [mail(), { do: 'close', at: 0 }, mail(), { do: 'merge', at: 0, others: [1] }, { do: 'snooze', at: 0 }],
  ],
  [
    'mail came whose headers put what the merge had opened into a thread of another id',
    'tickets',
    // The first answers the third, which is not here yet and answers the first.
    [mail(2), { do: 'close', at: 0 }, mail(), { do: 'merge', at: 1, others: [0] }, mail(0)],
  ],
  [
    'mail came that the merge had opened it for, then some whose headers join the two',
    'plain',
    // The second answers the last one; that answers the first.
    [
      mail(-1, false),
      mail(3, false),
      { do: 'merge', at: 1, others: [0] },
      { do: 'close', at: 0 },
      mail(0),
      mail(0),
    ],
  ],
  [
    'it was snoozed before the merge woke it and closed after, and mail came for what was split off then',
    'plain',
    [
      mail(0, false),
      mail(9, false),
      { do: 'snooze', at: 0 },
      { do: 'merge', at: 0, others: [45] },
      { do: 'close', at: 0 },
      { do: 'split', at: 0, messages: [0] },
      mail(0),
      { do: 'close', at: 0 },
    ],
  ],
]
test.each(found)('as if none had ever been: %s (%s)', async (_name, kind, steps) => {
  const { real, other } = await live(steps, inboxes[kind])
  expect(seen(real)).toEqual(seen(other))
})

test(
  'the tags of what was split off are a copy, and nothing of it is left when it is put back',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tagStep, { minLength: 5, maxLength: 24 }), async (steps) => {
        const { real, other } = await live(steps, inboxes.plain)
        expect(tagsSeen(real)).toEqual(tagsSeen(other))
      }),
      { numRuns: Number(process.env['GROUPING_RUNS'] ?? 100), seed: 7 },
    )
  },
)

test(
  'a second machine that hears of all this in any order ends with the same',
  { timeout: 240_000 },
  async () => {
    const steps = [
      ...fc.sample(fc.array(step, { minLength: 8, maxLength: 28 }), { numRuns: 60, seed: 11 }),
      ...fc.sample(fc.array(tagStep, { minLength: 8, maxLength: 28 }), { numRuns: 20, seed: 11 }),
    ]
    const first = mailed.length
    for (const history of steps) await live(history, inboxes.plain, false)
    const random = seeded(5)
    const channels = new Set(mailed.slice(first).map(({ channelId }) => channelId))
    const set = [...channels].map((id) => `'${id}'`).join(', ')
    const threads = new Set(
      rows<{ id: string }>(
        `SELECT id FROM threads WHERE channel_id IN (${set}) UNION SELECT id FROM thread_parts WHERE channel_id IN (${set})
       UNION SELECT s.id FROM thread_splits s JOIN messages m ON m.id = s.seed_id WHERE m.channel_id IN (${set})
       UNION SELECT alias_id FROM thread_aliases a JOIN threads t ON t.id = a.thread_id WHERE t.channel_id IN (${set})`,
      ).map(({ id }) => id),
    )
    type LogRow = {
      seq: number
      hlc: string
      entity: string
      entity_id: string
      kind: string
      change: string
    }
    const ops = rows<LogRow>('SELECT * FROM ops ORDER BY seq')
    const isOurs = (op: LogRow): boolean =>
      (op.entity === 'thread' && threads.has(op.entity_id)) ||
      (op.entity === 'comment' &&
        threads.has(String((JSON.parse(op.change) as { thread_id?: string }).thread_id))) ||
      (op.entity === 'message' &&
        rows(`SELECT 1 FROM messages WHERE id = ? AND channel_id IN (${set})`, op.entity_id).length > 0)

    const second = makeWorkspace()
    try {
      const { store } = second
      store.write = (work) => Object.getPrototypeOf(store).write.call(store, work)
      const apply = (op: LogRow): void =>
        store.write((write) => {
          const change = JSON.parse(op.change) as Record<string, string[]>
          const [name] = Object.keys(change)
          const said =
            op.kind === 'add' || op.kind === 'remove'
              ? { set: name, members: change[name!] }
              : { values: change }
          applyOp(write, op.hlc, {
            entity: op.entity,
            id: op.entity_id,
            kind: op.kind,
            ...said,
          } as unknown as Op)
        })
      for (const op of ops) if (['user', 'inbox', 'channel', 'tag'].includes(op.entity)) apply(op)
      const events = shuffled(random, [
        ...ops.filter(isOurs).map((op) => () => apply(op)),
        ...mailed.slice(first).map(
          ({ channelId, init }) =>
            () =>
              void second.mail(channelId, { ...init, live: false }),
        ),
      ])
      for (const event of events) event()
      const dump = (room: Workspace) => ({
        threads: room.store.read.all(
          `SELECT id, status, assignee_id, inbox_id, snoozed_until, snoozed_until_reply, subject, sort_at, message_count,
           unread_count, sender_address FROM threads WHERE channel_id IN (${set}) ORDER BY id`,
        ),
        messages: room.store.read.all(
          `SELECT message_id, channel_id, thread_id, part_id, origin_id, split_root FROM messages
         WHERE channel_id IN (${set}) ORDER BY channel_id, message_id`,
        ),
        comments: room.store.read.all(
          `SELECT c.id, c.thread_id, c.part_id FROM comments c JOIN threads t ON t.id = c.thread_id
         WHERE t.channel_id IN (${set}) ORDER BY c.id`,
        ),
        tags: room.store.read.all(
          `SELECT x.thread_id, x.tag_id FROM thread_tags x JOIN threads t ON t.id = x.thread_id
         WHERE t.channel_id IN (${set}) ORDER BY x.thread_id, x.tag_id`,
        ),
        aliases: room.store.read.all(
          `SELECT a.alias_id, a.thread_id FROM thread_aliases a JOIN thread_parts p ON p.id = a.alias_id
         JOIN threads t ON t.id = a.thread_id
         WHERE t.channel_id IN (${set}) AND EXISTS (SELECT 1 FROM messages WHERE part_id = p.id) ORDER BY a.alias_id`,
        ),
      })
      const there = dump(second)
      const here = dump(room)
      expect(there.messages).toEqual(here.messages)
      expect(there.threads).toEqual(here.threads)
      expect(there.comments).toEqual(here.comments)
      expect(there.tags).toEqual(here.tags)
      expect(here.tags.length).toBeGreaterThan(5)
      expect(there.aliases).toEqual(here.aliases)
      expect(here.aliases.length).toBeGreaterThan(5)
    } finally {
      second.stop()
    }
  },
)

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const all = [...list]
  for (let i = all.length - 1; i > 0; i -= 1) {
    const j = random.int(0, i)
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}
