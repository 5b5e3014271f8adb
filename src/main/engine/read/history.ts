import type { z } from 'zod'
import type { HistoryEntry, HistoryMoment, HistoryState } from '../../../contract/history.ts'
import { partsByAnswers } from '../store/grouping/answers.ts'
import { followMerges, foldedInto, foldsOf, shownIn } from '../store/grouping/structure.ts'
import type { Scalar } from '../store/ops.ts'
import {
  everMerged,
  historyComments,
  historyMail,
  logOf,
  membersBy,
  saidBy,
  splitDecided,
  type HistoryCommentRow,
  type HistoryMailRow,
  type LogRow,
} from '../store/queries/conversation-history.ts'
import { partSubject, splitById, splitsOf, type SplitRow } from '../store/queries/grouping.ts'
import type { ReadableDb } from '../store/statements.ts'
import { channelById } from '../store/tables/channels.ts'
import type { ThreadRow } from '../store/tables/threads.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { threadEvents } from './thread.ts'

export type EntryShape = z.input<typeof HistoryEntry>
export type StateShape = z.input<typeof HistoryState>

/** Letters of a text that stand in an entry. */
const EXCERPT = 200
/** Messages that a state shows. */
const SHOWN = 200

/** The threads whose log and mail a conversation's history is made of. */
type Scope = {
  /** All that is shown in it now, and what was once. */
  ids: string[]
  /** Threads of headers that mail of it came from. */
  origins: string[]
  /** Conversations that were ever split off from one of those. */
  splits: SplitRow[]
}

function scopeOf(db: ReadableDb, threadId: string): Scope {
  const ids = new Set([threadId, ...shownIn(db, threadId)])
  // The set grows while it is walked.
  for (const id of ids) for (const merged of [...everMerged(db, id), ...foldsOf(db, id)]) ids.add(merged)
  const origins = new Set([...ids].map((id) => foldedInto(db, splitById(db, id)?.origin_id ?? id)))
  const splits = [...origins].flatMap((origin) => splitsOf(db, origin))
  return { ids: [...ids], origins: [...origins], splits }
}

const BLANK = {
  actorId: null,
  assigneeId: null,
  teamId: null,
  inboxId: null,
  tagId: null,
  until: null,
  priority: null,
  from: null,
  text: '',
}

/** What was done to a conversation and what came into it, newest first. */
export function historyEntries(
  db: ReadableDb,
  threadId: string,
  page: { cursor?: string | undefined; limit: number },
): { entries: EntryShape[]; nextCursor: string | null } {
  const scope = scopeOf(db, threadId)
  const shown = new Set([threadId, ...shownIn(db, threadId)])
  const isSplit = splitById(db, threadId) !== undefined
  const all = [
    ...scope.ids.flatMap((id) =>
      logOf(db, 'thread', id).flatMap((row) => threadEntries(db, threadId, row, shown.has(id))),
    ),
    ...scope.splits
      .filter(({ id }) => !isSplit || id === threadId)
      .flatMap((split) =>
        logOf(db, 'message', split.seed_id).flatMap((row) => splitEntries(db, threadId, split, row)),
      ),
    ...historyComments(db, threadId).flatMap((row) => commentEntries(db, row)),
    ...scope.origins
      .flatMap((origin) => historyMail(db, origin))
      .filter((row) => row.thread_id === threadId)
      .map(mailEntry),
  ].sort((a, b) => b.at - a.at || b.moment.seq - a.moment.seq || (a.key < b.key ? 1 : -1))
  const from = page.cursor === undefined ? 0 : Number(decodeCursor(page.cursor, ['number'])[0])
  const entries = all.slice(from, from + page.limit)
  const next = from + entries.length
  return { entries, nextCursor: next < all.length ? encodeCursor([next]) : null }
}

const changeOf = (row: LogRow): Record<string, unknown> => JSON.parse(row.change) as Record<string, unknown>

const baseOf = (row: LogRow) => ({
  ...BLANK,
  at: row.at,
  actorId: row.actor_id,
  moment: { seq: row.seq, at: row.at },
})

/** @param isPart  whether that thread is shown in the conversation now: of others only how they came and went is told */
function threadEntries(db: ReadableDb, threadId: string, row: LogRow, isPart: boolean): EntryShape[] {
  const base = baseOf(row)
  const change = changeOf(row)
  if (row.kind === 'add' || row.kind === 'remove') {
    const tags = isPart && Array.isArray(change['tags']) ? (change['tags'] as string[]) : []
    const kind = row.kind === 'add' ? ('tagged' as const) : ('untagged' as const)
    return tags.map((tagId) => ({ ...base, key: `${row.id}-${tagId}`, kind, tagId }))
  }
  if (row.kind !== 'set') return []
  const isOwn = foldedInto(db, row.entity_id) === threadId
  const into = change['merged_into']
  if (into !== undefined) {
    // What a conversation begins with that was split off is told by its first message.
    if ('inbox_id' in change) return []
    const suffix = isOwn ? '' : '_here'
    const kind = `${into === null ? 'taken_apart' : 'merged'}${suffix}` as const
    const other = isOwn ? into : row.entity_id
    const text = (typeof other === 'string' && partSubject(db, other)) || ''
    return [{ ...base, key: `${row.id}-merge`, kind, text }]
  }
  if (!isPart) return []
  const text = isOwn ? '' : (partSubject(db, foldedInto(db, row.entity_id)) ?? '')
  const entries = threadEvents(row).map((event): EntryShape => ({
    ...base,
    key: event.key,
    kind: event.kind,
    assigneeId: event.assigneeId,
    teamId: event.teamId,
    inboxId: event.inboxId ?? null,
    until: event.until ?? null,
    text,
  }))
  if (typeof change['priority'] === 'string')
    entries.push({
      ...base,
      key: `${row.id}-priority`,
      kind: 'prioritised',
      priority: change['priority'] as EntryShape['priority'],
      text,
    })
  return entries
}

