import { implement, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import type { z } from 'zod'
import type { ChannelView } from '@contract/channels.ts'
import type { ChangeEvent } from '@contract/events.ts'
import type { ThreadId, UserId } from '@contract/ids.ts'
import { contract } from '@contract/index.ts'
import type { ThreadRowView, ViewCount } from '@contract/threads.ts'
import type { InboxView, UserView, WorkspaceView } from '@contract/workspace.ts'
import { fakeRecords } from './fake-records.ts'

/**
 * A double of the engine, for what the real one cannot be brought to on demand: a million rows, a channel that
 * fails, an answer that is late, a connection that drops. It holds the contract's shapes and nothing of mail.
 */
export type FakeEngine = {
  /** Serves one client. */
  connect(port: MessagePort): void
  /** Cuts every client off, as a crash of the engine would. */
  drop(): void
  /** Says that these changed. */
  announce(...changes: z.infer<typeof ChangeEvent>['changes']): void
  /** Puts conversations in front of all others. */
  arrive(count: number, about?: Partial<ThreadRowView>): void
  /** Everything that can be changed under the client. */
  state: FakeState
  /** Calls so far, as "threads.list", newest last. */
  calls: { path: string; input: unknown }[]
  /** Keeps the answers to a path back until they are let go, in any order: all, or those to the inputs that are meant. */
  hold(
    path: string,
    meant?: (input: unknown) => boolean,
  ): { waiting: () => number; release: (index?: number) => void; stop: () => void }
}

type Rows = { length: number; at(index: number): ThreadRowView }
export type FakeState = {
  named: boolean
  rows: Rows
  inboxes: InboxView[]
  channels: ChannelView[]
  emptyReason: 'nothing_here' | 'still_syncing' | 'no_permission'
  meId: string | null
  storageProblem: WorkspaceView['storageProblem']
  recovery: WorkspaceView['recovery']
  rev: number
}

const uuid = (kind: number, index: number) =>
  `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${String(index).padStart(12, '0')}`
const NAMES = [
  'Ada Smith',
  'Bo Chen',
  'Carla Rossi',
  'Dmitri Ivanov',
  'Ewa Nowak',
  'Fatima Khan',
  'Gil Costa',
]
const SUBJECTS = [
  'Invoice for May',
  'Where is my parcel?',
  'Two seats, please',
  'The lamp flickers',
  'Thank you!',
]
/** 5 May 2026, noon UTC. */
export const NOON = Date.UTC(2026, 4, 5, 12)

export const fakeUsers = ['Ada Agent', 'Ben Bell', 'Cleo Cook'].map((name, index) => ({
  id: uuid(1, index),
  name,
  email: `${name.split(' ')[0]?.toLowerCase()}@acme.test`,
  role: index === 0 ? 'super_admin' : 'member',
  availability: 'available',
  hasPassphrase: false,
  avatarUrl: null,
  active: true,
})) as UserView[]

/** One row of the endless list: the same for the same number. */
export function fakeRow(index: number): ThreadRowView {
  return {
    key: `t${index}`,
    threadId: uuid(2, index + 1_000_000) as ThreadId,
    draftId: null,
    outboxId: null,
    inboxId: uuid(3, 0) as ThreadRowView['inboxId'],
    sender: { name: NAMES[Math.abs(index) % NAMES.length] ?? '', address: `person${index}@example.test` },
    recipients: [],
    subject: `${SUBJECTS[Math.abs(index) % SUBJECTS.length]} #${index}`,
    snippet: 'Hello, I wrote to you last week about this and wonder whether you had the time to look at it.',
    at: NOON - index * 60_000,
    unread: index % 3 === 0,
    hasAttachment: index % 5 === 0,
    teamId: null,
    assigneeId: index % 4 === 0 ? ((fakeUsers[1] as UserView).id as UserId) : null,
    status: 'open',
    messageCount: 1 + (Math.abs(index) % 4),
    snoozedUntil: null,
    snoozedUntilReply: false,
    tagIds: [],
    priority: 'medium',
    following: false,
    delivery: null,
  }
}

export function fakeChannel(
  change: Partial<ChannelView['health']> = {},
  rest: Partial<ChannelView> = {},
): ChannelView {
  return {
    id: uuid(4, 0) as ChannelView['id'],
    kind: 'imap',
    purpose: 'team',
    inboxId: uuid(3, 0) as ChannelView['inboxId'],
    address: 'support@acme.test',
    userId: null,
    importsMail: true,
    personal: null,
    fromName: 'Acme Support',
    imap: null,
    smtp: null,
    health: {
      state: 'live',
      since: NOON - 3_600_000,
      progress: null,
      retryAt: null,
      problem: null,
      lastMailInAt: NOON,
      lastCheckedAt: NOON,
      setAside: 0,
      ...change,
    },
    folders: [{ path: 'INBOX', role: 'inbox', serverCount: 120, localCount: 118, gone: false }],
    junkCount: 0,
    ...rest,
  }
}

/** Rows 0 to `length - 1`, made when asked for, so that a million cost nothing. */
export const rowsOf = (length: number): Rows => ({ length, at: fakeRow })

/** @param contacts how many there are in the lists of records */
export function createFakeEngine(contacts = 40): FakeEngine {
  const calls: FakeEngine['calls'] = []
  const held = new Map<string, { meant: (input: unknown) => boolean; calls: (() => void)[] }>()
  const listeners = new Set<(event: z.infer<typeof ChangeEvent>) => void>()
  const ports = new Set<MessagePort>()
  const inboxes: InboxView[] = ['Support', 'Sales'].map((name, index) => ({
    id: uuid(3, index) as InboxView['id'],
    name,
    access: 'everyone' as const,
    memberIds: [] as InboxView['memberIds'],
    teamIds: [] as InboxView['teamIds'],
    canAct: true,
  }))
  const state: FakeState = {
    named: true,
    rows: rowsOf(40),
    inboxes,
    channels: [fakeChannel()],
    emptyReason: 'nothing_here',
    meId: (fakeUsers[0] as UserView).id,
    storageProblem: null,
    recovery: null,
    rev: 1,
  }
  /** In front of the endless list, newest first, and what was done to any row. */
  let front: ThreadRowView[] = []
  const gone = new Set<string>()
  const changed = new Map<string, Partial<ThreadRowView>>()

  const total = () => front.length + state.rows.length
  const rowAt = (position: number): ThreadRowView => {
    const row =
      position < front.length ? (front[position] as ThreadRowView) : state.rows.at(position - front.length)
    return { ...row, ...changed.get(row.key) }
  }
  const positionOf = (key: string): number => {
    const inFront = front.findIndex((row) => row.key === key)
    return inFront >= 0 ? inFront : front.length + Number(key.slice(1))
  }
  const announce: FakeEngine['announce'] = (...changes) => {
    state.rev += 1
    listeners.forEach((listener) => listener({ rev: state.rev, changes }))
  }
  const threadsChanged = (ids: readonly string[]) => announce({ entity: 'threads', ids: [...ids] })
  const keyOf = (threadId: string): string | undefined =>
    [
      ...front,
      ...Array.from({ length: Math.min(state.rows.length, 2_000) }, (_, index) => fakeRow(index)),
    ].find((row) => row.threadId === threadId)?.key

  /** A page by keyset: the cursor is the key of the row before it. */
  function page(wanted: (row: ThreadRowView) => boolean, cursor: string | undefined, limit: number) {
    const rows: ThreadRowView[] = []
    let position = cursor === undefined ? 0 : positionOf(cursor) + 1
    for (; position < total() && rows.length < limit; position += 1) {
      const row = rowAt(position)
      if (!gone.has(row.key) && wanted(row)) rows.push(row)
    }
    return { rows, nextCursor: position < total() ? (rows.at(-1)?.key ?? null) : null }
  }

  const os = implement(contract).use(async ({ next, path }, input) => {
    const name = path.join('.')
    calls.push({ path: name, input })
    const result = await next()
    const waiting = held.get(name)
    // Held after it was computed: a late answer is an old answer.
    if (waiting?.meant(input)) await new Promise<void>((release) => waiting.calls.push(release))
    return result
  })
  const committed = () => ({ rev: state.rev })

  const { handlers: recordHandlers, undoable } = fakeRecords(contacts, announce)
  const router = {
    workspace: {
      get: os.workspace.get.handler(() => ({
        name: state.named ? 'Acme' : null,
        isSample: true,
        meId: state.meId as UserId | null,
        users: fakeUsers,
        teams: [],
        inboxes: state.inboxes,
        secrets: { kind: 'key_file' as const, path: '/data/secrets.key' },
        storageProblem: state.storageProblem,
        recovery: state.recovery,
        rev: state.rev,
        version: '0.0.0',
      })),
      discardSample: os.workspace.discardSample.handler(() => {
        state.named = false
        announce({ entity: 'workspace', ids: null })
        return committed()
      }),
    },
    users: {
      signIn: os.users.signIn.handler(({ input }) => {
        state.meId = input.id
        announce({ entity: 'workspace', ids: null })
        return { ...committed(), resume: 'again' }
      }),
    },
    channels: {
      list: os.channels.list.handler(() => state.channels),
      retry: os.channels.retry.handler(() => committed()),
      junk: os.channels.junk.handler(() => [
        {
          uid: 7,
          from: { name: 'Prize Desk', address: 'win@prize.test' },
          subject: 'You won',
          at: NOON,
          size: 900,
        },
      ]),
      junkBody: os.channels.junkBody.handler(() => ({
        html: '<img src="https://prize.test/x.gif"><b>Click</b>',
        text: 'Click to collect.',
        cut: false,
        hasRemoteContent: true,
      })),
    },
    tags: { list: os.tags.list.handler(() => []) },
    threadViews: { list: os.threadViews.list.handler(() => []) },
    threads: {
      list: os.threads.list.handler(({ input }) => {
        const { view, filter, cursor, limit } = input
        const inView = (row: ThreadRowView) =>
          (view !== 'unassigned' || row.assigneeId === null) &&
          (view !== 'mine' || row.assigneeId === state.meId) &&
          (view === 'closed') === (row.status === 'closed') &&
          !['sent', 'drafts', 'outbox'].includes(view) &&
          (!view.startsWith('inbox-') || view === `inbox-${row.inboxId}`)
        const answer = page(
          (row) =>
            inView(row) &&
            (filter.unread === undefined || row.unread === filter.unread) &&
            (filter.hasAttachment === undefined || row.hasAttachment === filter.hasAttachment) &&
            (filter.assigneeId === undefined || row.assigneeId === filter.assigneeId),
          cursor,
          limit,
        )
        return { ...answer, emptyReason: answer.rows.length === 0 ? state.emptyReason : null, rev: state.rev }
      }),
      counts: os.threads.counts.handler(() => {
        const count = Math.min(1000, total())
        const views: ViewCount['view'][] = ['unassigned', 'open']
        return {
          counts: views.map((view) => ({ view, count, capped: total() > 1000, unread: Math.min(count, 7) })),
          rev: state.rev,
        }
      }),
      close: os.threads.close.handler(({ input }) => setStatus(input.ids, 'closed')),
      reopen: os.threads.reopen.handler(({ input }) => setStatus(input.ids, 'open')),
      assign: os.threads.assign.handler(({ input }) =>
        changeUndoably(input.ids, { assigneeId: input.assigneeId }),
      ),
      markRead: os.threads.markRead.handler(({ input }) =>
        changeUndoably(input.ids, { unread: !input.read }),
      ),
      get: os.threads.get.handler(() => {
        throw new ORPCError('NOT_FOUND', { message: 'The double holds no conversation to read.' })
      }),
    },
    search: {
      threads: os.search.threads.handler(({ input }) => {
        const words = input.query.toLowerCase().split(/\s+/).filter(Boolean)
        const plain = words.filter((word) => !word.includes(':'))
        const answer = page(
          (row) => plain.every((word) => `${row.sender.name} ${row.subject}`.toLowerCase().includes(word)),
          input.cursor,
          input.limit,
        )
        const problems = words
          .filter((word) => word.startsWith('before:') && !/\d/.test(word))
          .map((text) => ({ text, message: 'before: wants a date like 2026-05-31.' }))
        return { ...answer, problems, terms: plain, rev: state.rev }
      }),
    },
    ...recordHandlers,
    drafts: {
      list: os.drafts.list.handler(() => []),
      senders: os.drafts.senders.handler(() => []),
      ofThread: os.drafts.ofThread.handler(() => []),
    },
    outbox: { list: os.outbox.list.handler(() => []) },
    presence: {
      here: os.presence.here.handler(() => ({})),
      stream: os.presence.stream.handler(async function* ({ signal }) {
        yield { people: [] }
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
      }),
    },
    events: {
      stream: os.events.stream.handler(async function* ({ input, signal }) {
        const queue: z.infer<typeof ChangeEvent>[] = []
        let wake = () => {}
        const listener = (event: z.infer<typeof ChangeEvent>) => {
          queue.push(event)
          wake()
        }
        listeners.add(listener)
        signal?.addEventListener('abort', () => wake())
        if (input.sinceRev !== undefined && input.sinceRev < state.rev) {
          yield { rev: state.rev, changes: [{ entity: 'threads' as const, ids: null }] }
        }
        while (!signal?.aborted) {
          const event = queue.shift()
          if (event) yield event
          else await new Promise<void>((resolve) => (wake = resolve))
        }
        listeners.delete(listener)
      }),
    },
  }

  function change(ids: readonly string[], to: Partial<ThreadRowView>) {
    for (const id of ids) {
      const key = keyOf(id)
      if (key) changed.set(key, { ...changed.get(key), ...to })
    }
    threadsChanged(ids)
    return committed()
  }
  function changeUndoably(ids: readonly string[], to: Partial<ThreadRowView>) {
    const before = ids.map((id) => [keyOf(id) ?? '', changed.get(keyOf(id) ?? '') ?? {}] as const)
    const back = () => {
      for (const [key, values] of before) changed.set(key, values)
      threadsChanged(ids)
    }
    return { ...change(ids, to), undo: undoable(back) }
  }
  const setStatus = (ids: readonly string[], status: 'open' | 'closed') => changeUndoably(ids, { status })

  const handler = new RPCHandler(router)
  return {
    state,
    calls,
    announce,
    connect(port) {
      ports.add(port)
      handler.upgrade(port)
      port.start()
    },
    drop() {
      ports.forEach((port) => port.close())
      ports.clear()
    },
    arrive(count, about = {}) {
      const made = Array.from({ length: count }, (_, index) => ({
        ...fakeRow(-(front.length + index) - 1),
        unread: true,
        assigneeId: null,
        ...about,
      }))
      front = [...made.reverse(), ...front]
      announce({ entity: 'threads', ids: made.map(({ threadId }) => threadId as string) })
    },
    hold(path, meant = () => true) {
      const waiting: (() => void)[] = []
      held.set(path, { meant, calls: waiting })
      return {
        waiting: () => waiting.length,
        release: (index = 0) => waiting.splice(index, 1).forEach((go) => go()),
        stop() {
          held.delete(path)
          waiting.splice(0).forEach((go) => go())
        },
      }
    },
  }
}
