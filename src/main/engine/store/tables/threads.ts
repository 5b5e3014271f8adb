import type { TicketPriority } from '../../../../contract/admin.ts'
import { applyHeld } from '../ops.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'
import { refreshMarks } from '../grouping/marks.ts'
import { shownAs } from '../grouping/structure.ts'
import { followSpam } from './junk-moves.ts'

export type ThreadRow = {
  id: string
  /** Null for logged personal mail, which lies in no inbox. */
  inbox_id: string | null
  /** Whose logged mail it is; null for a team's. */
  user_id: string | null
  channel_id: string
  root_message_id: string
  subject: string
  snippet: string
  sender_name: string
  sender_address: string
  contact_id: string | null
  status: 'open' | 'closed' | 'logged' | 'spam'
  assignee_id: string | null
  team_id: string | null
  first_at: number
  sort_at: number
  message_count: number
  unread_count: number
  attachment_count: number
  /** When it comes back, in ms; null where it does not wait for a time. */
  snoozed_until: number | null
  /** 1 while it waits for the contact. */
  snoozed_until_reply: number
  /** Only where what it was merged into is not here, or in a circle: else it has no row (store/grouping). */
  merged_into: string | null
  /** Its own, set where it has no ticket; null stands for medium. What lists show is `priority_shown`. */
  priority: TicketPriority | null
  priority_shown: Exclude<TicketPriority, 'medium'> | null
  /** Since when it is spam, in ms; null where it is none. */
  spam_at: number | null
  /** The block that it came in under (store/tables/blocked-senders.ts); null where a person said that it is spam. */
  spam_block_id: string | null
}

/** The thread with that id, or the one it became part of. */
export function threadById(db: ReadableDb, id: string): ThreadRow | undefined {
  return (
    db.get<ThreadRow>('SELECT * FROM threads WHERE id = ?', [id]) ??
    db.get<ThreadRow>(
      'SELECT threads.* FROM thread_aliases JOIN threads ON threads.id = thread_aliases.thread_id WHERE alias_id = ?',
      [id],
    )
  )
}

/**
 * An empty thread; `refreshThread` fills in what follows from its messages, and what people decided about it before
 * it was here is taken from the ops (fault 50).
 */
export function ensureThread(
  db: WritableDb,
  thread: Pick<ThreadRow, 'id' | 'inbox_id' | 'channel_id' | 'root_message_id'> & { user_id?: string | null },
): boolean {
  const isNew =
    db.run(
      `INSERT OR IGNORE INTO threads (id, inbox_id, user_id, channel_id, root_message_id, subject, snippet, sender_name, sender_address,
         status, first_at, sort_at, message_count, unread_count, attachment_count)
       VALUES (?, ?, ?, ?, ?, '', '', '', '', ?, 0, 0, 0, 0, 0)`,
      [
        thread.id,
        thread.inbox_id,
        thread.user_id ?? null,
        thread.channel_id,
        thread.root_message_id,
        thread.inbox_id === null ? 'logged' : 'open',
      ],
    ).changes > 0
  if (isNew) applyHeld(db, 'thread', thread.id)
  return isNew
}

type Summary = {
  message_count: number
  unread_count: number
  attachment_count: number
  oldest: number | null
  newest: number | null
  newest_in: number | null
}

/**
 * Derives the thread's row from its messages: subject of the oldest, snippet and time of the newest, sender of the
 * newest inbound one (else whom we wrote to), counters. The order in which messages came leaves no trace.
 */
