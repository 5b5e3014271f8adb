import { marks, type ReadableDb } from '../statements.ts'

/** What is on its way or was sent: readings of the outbox for lists and threads. Its writing side is store/tables/outbox.ts. */

export type OutboxState = 'held' | 'queued' | 'sending' | 'sent' | 'partly_sent' | 'failed' | 'unknown'

export type OutgoingRow = {
  id: string
  author_id: string | null
  thread_id: string | null
  channel_id: string
  message_id: string
  from_name: string
  from_address: string
  subject: string
  snippet: string
  state: OutboxState
  server_text: string | null
  release_at: number
  created_at: number
  /** Null for what leaves from a personal address. */
  inbox_id: string | null
}

const COLUMNS = `o.id, o.author_id, o.thread_id, o.channel_id, o.message_id, o.from_name, o.from_address, o.subject,
  o.snippet, o.state, o.server_text, o.release_at, o.created_at, c.inbox_id`

/** What waits, failed or is unknown. */
export const waitingSql = (sort: 'newest' | 'oldest', channels: number | null): string =>
  `SELECT ${COLUMNS} FROM outbox o INDEXED BY outbox_waiting JOIN channels c ON c.id = o.channel_id
   WHERE o.state NOT IN ('sent', 'partly_sent') AND (o.created_at, o.id) ${sort === 'newest' ? '<' : '>'} (?, ?)
   ${channels === null ? '' : `AND o.channel_id IN (${marks(channels)})`}
   ORDER BY o.created_at ${sort === 'newest' ? 'DESC' : 'ASC'}, o.id ${sort === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`

/** @param channelIds those that the user can see, or null for all */
export const waitingPage = (
  db: ReadableDb,
  options: {
    sort: 'newest' | 'oldest'
    after: { at: number; id: string }
    limit: number
    channelIds: readonly string[] | null
  },
): OutgoingRow[] =>
  db.all<OutgoingRow>(waitingSql(options.sort, options.channelIds?.length ?? null), [
    options.after.at,
    options.after.id,
    ...(options.channelIds ?? []),
    options.limit,
  ])

/** The answers of a thread that are not in it as messages yet: their copy has not come back by ingest. */
export const pendingOf = (db: ReadableDb, threadId: string): OutgoingRow[] =>
  db.all<OutgoingRow>(
    `SELECT ${COLUMNS} FROM outbox o JOIN channels c ON c.id = o.channel_id
     WHERE o.thread_id = ?
       AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.channel_id = o.channel_id AND m.message_id = o.message_id)
     ORDER BY o.created_at, o.id LIMIT 100`,
    [threadId],
  )

export type OutboxOfMessageRow = Pick<
  OutgoingRow,
  'id' | 'author_id' | 'channel_id' | 'message_id' | 'state' | 'server_text'
>

/** The outbox items behind messages, by `channel_id message_id`. */
export function outboxOfMessages(
  db: ReadableDb,
  messages: readonly { channel_id: string; message_id: string }[],
): Map<string, OutboxOfMessageRow> {
  const found = new Map<string, OutboxOfMessageRow>()
  if (messages.length === 0) return found
  const rows = db.all<OutboxOfMessageRow>(
    `SELECT o.id, o.author_id, o.channel_id, o.message_id, o.state, o.server_text
     FROM json_each(?) j JOIN outbox o INDEXED BY outbox_by_message_id
       ON o.channel_id = j.value ->> 0 AND o.message_id = j.value ->> 1`,
    [JSON.stringify(messages.map((message) => [message.channel_id, message.message_id]))],
  )
  for (const row of rows) found.set(`${row.channel_id} ${row.message_id}`, row)
  return found
}

export type OutboxRecipientRow = {
  outbox_id: string
  kind: 'to' | 'cc' | 'bcc'
  name: string
  address: string
  state: string
  server_text: string | null
}

export const outboxRecipientsOf = (db: ReadableDb, outboxIds: readonly string[]): OutboxRecipientRow[] =>
  outboxIds.length === 0
    ? []
    : db.all<OutboxRecipientRow>(
        `SELECT outbox_id, kind, name, address, state, server_text FROM outbox_recipients
         WHERE outbox_id IN (${marks(outboxIds.length)}) AND position < 500 ORDER BY outbox_id, kind DESC, position`,
        [...outboxIds],
      )

export type SentRow = {
  rowid: number
  id: string
  channel_id: string
  message_id: string
  thread_id: string
  inbox_id: string
  from_name: string
  from_address: string
  subject: string
  snippet: string
  sort_at: number
  attachment_count: number
  assignee_id: string | null
  team_id: string | null
  status: 'open' | 'closed'
  message_count: number
}

/** Sent messages, from here and from other clients of the same address (C6). Logged personal mail is in no list (G8). */
export const sentSql = (
  sort: 'newest' | 'oldest',
  inboxes: number | null,
  filter: { hasAttachment?: boolean | undefined; assigneeId?: string | null | undefined } = {},
): string =>
  `SELECT m.rowid, m.id, m.channel_id, m.message_id, m.thread_id, t.inbox_id, m.from_name, m.from_address, m.subject,
     m.snippet, m.sort_at, m.attachment_count, t.assignee_id, t.team_id, t.status, t.message_count
   FROM messages m INDEXED BY messages_out CROSS JOIN threads t ON t.id = m.thread_id
   WHERE m.direction = 'out' AND m.rowid ${sort === 'newest' ? '<' : '>'} ?
   AND ${inboxes === null ? 't.inbox_id IS NOT NULL' : `t.inbox_id IN (${marks(inboxes)})`}
   ${filter.hasAttachment === undefined ? '' : `AND m.attachment_count ${filter.hasAttachment ? '>' : '='} 0`}
   ${filter.assigneeId === undefined ? '' : 'AND t.assignee_id IS ?'}
   ORDER BY m.rowid ${sort === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`

