import type { BounceReason, MailReportView } from '../../../../contract/messages.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

/** What automatic mail says about messages, and the addresses that bounced by it. */

export type MailReportRow = {
  message_rowid: number
  position: number
  /** Of the report itself (messages.id). */
  message_id: string
  kind: MailReportView['kind']
  /** Message-ID of what it is about; null where that is not known. */
  original_id: string | null
  /** Lower case; empty where the report does not tell. */
  address: string
  at: number
  status: string | null
  reason: BounceReason | null
  text: string
  /** A day: "2025-12-05". */
  until: string | null
  hard: number
  /** 1 where it is about a message of ours that went to that address. */
  confirmed: number
}

export function insertMailReport(db: WritableDb, row: MailReportRow): void {
  db.run(
    `INSERT INTO mail_reports (message_rowid, position, message_id, kind, original_id, address, at, status, reason, text, until,
       hard, confirmed)
     VALUES (@message_rowid, @position, @message_id, @kind, @original_id, @address, @at, @status, @reason, @text, @until,
       @hard, @confirmed)`,
    row,
  )
}

/** Reports that one message can show; a list has thousands of recipients. */
const SHOWN = 100

export const reportsAboutSql = `SELECT r.* FROM json_each(?) j
  JOIN mail_reports r INDEXED BY mail_reports_by_original ON r.original_id = j.value ORDER BY r.at, r.message_rowid, r.position`

/** What was reported about messages, by their Message-IDs, oldest first. */
export function reportsAbout(db: ReadableDb, originalIds: readonly string[]): Map<string, MailReportRow[]> {
  const found = new Map<string, MailReportRow[]>()
  if (originalIds.length === 0) return found
  for (const row of db.all<MailReportRow>(reportsAboutSql, [JSON.stringify([...new Set(originalIds)])])) {
    const list = found.get(row.original_id!) ?? []
    if (list.length < SHOWN) list.push(row)
    found.set(row.original_id!, list)
  }
  return found
}

/** What these messages report, by their rowids. */
export const reportsOf = (db: ReadableDb, rowids: readonly number[]): MailReportRow[] =>
  rowids.length === 0
    ? []
    : db.all<MailReportRow>(
        `SELECT * FROM mail_reports WHERE message_rowid IN (${marks(rowids.length)}) ORDER BY message_rowid, position`,
        [...rowids],
      )

export const confirmReport = (
  db: WritableDb,
  { message_rowid, position }: Pick<MailReportRow, 'message_rowid' | 'position'>,
  address: string,
): void =>
  void db.run('UPDATE mail_reports SET confirmed = 1, address = ? WHERE message_rowid = ? AND position = ?', [
    address,
    message_rowid,
    position,
  ])

export type SentMessage = {
  rowid: number
  id: string
  channel_id: string
  thread_id: string
  message_id: string
  inbox_id: string | null
  subject: string
}

const SENT = 'm.rowid, m.id, m.channel_id, m.thread_id, m.message_id, t.inbox_id, m.subject'

export const sentWithIdSql = `SELECT ${SENT} FROM channels c
  CROSS JOIN messages m INDEXED BY messages_by_message_id ON m.channel_id = c.id AND m.message_id = ?
  CROSS JOIN threads t ON t.id = m.thread_id
  WHERE m.direction = 'out' AND t.inbox_id IS NOT NULL ORDER BY m.rowid`

/** The messages of ours, of team addresses, with a Message-ID: nearly always one. */
export const sentWithId = (db: ReadableDb, messageId: string): SentMessage[] =>
  db.all<SentMessage>(sentWithIdSql, [messageId])

export const sentToSql = `SELECT ${SENT} FROM message_recipients r INDEXED BY message_recipients_address
  CROSS JOIN messages m ON m.rowid = r.message_rowid CROSS JOIN threads t ON t.id = m.thread_id
  WHERE r.address = ? AND r.message_rowid BETWEEN ? AND ? AND r.kind <> 'reply_to'
    AND m.direction = 'out' AND m.channel_id = ? ORDER BY r.message_rowid DESC LIMIT 20`

/** The latest messages of ours from a channel to an address, between two times in ms. */
export const sentTo = (
  db: ReadableDb,
  channelId: string,
  address: string,
  between: { from: number; to: number },
): SentMessage[] =>
  // Rowids are the time (store/tables/messages.ts).
  db.all<SentMessage>(sentToSql, [address, between.from * 1024, (between.to + 1) * 1024, channelId])

/** Which of the addresses a message went to. */
export const recipientsAmong = (db: ReadableDb, rowid: number, addresses: readonly string[]): string[] =>
  addresses.length === 0
    ? []
    : db
        .all<{ address: string }>(
          `SELECT DISTINCT address FROM message_recipients
           WHERE message_rowid = ? AND kind <> 'reply_to' AND address IN (${marks(addresses.length)})`,
          [rowid, ...addresses],
        )
        .map((row) => row.address)

/** The only one whom a message went to, or null. */
export function onlyRecipient(db: ReadableDb, rowid: number): string | null {
  const rows = db.all<{ address: string }>(
    `SELECT DISTINCT address FROM message_recipients WHERE message_rowid = ? AND kind <> 'reply_to' LIMIT 2`,
    [rowid],
  )
  return rows.length === 1 ? rows[0]!.address : null
}

export type BouncedRow = {
  address: string
  at: number
  reason: BounceReason
  text: string
  message_id: string
}

/** When mail from an address was received last, in ms; 0 for never. */
const lastHeard = (db: ReadableDb, address: string): number =>
  db.get<{ at: number | null }>(
    `SELECT max(m.rowid) / 1024 AS at FROM contacts c
     CROSS JOIN messages m INDEXED BY messages_by_contact ON m.contact_id = c.id
     WHERE c.address = ? AND m.direction = 'in'`,
    [address],
  )?.at ?? 0

/**
 * Notes that an address refuses mail for good, unless something was heard from it since. History comes newest first, so
 * the order in which mails are read does not matter.
 */
export function markBounced(db: WritableDb, row: BouncedRow): boolean {
  if (lastHeard(db, row.address) > row.at) return false
  const { changes } = db.run(
    `INSERT INTO bounced_addresses (address, at, reason, text, message_id) VALUES (@address, @at, @reason, @text, @message_id)
     ON CONFLICT (address) DO UPDATE SET at = excluded.at, reason = excluded.reason, text = excluded.text,
       message_id = excluded.message_id WHERE excluded.at > bounced_addresses.at`,
    row,
  )
  if (changes > 0)
    db.run('UPDATE contacts SET bounced_at = ?2, bounce_reason = ?3 WHERE address = ?1', [
      row.address,
      row.at,
      row.text || row.reason,
    ])
  return changes > 0
}

/** Mail came from an address: it works again. @returns whether it was marked */
export function clearBounced(db: WritableDb, address: string, at: number): boolean {
  const { changes } = db.run('DELETE FROM bounced_addresses WHERE address = ? AND at < ?', [address, at])
  if (changes > 0)
    db.run(`UPDATE contacts SET bounced_at = NULL, bounce_reason = '' WHERE address = ?`, [address])
  return changes > 0
}

/** Those of the addresses (lower case) that bounced for good and were not heard from since. */
export const bounceOf = (db: ReadableDb, addresses: readonly string[]): Map<string, BouncedRow> =>
  new Map(
    addresses.length === 0
      ? []
      : db
          .all<BouncedRow>(
            'SELECT b.* FROM json_each(?) j CROSS JOIN bounced_addresses b ON b.address = j.value',
            [JSON.stringify(addresses)],
          )
          .map((row) => [row.address, row]),
  )
