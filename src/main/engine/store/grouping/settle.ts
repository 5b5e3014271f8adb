import type { ReadableDb, WritableDb } from '../statements.ts'
import { threadPartById } from '../tables/thread-parts.ts'
import { followSpam } from '../tables/junk-moves.ts'
import { ensureThread, refreshThread } from '../tables/threads.ts'
import { partsByAnswers, splitIdOf, type Answering } from './answers.ts'
import { refreshMarks } from './marks.ts'
import {
  conversationOf,
  foldedInto,
  hasMessages,
  isHere,
  mergedThere,
  partOfMessage,
  shownAs,
  shownIn,
} from './structure.ts'

/**
 * Puts right what follows from merging and splitting. It costs what the conversations hold that it is about, however many
 * there are.
 */

/** Databases where this is at work: making a thread's row applies what was said about it, and that leads here again. */
const atWork = new WeakSet<WritableDb>()

/**
 * Puts every thing of some threads where it has to be shown now, and with them all that is shown together with one of them,
 * was merged into one, or waited for it.
 * @param what.origins  whose messages may belong to other parts than they did
 * @param what.ids  of threads, conversations or parts, be they here or not
 * @returns the conversations that gained or lost something; `refreshThread` is up to the caller, where `refresh` is not given
 */
export function regroup(
  db: WritableDb,
  what: { origins?: Iterable<string>; ids?: Iterable<string> },
): string[] {
  if (atWork.has(db)) return []
  atWork.add(db)
  try {
    const touched = new Set<string>()
    const ids = new Set<string>()
    for (const origin of what.origins ?? []) derivePart(db, foldedInto(db, origin), ids, touched)
    for (const id of what.ids ?? []) ids.add(id)
    settle(db, ids, touched)
    for (const id of touched) moveWriting(db, id)
    settleTickets(db, touched)
    for (const id of touched) refreshMarks(db, id)
    return [...touched]
  } finally {
    atWork.delete(db)
  }
}

/** The same, with the rows of the conversations. */
export function regroupAndRefresh(db: WritableDb, what: Parameters<typeof regroup>[1]): string[] {
  const touched = regroup(db, what)
  for (const id of touched) {
    refreshThread(db, id)
    // What comes to spam, or leaves it, moves on the server too.
    followSpam(db, id)
  }
  return touched
}

type OriginRow = Answering & { rowid: number; channel_id: string; thread_id: string; part: string }

const ORIGIN_COLUMNS = `rowid, id, message_id, in_reply_to, reference_ids, split_root, channel_id, thread_id,
  coalesce(part_id, thread_id) AS part`
export const originSql = `SELECT ${ORIGIN_COLUMNS} FROM messages INDEXED BY messages_by_origin WHERE origin_id = ?1
  UNION ALL SELECT ${ORIGIN_COLUMNS} FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND origin_id IS NULL`

/** Every message of an origin, wherever it is shown. */
export const messagesOfOrigin = (db: ReadableDb, origin: string): OriginRow[] =>
  db.all<OriginRow>(originSql, [origin])

/** The origin of a message: the thread that its headers put it into. */
export const originOfMessage = (db: ReadableDb, messageId: string): string | null =>
  db.get<{ origin: string }>('SELECT coalesce(origin_id, thread_id) AS origin FROM messages WHERE id = ?', [
    messageId,
  ])?.origin ?? null

/** Decides anew which part each message of an origin belongs to. */
function derivePart(db: WritableDb, origin: string, ids: Set<string>, touched: Set<string>): void {
  const rows = messagesOfOrigin(db, origin)
  const parts = partsByAnswers(rows, origin)
  ids.add(origin)
  for (const { split_root } of rows) {
    if (!split_root) continue
    ids.add(splitIdOf(split_root))
    db.run('INSERT OR IGNORE INTO thread_splits (id, seed_id, origin_id) VALUES (?, ?, ?)', [
      splitIdOf(split_root),
      split_root,
      origin,
    ])
  }
  for (const row of rows) {
    const part = parts.get(row.id) ?? origin
    if (part === row.part) continue
    ids.add(part)
    ids.add(row.part)
    if (!isHere(db, part)) makeRow(db, part, row)
    const shown = shownAs(db, part)
    touched.add(row.thread_id)
    touched.add(shown)
    placeMessage(db, row.rowid, { shown, part, origin })
  }
}