export const sentPage = (
  db: ReadableDb,
  options: {
    sort: 'newest' | 'oldest'
    after: number
    limit: number
    inboxIds: readonly string[] | null
    hasAttachment?: boolean | undefined
    assigneeId?: string | null | undefined
  },
): SentRow[] =>
  db.all<SentRow>(sentSql(options.sort, options.inboxIds?.length ?? null, options), [
    options.after,
    ...(options.inboxIds ?? []),
    ...(options.assigneeId === undefined ? [] : [options.assigneeId]),
    options.limit,
  ])

export type DraftRow = {
  id: string
  thread_id: string | null
  inbox_id: string | null
  from_name: string | null
  from_address: string | null
  subject: string
  html: string
  updated_at: number
  attachment_count: number
}

/** The drafts of one user that are not in the outbox. */
export const draftsSql = (sort: 'newest' | 'oldest'): string =>
  `SELECT d.id, d.thread_id, c.inbox_id, c.from_name, c.address AS from_address, d.subject, substr(d.html, 1, 2000) AS html,
     d.updated_at, (SELECT count(*) FROM draft_attachments a WHERE a.draft_id = d.id AND a.removed_at IS NULL) AS attachment_count
   FROM drafts d INDEXED BY drafts_by_user LEFT JOIN channels c ON c.id = d.channel_id
   WHERE d.user_id = ? AND d.outbox_id IS NULL AND (d.updated_at, d.id) ${sort === 'newest' ? '<' : '>'} (?, ?)
   ORDER BY d.updated_at ${sort === 'newest' ? 'DESC' : 'ASC'}, d.id ${sort === 'newest' ? 'DESC' : 'ASC'} LIMIT ?`

export const draftsPage = (
  db: ReadableDb,
  options: { userId: string; sort: 'newest' | 'oldest'; after: { at: number; id: string }; limit: number },
): DraftRow[] =>
  db.all<DraftRow>(draftsSql(options.sort), [
    options.userId,
    options.after.at,
    options.after.id,
    options.limit,
  ])

export const draftRecipientsOf = (
  db: ReadableDb,
  draftIds: readonly string[],
): { draft_id: string; kind: string; name: string; address: string }[] =>
  draftIds.length === 0
    ? []
    : db.all(
        `SELECT draft_id, kind, name, address FROM draft_recipients WHERE draft_id IN (${marks(draftIds.length)})
           AND position < 50 ORDER BY draft_id, kind DESC, position`,
        [...draftIds],
      )

/** Capped counts of the three lists above; each touches `cap` rows at most (and what hidden inboxes hide). */
export const sentCountSql = (inboxes: number | null): string =>
  `SELECT count(*) AS n FROM (SELECT 1 FROM messages m INDEXED BY messages_out CROSS JOIN threads t ON t.id = m.thread_id
   WHERE m.direction = 'out' AND ${inboxes === null ? 't.inbox_id IS NOT NULL' : `t.inbox_id IN (${marks(inboxes)})`} LIMIT ?)`
export const sentCount = (db: ReadableDb, inboxIds: readonly string[] | null, cap: number): number =>
  db.get<{ n: number }>(sentCountSql(inboxIds?.length ?? null), [...(inboxIds ?? []), cap])?.n ?? 0

export const draftCountSql = `SELECT count(*) AS n FROM
  (SELECT 1 FROM drafts INDEXED BY drafts_by_user WHERE user_id = ? AND outbox_id IS NULL LIMIT ?)`
export const draftCount = (db: ReadableDb, userId: string, cap: number): number =>
  db.get<{ n: number }>(draftCountSql, [userId, cap])?.n ?? 0

export const waitingCountSql = (channels: number | null): string =>
  `SELECT count(*) AS n FROM (SELECT 1 FROM outbox INDEXED BY outbox_waiting WHERE state NOT IN ('sent', 'partly_sent')
   ${channels === null ? '' : `AND channel_id IN (${marks(channels)})`} LIMIT ?)`
export const waitingCount = (db: ReadableDb, channelIds: readonly string[] | null, cap: number): number =>
  db.get<{ n: number }>(waitingCountSql(channelIds?.length ?? null), [...(channelIds ?? []), cap])?.n ?? 0

/** What left by a channel last, and how much of its mail waits or failed. */
export const lastSent = (
  db: ReadableDb,
  channelId: string,
): { sentAt: number | null; waiting: number; failed: number } =>
  db.get(
    `SELECT max(sent_at) AS sentAt,
       coalesce(sum(state IN ('held', 'queued', 'sending')), 0) AS waiting,
       coalesce(sum(state IN ('failed', 'unknown')), 0) AS failed
     FROM outbox INDEXED BY outbox_by_message_id WHERE channel_id = ?`,
    [channelId],
  )!