export function refreshThread(db: WritableDb, threadId: string): void {
  const summary = db.get<Summary>(
    `SELECT count(*) AS message_count, coalesce(sum(direction = 'in' AND seen = 0), 0) AS unread_count,
       coalesce(sum(attachment_count), 0) AS attachment_count, min(rowid) AS oldest, max(rowid) AS newest,
       max(CASE WHEN direction = 'in' THEN rowid END) AS newest_in
     FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?`,
    [threadId],
  )!
  if (summary.oldest === null || summary.newest === null) {
    db.run('DELETE FROM threads WHERE id = ?', [threadId])
    return
  }
  const first = db.get<{ subject: string; sort_at: number }>(
    'SELECT subject, sort_at FROM messages WHERE rowid = ?',
    [ownOldest(db, threadId) ?? summary.oldest],
  )!
  const last = db.get<{ snippet: string; sort_at: number }>(
    'SELECT snippet, sort_at FROM messages WHERE rowid = ?',
    [summary.newest],
  )!
  const sender =
    summary.newest_in === null ? recipientOf(db, summary.newest) : senderOf(db, threadId, summary.newest_in)
  const before = db.get<Pick<ThreadRow, 'contact_id' | 'sort_at' | 'unread_count' | 'sender_address'>>(
    'SELECT contact_id, sort_at, unread_count, sender_address FROM threads WHERE id = ?',
    [threadId],
  )
  if (!before) return
  db.run(
    `UPDATE threads SET subject = ?, snippet = ?, sender_name = ?, first_at = ?, message_count = ?,
       attachment_count = ? WHERE id = ?`,
    [
      first.subject,
      last.snippet,
      sender?.name ?? '',
      first.sort_at,
      summary.message_count,
      summary.attachment_count,
      threadId,
    ],
  )
  // Apart, because SQLite writes the entries of an index anew whenever a statement names its column.
  const contactId = sender?.contact_id ?? null
  if (before.contact_id !== contactId || before.sort_at !== last.sort_at)
    db.run('UPDATE threads SET contact_id = ?, sort_at = ? WHERE id = ?', [contactId, last.sort_at, threadId])
  const address = sender?.address ?? ''
  if (before.sender_address !== address)
    db.run('UPDATE threads SET sender_address = ? WHERE id = ?', [address, threadId])
  if (before.unread_count !== summary.unread_count)
    db.run('UPDATE threads SET unread_count = ? WHERE id = ?', [summary.unread_count, threadId])
}

export const ownOldestSql = `SELECT rowid FROM messages INDEXED BY messages_by_thread
  WHERE thread_id = ?1 AND (part_id IS NULL OR part_id = ?1) ORDER BY rowid LIMIT 1`

/** The oldest message that is the conversation's own: what was merged into it does not change its subject. */
const ownOldest = (db: ReadableDb, threadId: string): number | undefined =>
  db.get<{ rowid: number }>(ownOldestSql, [threadId])?.rowid

type Sender = { name: string; address: string; contact_id: string | null }

/** Whom we wrote to, where nobody has answered yet. */
const recipientOf = (db: ReadableDb, rowid: number): Sender | undefined =>
  db.get<Sender>(
    `SELECT r.name, r.address, c.id AS contact_id FROM message_recipients r LEFT JOIN contacts c ON c.address = r.address
     WHERE r.message_rowid = ? AND r.kind IN ('to', 'cc', 'bcc') ORDER BY r.kind = 'to' DESC, r.position LIMIT 1`,
    [rowid],
  )

/** Who wrote last; a bounce has no contact, so that the conversation stays the customer's. */
function senderOf(db: ReadableDb, threadId: string, newestIn: number): Sender | undefined {
  const newest = db.get<Sender>(
    'SELECT from_name AS name, from_address AS address, contact_id FROM messages WHERE rowid = ?',
    [newestIn],
  )
  if (newest && newest.contact_id !== null) return newest
  const earlier = db.get<Sender>(
    `SELECT name, address, contact_id FROM
       (SELECT rowid, from_name AS name, from_address AS address, contact_id FROM messages INDEXED BY messages_by_thread
        WHERE thread_id = ? AND direction = 'in' ORDER BY rowid DESC LIMIT 20)
     WHERE contact_id IS NOT NULL ORDER BY rowid DESC LIMIT 1`,
    [threadId],
  )
  if (earlier) return earlier
  // What came back about our own mail leaves the conversation with whom that was written to.
  const machine = db.get<{ automatic: string | null }>('SELECT automatic FROM messages WHERE rowid = ?', [
    newestIn,
  ])
  if (!['bounce', 'receipt', 'abuse_report'].includes(machine?.automatic ?? '')) return newest
  const sent = db.get<{ rowid: number | null }>(
    `SELECT max(rowid) AS rowid FROM messages INDEXED BY messages_by_thread WHERE thread_id = ? AND direction = 'out'`,
    [threadId],
  )
  return sent?.rowid ? (recipientOf(db, sent.rowid) ?? newest) : newest
}