function placeMessage(
  db: WritableDb,
  rowid: number,
  { shown, part, origin }: { shown: string; part: string; origin: string },
): void {
  const isPlain = part === shown && origin === shown
  db.run('UPDATE messages SET thread_id = ?, part_id = ?, origin_id = ? WHERE rowid = ?', [
    shown,
    isPlain ? null : part,
    isPlain ? null : origin,
    rowid,
  ])
}

/** Makes the row of a thread that is to be shown by itself, as it was or as the channel of its mail says. */
function makeRow(
  db: WritableDb,
  id: string,
  from: { channel_id: string; message_id: string } | undefined = firstMessage(db, id),
): void {
  const kept = threadPartById(db, id)
  if (kept) {
    ensureThread(db, kept)
    return
  }
  const channel =
    from &&
    db.get<{ inbox_id: string | null; user_id: string | null }>(
      'SELECT inbox_id, user_id FROM channels WHERE id = ?',
      [from.channel_id],
    )
  if (!from || !channel) throw new Error(`Nothing says where the thread ${id} belongs.`)
  ensureThread(db, { id, ...channel, channel_id: from.channel_id, root_message_id: from.message_id })
}

const firstMessage = (db: ReadableDb, part: string): { channel_id: string; message_id: string } | undefined =>
  db.get(
    'SELECT channel_id, message_id FROM messages INDEXED BY messages_by_part WHERE part_id = ? ORDER BY rowid LIMIT 1',
    [part],
  )

/** Which threads may be shown elsewhere because of some: those shown with them, and what was merged into one of these. */
function related(db: ReadableDb, ids: Iterable<string>): Set<string> {
  const found = new Set<string>()
  const add = (id: string): void => {
    const shown = shownAs(db, id)
    for (const one of [id, foldedInto(db, id), shown, ...shownIn(db, shown)]) found.add(one)
  }
  for (const id of ids) add(id)
  // The set grows while it is walked.
  for (const id of found) for (const merged of mergedThere(db, id)) if (!found.has(merged)) add(merged)
  return found
}

function settle(db: WritableDb, ids: ReadonlySet<string>, touched: Set<string>): void {
  const moves = [...related(db, ids)].map((id) => ({
    id,
    from: shownAs(db, id),
    to: conversationOf(db, id),
  }))
  for (const { id, to } of moves) {
    const hasRow = db.get('SELECT 1 FROM threads WHERE id = ?', [id]) !== undefined
    if (id === to && !hasRow && hasMessages(db, id)) makeRow(db, id)
  }
  for (const { id, from, to } of moves) {
    if (from === to) continue
    touched.add(from)
    touched.add(to)
    moveMail(db, id, to)
    moveComments(db, id, to)
  }
  for (const { id, from, to } of moves) {
    if (id === to) {
      db.run('DELETE FROM thread_aliases WHERE alias_id = ?', [id])
      db.run('DELETE FROM thread_parts WHERE id = ? AND EXISTS (SELECT 1 FROM threads WHERE id = ?)', [
        id,
        id,
      ])
      continue
    }
    db.run(
      `INSERT OR REPLACE INTO thread_parts (id, inbox_id, user_id, channel_id, root_message_id)
       SELECT id, inbox_id, user_id, channel_id, root_message_id FROM threads WHERE id = ?`,
      [id],
    )
    db.run('DELETE FROM threads WHERE id = ?', [id])
    if (from !== to)
      db.run('INSERT OR REPLACE INTO thread_aliases (alias_id, thread_id) VALUES (?, ?)', [id, to])
  }
}

function moveMail(db: WritableDb, part: string, to: string): void {
  if (part === to) {
    db.run(
      `UPDATE messages SET thread_id = ?1, part_id = iif(origin_id = ?1, NULL, part_id),
         origin_id = iif(origin_id = ?1, NULL, origin_id) WHERE part_id = ?1`,
      [part],
    )
    return
  }
  db.run('UPDATE messages SET thread_id = ?2 WHERE part_id = ?1', [part, to])
  db.run(
    'UPDATE messages SET thread_id = ?2, part_id = ?1, origin_id = ?1 WHERE thread_id = ?1 AND part_id IS NULL',
    [part, to],
  )
}

function moveComments(db: WritableDb, part: string, to: string): void {
  db.run('UPDATE comments SET thread_id = ?2, part_id = nullif(?1, ?2) WHERE part_id = ?1', [part, to])
  if (part !== to)
    db.run('UPDATE comments SET thread_id = ?2, part_id = ?1 WHERE thread_id = ?1 AND part_id IS NULL', [
      part,
      to,
    ])
}

