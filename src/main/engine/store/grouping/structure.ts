import { decodeHlc } from '../../lib/hlc.ts'
import type { ReadableDb } from '../statements.ts'
import { namedBy } from './answers.ts'

/*
 * How conversations are put together. The headers of mail decide a message's *origin*, a thread of its channel; nothing that
 * people do changes that. A message that somebody split off, and what answers it, are a *part* of their own; all others of an
 * origin are the part with the origin's id. A part that was merged into another is shown there, and that chain ends at the
 * *conversation*, the only one of them that has a row in `threads`: so no list, count or search has to know of merging.
 *
 * All of it follows from the mail, the ops about merging and splitting, and nothing else; the columns and tables that hold the
 * result are put right by settle.ts whenever one of the two changes, so undoing is exact and the order leaves no trace.
 */

/** The thread that an id became part of by headers; itself nearly always. */
export const foldedInto = (db: ReadableDb, id: string): string =>
  db.get<{ thread_id: string }>('SELECT thread_id FROM thread_folds WHERE alias_id = ?', [id])?.thread_id ??
  id

/** The ids that became part of a thread by headers. */
export const foldsOf = (db: ReadableDb, id: string): string[] =>
  db
    .all<{ alias_id: string }>(
      'SELECT alias_id FROM thread_folds INDEXED BY thread_folds_thread WHERE thread_id = ?',
      [id],
    )
    .map((row) => row.alias_id)

/** The conversation that an id is shown as, as it is written down. */
export const shownAs = (db: ReadableDb, id: string): string =>
  db.get('SELECT 1 FROM threads WHERE id = ?', [id]) !== undefined
    ? id
    : (db.get<{ thread_id: string }>('SELECT thread_id FROM thread_aliases WHERE alias_id = ?', [id])
        ?.thread_id ?? id)

export const hasMessagesSql = `SELECT 1 FROM messages INDEXED BY messages_by_part WHERE part_id = ?1
  UNION ALL SELECT 1 FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND part_id IS NULL LIMIT 1`

/** Whether any message belongs to a part. */
export const hasMessages = (db: ReadableDb, part: string): boolean =>
  db.get(hasMessagesSql, [part]) !== undefined

/** The part that a message belongs to. */
export const partOfMessage = (db: ReadableDb, messageId: string): string | null =>
  db.get<{ part: string }>('SELECT coalesce(part_id, thread_id) AS part FROM messages WHERE id = ?', [
    messageId,
  ])?.part ?? null

const firstOfOrigin = (db: ReadableDb, origin: string): string | null =>
  db.get<{ part: string }>(
    `SELECT coalesce(part_id, thread_id) AS part FROM messages INDEXED BY messages_by_origin WHERE origin_id = ?
     ORDER BY sort_at, id LIMIT 1`,
    [origin],
  )?.part ?? null

/** The part that an id stands for now: what was split off and put back is part of where it came from; null for the unknown. */
export function partOf(db: ReadableDb, id: string): string | null {
  const part = foldedInto(db, id)
  if (hasMessages(db, part)) return part
  const split = db.get<{ seed_id: string; origin_id: string }>(
    'SELECT seed_id, origin_id FROM thread_splits WHERE id = ?',
    [part],
  )
  if (!split) return firstOfOrigin(db, part)
  const origin = foldedInto(db, split.origin_id)
  return (
    partOfMessage(db, split.seed_id) ?? (hasMessages(db, origin) ? origin : null) ?? firstOfOrigin(db, origin)
  )
}

/** The last word about a field of a thread, be it shown by itself or not; null where nobody said anything. */
export const saidOf = (db: ReadableDb, id: string, field: string): string | number | null =>
  db.get<{ value: string | number | null }>(
    `SELECT value FROM field_clocks WHERE entity = 'thread' AND entity_id = ? AND field = ?`,
    [id, field],
  )?.value ?? null

/** When the last word about a field of a thing was said, in ms; 0 where nobody said anything. */
export function saidAt(db: ReadableDb, entity: 'thread' | 'ticket', id: string, field: string): number {
  const said = db.get<{ hlc: string }>(
    'SELECT hlc FROM field_clocks WHERE entity = ? AND entity_id = ? AND field = ?',
    [entity, id, field],
  )
  return said ? decodeHlc(said.hlc).ms : 0
}

type State = { status: string; snoozed_until: number | null; snoozed_until_reply: number }

/** Whether a thread is open and waits, also of one that is shown as part of another. */
export const stateOf = (db: ReadableDb, id: string): State =>
  db.get<State>('SELECT status, snoozed_until, snoozed_until_reply FROM threads WHERE id = ?', [id]) ?? {
    status: String(saidOf(db, id, 'status') ?? 'open'),
    snoozed_until: saidOf(db, id, 'snoozed_until') as number | null,
    snoozed_until_reply: Number(saidOf(db, id, 'snoozed_until_reply') ?? 0),
  }