function splitEntries(db: ReadableDb, threadId: string, split: SplitRow, row: LogRow): EntryShape[] {
  const { split_root: root } = changeOf(row)
  if (row.kind !== 'set' || (root !== split.seed_id && root !== null)) return []
  const isOwn = split.id === threadId
  const kind = root === null ? 'put_back' : isOwn ? 'split' : 'split_off'
  const text = partSubject(db, isOwn ? split.origin_id : split.id) ?? ''
  return [{ ...baseOf(row), key: `${row.id}-split`, kind, text }]
}

function commentEntries(db: ReadableDb, comment: HistoryCommentRow): EntryShape[] {
  return logOf(db, 'comment', comment.id).flatMap((row): EntryShape[] => {
    const change = changeOf(row)
    if (row.kind === 'create') {
      const text = String(change['text'] ?? '').slice(0, EXCERPT)
      return [{ ...baseOf(row), key: row.id, kind: 'commented', text }]
    }
    return row.kind === 'set' && typeof change['removed_at'] === 'number'
      ? [{ ...baseOf(row), key: row.id, kind: 'comment_removed' }]
      : []
  })
}

const mailEntry = (row: HistoryMailRow): EntryShape => ({
  ...BLANK,
  key: row.id,
  kind: row.direction === 'in' ? 'mail_in' : 'mail_out',
  at: row.received_at,
  from: { name: row.from_name, address: row.from_address },
  text: row.snippet.slice(0, EXCERPT),
  moment: { seq: 0, at: row.received_at },
})

/** A conversation as it was at a moment, replayed from the log and from what mail had come by then. */
export function stateAt(db: ReadableDb, thread: ThreadRow, moment: HistoryMoment): StateShape {
  const by = (rows: LogRow[]): LogRow[] =>
    rows.filter((row) => (moment.seq > 0 ? row.seq <= moment.seq : row.at <= moment.at))
  const logs = new Map<string, LogRow[]>()
  const logOfThread = (id: string): LogRow[] => {
    const known = logs.get(id)
    if (known) return known
    const rows = by([id, ...foldsOf(db, id)].flatMap((one) => logOf(db, 'thread', one)))
    logs.set(id, rows)
    return rows
  }
  const own = logOfThread(thread.id)
  const said = <T extends Scalar>(field: string, unsaid: T): T => (saidBy(own, field) ?? unsaid) as T
  const scope = scopeOf(db, thread.id)

  /** The part of every message that had come. */
  const parts = new Map<string, string>()
  const mail: HistoryMailRow[] = []
  for (const origin of scope.origins) {
    const rows = historyMail(db, origin).filter((row) => row.received_at <= moment.at)
    const ids = rows.map((row) => row.id)
    const roots = new Map(
      splitDecided(db, ids).map((id) => [
        id,
        saidBy(by(logOf(db, 'message', id)), 'split_root') as string | null,
      ]),
    )
    const answering = rows.map((row) => ({ ...row, split_root: roots.get(row.id) ?? null }))
    for (const [id, part] of partsByAnswers(answering, origin)) parts.set(id, part)
    mail.push(...rows)
  }
  const live = new Set(parts.values())
  const firstOf = (origin: string): string | null => {
    const first = historyMail(db, origin).find((row) => parts.has(row.id))
    return first ? (parts.get(first.id) ?? null) : null
  }
  const merges = {
    mergedInto: (id: string) => (saidBy(logOfThread(id), 'merged_into') ?? null) as string | null,
    partOf(id: string): string | null {
      const part = foldedInto(db, id)
      if (live.has(part)) return part
      const split = splitById(db, part)
      return split ? (parts.get(split.seed_id) ?? firstOf(split.origin_id)) : firstOf(part)
    },
  }
  const wasHere = (part: string): boolean => followMerges(merges, part).chain.includes(thread.id)
  const shown = new Map([...live].map((part) => [part, wasHere(part)]))
  const messages = mail
    .filter((row) => shown.get(parts.get(row.id) ?? '') === true)
    .sort((a, b) => a.sort_at - b.sort_at || a.rowid - b.rowid)
  const comments = [...new Set([thread.id, ...scope.splits.map(({ id }) => id)])]
    .flatMap((id) => historyComments(db, id))
    .filter((comment, index, all) => all.findIndex((one) => one.id === comment.id) === index)
    .flatMap((comment) => {
      const log = by(logOf(db, 'comment', comment.id))
      const part = merges.partOf(comment.part)
      if (log.length === 0 || saidBy(log, 'removed_at') != null || part === null || !wasHere(part)) return []
      const text = saidBy(log, 'text')
      return [{ id: comment.id, authorId: comment.author_id, text: String(text ?? ''), at: comment.at }]
    })
  return {
    status: thread.inbox_id === null ? 'logged' : said('status', 'open'),
    assigneeId: said('assignee_id', null),
    teamId: said('team_id', null),
    inboxId: said('inbox_id', channelById(db, thread.channel_id)?.inbox_id ?? null),
    snoozedUntil: said('snoozed_until', null),
    snoozedUntilReply: said<Scalar>('snoozed_until_reply', 0) === 1,
    priority: said('priority', null),
    tagIds: membersBy(own, 'tags'),
    messages: messages.slice(-SHOWN).map((row) => ({
      id: row.id,
      direction: row.direction,
      from: { name: row.from_name, address: row.from_address },
      snippet: row.snippet,
      at: row.sort_at,
    })),
    messageCount: messages.length,
    comments,
  }
}