/** What somebody writes, or has sent, goes where the message is shown that it answers. */
function moveWriting(db: WritableDb, conversation: string): void {
  for (const table of ['drafts', 'outbox'] as const) {
    const rows = db.all<{ id: string; source_message_id: string | null; filed: string | null }>(
      table === 'drafts'
        ? `SELECT id, source_message_id, NULL AS filed FROM drafts WHERE thread_id = ?`
        : `SELECT id, source_message_id, (SELECT thread_id FROM messages m WHERE m.channel_id = o.channel_id
             AND m.message_id = o.message_id LIMIT 1) AS filed FROM outbox o WHERE thread_id = ?`,
      [conversation],
    )
    for (const { id, source_message_id, filed } of rows) {
      const source = source_message_id === null ? null : partOfMessage(db, source_message_id)
      const to = filed ?? shownAs(db, source ?? conversation)
      if (to !== conversation) db.run(`UPDATE ${table} SET thread_id = ? WHERE id = ?`, [to, id])
    }
  }
}

type TicketPlace = {
  id: string
  own: string
  thread_id: string
  part_id: string | null
  number: number
  removed_at: number | null
}

/**
 * Which tickets speak for conversations: its own; where it has none, the first of what was merged into it. The others keep
 * their thread, and no list shows them.
 */
export function settleTickets(db: WritableDb, conversations: Iterable<string>): void {
  const byConversation = new Map<string, Map<string, TicketPlace>>()
  for (const conversation of conversations) {
    for (const id of [conversation, ...shownIn(db, conversation)]) {
      const tickets = db.all<TicketPlace>(
        `SELECT id, coalesce(part_id, thread_id) AS own, thread_id, part_id, number, removed_at
         FROM tickets INDEXED BY tickets_by_thread WHERE thread_id = ?`,
        [id],
      )
      for (const ticket of tickets) {
        const shown = shownAs(db, ticket.own)
        const all = byConversation.get(shown) ?? new Map<string, TicketPlace>()
        byConversation.set(shown, all.set(ticket.id, ticket))
      }
    }
  }
  for (const [shown, tickets] of byConversation) {
    const standing = [...tickets.values()].filter(({ removed_at }) => removed_at === null)
    const first = standing
      .filter(({ own }) => !standing.some((one) => one.own === shown) || own === shown)
      .reduce<TicketPlace | null>(
        (a, b) => (!a || b.number < a.number || (b.number === a.number && b.id < a.id) ? b : a),
        null,
      )
    for (const { id, own } of tickets.values()) {
      const speaks = own === shown || id === first?.id
      db.run('UPDATE tickets SET thread_id = ?, part_id = ?, spoken_for = ? WHERE id = ?', [
        speaks ? shown : own,
        speaks && own !== shown ? own : null,
        Number(!speaks),
        id,
      ])
    }
  }
}

/**
 * Takes everything that people did out of a thread's messages, so that they lie as headers say; `regroup` puts it back. For
 * the time in which headers decide anew.
 */
export function ungroup(db: WritableDb, id: string): string[] {
  const touched = new Set([shownAs(db, id)])
  for (const { thread_id } of messagesOfOrigin(db, id)) touched.add(thread_id)
  if (!db.get('SELECT 1 FROM threads WHERE id = ?', [id])) {
    atWork.add(db)
    makeRow(db, id)
    atWork.delete(db)
  }
  db.run('DELETE FROM thread_aliases WHERE alias_id = ?', [id])
  db.run('DELETE FROM thread_parts WHERE id = ?', [id])
  db.run('UPDATE messages SET thread_id = ?1, part_id = NULL, origin_id = NULL WHERE origin_id = ?1', [id])
  moveComments(db, id, id)
  db.run('UPDATE tickets SET spoken_for = 0 WHERE thread_id = ?', [id])
  for (const shown of touched)
    db.run(
      'UPDATE tickets SET thread_id = ?1, part_id = NULL, spoken_for = 0 WHERE thread_id = ?2 AND part_id = ?1',
      [id, shown],
    )
  return [...touched]
}

/** Where something that somebody said of a thread has to be shown, and the part that it belongs to. */
export function placeOf(db: ReadableDb, threadId: string): { shown: string; part: string | null } {
  const own = foldedInto(db, threadId)
  const shown = shownAs(db, own)
  return { shown, part: shown === own ? null : own }
}