/** What somebody decided about a message before it was here: where it is split off. */
export const heldSplit = (db: ReadableDb, messageId: string): string | null =>
  db.get<{ value: string | null }>(
    `SELECT value FROM field_clocks WHERE entity = 'message' AND entity_id = ? AND field = 'split_root'`,
    [messageId],
  )?.value ?? null

/** What a thread was merged into. */
export const mergedInto = (db: ReadableDb, id: string): string | null =>
  saidOf(db, id, 'merged_into') as string | null

/** Where merging leads to: pure, so that the history asks the same about any moment of the past. */
export type Merges = {
  mergedInto(id: string): string | null
  partOf(id: string): string | null
}

/**
 * A part and all that it was merged into, one after the other, and the conversation at the end. Two machines that merge two
 * into each other at once make a circle; the smallest id of it stays, on both.
 */
export function followMerges(merges: Merges, part: string): { chain: string[]; conversation: string } {
  const chain = [part]
  for (;;) {
    const last = chain.at(-1)!
    const into = merges.mergedInto(last)
    const next = into === null ? null : merges.partOf(into)
    if (next === null || next === last) return { chain, conversation: last }
    const circle = chain.indexOf(next)
    if (circle >= 0) return { chain, conversation: chain.slice(circle).reduce((a, b) => (a < b ? a : b)) }
    chain.push(next)
  }
}

const mergesOf = (db: ReadableDb): Merges => ({
  mergedInto: (id) => mergedInto(db, id),
  partOf: (id) => partOf(db, id),
})

/** Where an id has to be shown; itself where nothing is known of it. */
export function conversationOf(db: ReadableDb, id: string): string {
  const part = partOf(db, id)
  return part === null ? foldedInto(db, id) : followMerges(mergesOf(db), part).conversation
}

/** The part and what it is merged into: whom mail for that part concerns. */
export const chainOf = (db: ReadableDb, part: string): string[] => followMerges(mergesOf(db), part).chain

/** Every id that is shown as that conversation, besides its own. */
export const shownIn = (db: ReadableDb, conversation: string): string[] =>
  db
    .all<{ alias_id: string }>(
      'SELECT alias_id FROM thread_aliases INDEXED BY thread_aliases_thread WHERE thread_id = ?',
      [conversation],
    )
    .map((row) => row.alias_id)

export const mergedIntoSql = `SELECT entity_id FROM field_clocks INDEXED BY field_clocks_merged
  WHERE entity = 'thread' AND field = 'merged_into' AND value = ?`

/** The ids that were merged right into one, be they here or not. */
export const mergedThere = (db: ReadableDb, id: string): string[] =>
  db.all<{ entity_id: string }>(mergedIntoSql, [id]).map((row) => row.entity_id)

const isPart = (db: ReadableDb, id: string): boolean =>
  db.get('SELECT 1 FROM thread_parts WHERE id = ?', [id]) !== undefined

/** Whether a thread is here, shown by itself or not. */
export const isHere = (db: ReadableDb, id: string): boolean =>
  db.get('SELECT 1 FROM threads WHERE id = ?', [id]) !== undefined || isPart(db, id)

export const hasSplitsSql = `SELECT 1 FROM messages INDEXED BY messages_by_origin WHERE origin_id = ?1 AND part_id < ?1
  UNION ALL SELECT 1 FROM messages INDEXED BY messages_by_origin WHERE origin_id = ?1 AND part_id > ?1 LIMIT 1`

/** Whether any message of an origin was split off. */
export const hasSplits = (db: ReadableDb, origin: string): boolean =>
  db.get(hasSplitsSql, [origin]) !== undefined

/**
 * The part of its origin that a new message belongs to: that of the nearest message that it answers. Whether those that
 * answer it belong elsewhere now is left to `regroup`.
 */
export function partOfAnswer(
  db: ReadableDb,
  channelId: string,
  origin: string,
  { inReplyTo, references }: { inReplyTo: readonly string[]; references: readonly string[] },
): string {
  const named = namedBy({ in_reply_to: inReplyTo.join('\n'), reference_ids: references.join('\n') })
  for (const messageId of named) {
    const row = db.get<{ part: string }>(
      `SELECT coalesce(part_id, thread_id) AS part FROM messages INDEXED BY messages_by_message_id
       WHERE channel_id = ? AND message_id = ? AND coalesce(origin_id, thread_id) = ? ORDER BY id LIMIT 1`,
      [channelId, messageId, origin],
    )
    if (row) return row.part
  }
  return origin
}

/** Whether anybody had a hand in how a thread is shown. */
export const isRegrouped = (db: ReadableDb, id: string): boolean =>
  mergedInto(db, id) !== null ||
  isPart(db, id) ||
  mergedThere(db, id).length > 0 ||
  db.get('SELECT 1 FROM messages INDEXED BY messages_by_origin WHERE origin_id = ? LIMIT 1', [id]) !==
    undefined ||
  shownIn(db, id).some((alias) => isPart(db, alias))