/** What people set on threads: where two become one, the later writer's stays. */
const FOLDED = [
  'status',
  'assignee_id',
  'team_id',
  'inbox_id',
  'snoozed_until',
  'snoozed_until_reply',
  'priority',
  'spam_at',
  'spam_block_id',
  'merged_into',
] as const

/**
 * Moves everything of `from` into `into` and leaves an alias, so that links and later ops still find it.
 * A status, assignee or team that people set on either side stays: the later one by its clock. Its ticket comes along, and
 * of two decisions about whom to give it to, that of `into` stays.
 */
export function foldThread(db: WritableDb, from: string, into: string): void {
  db.run('UPDATE messages SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('UPDATE comments SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('UPDATE drafts SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('UPDATE outbox SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('UPDATE tickets SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('UPDATE OR IGNORE routings SET id = ?2 WHERE id = ?1', [from, into])
  for (const field of FOLDED) {
    const clock = (id: string): string =>
      db.get<{ hlc: string }>(
        `SELECT hlc FROM field_clocks WHERE entity = 'thread' AND entity_id = ? AND field = ?`,
        [id, field],
      )?.hlc ?? ''
    if (clock(from) > clock(into)) {
      db.run(`UPDATE threads SET ${field} = (SELECT ${field} FROM threads WHERE id = ?1) WHERE id = ?2`, [
        from,
        into,
      ])
      db.run(
        `INSERT INTO field_clocks (entity, entity_id, field, hlc, value)
         SELECT 'thread', ?2, field, hlc, value FROM field_clocks WHERE entity = 'thread' AND entity_id = ?1 AND field = ?3
         ON CONFLICT (entity, entity_id, field) DO UPDATE SET hlc = excluded.hlc, value = excluded.value`,
        [from, into, field],
      )
    }
  }
  db.run('DELETE FROM threads WHERE id = ?', [from])
  followSpam(db, into)
  aliasThread(db, from, into)
  refreshMarks(db, shownAs(db, into))
}

export const nextSnoozedSql =
  'SELECT min(snoozed_until) AS at FROM threads INDEXED BY threads_snoozed WHERE snoozed_until IS NOT NULL'

/** When the next conversation comes back, in ms; null when none waits for a time. */
export const nextSnoozed = (db: ReadableDb): number | null =>
  db.get<{ at: number | null }>(nextSnoozedSql)?.at ?? null

export const snoozedUntilSql =
  'SELECT id FROM threads INDEXED BY threads_snoozed WHERE snoozed_until <= ? ORDER BY snoozed_until LIMIT ?'

/** Those whose time has come, at most `limit`. @param now in ms */
export const snoozedUntil = (db: ReadableDb, now: number, limit: number): string[] =>
  db.all<{ id: string }>(snoozedUntilSql, [now, limit]).map(({ id }) => id)

export const threadExists = (db: ReadableDb, id: string): boolean =>
  db.get('SELECT 1 FROM threads WHERE id = ?', [id]) !== undefined

/** Headers say that `from` is part of `into`: from now on it leads there, and so does all that led to `from`. */
export function aliasThread(db: WritableDb, from: string, into: string): void {
  db.run('UPDATE thread_folds SET thread_id = ?2 WHERE thread_id = ?1', [from, into])
  db.run('DELETE FROM thread_folds WHERE alias_id = ?', [into])
  db.run('INSERT OR REPLACE INTO thread_folds (alias_id, thread_id) VALUES (?, ?)', [from, into])
  const isShown = threadExists(db, into)
  if (isShown) db.run('DELETE FROM thread_aliases WHERE alias_id = ?', [into])
  const shown = isShown
    ? into
    : (db.get<{ thread_id: string }>('SELECT thread_id FROM thread_aliases WHERE alias_id = ?', [into])
        ?.thread_id ?? into)
  db.run('UPDATE thread_aliases SET thread_id = ?2 WHERE thread_id = ?1', [from, shown])
  db.run('INSERT OR REPLACE INTO thread_aliases (alias_id, thread_id) VALUES (?, ?)', [from, shown])
}
