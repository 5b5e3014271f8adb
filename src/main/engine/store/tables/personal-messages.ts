import type { Mailbox } from '../../../../contract/common.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

/** What is known of a personal message: its head and its verdict, never its body. */
export type PersonalMessageRow = {
  id: string
  channel_id: string
  folder: string
  /** Null for what was sent from here and is not in Sent yet. */
  uid: number | null
  uid_validity: string | null
  message_id: string
  /** Message-IDs, one a line. */
  in_reply_to: string
  reference_ids: string
  direction: 'in' | 'out'
  from_name: string
  from_address: string
  subject: string
  /** When it counts as having happened, in ms. */
  at: number
  /** INTERNALDATE in ms. */
  received_at: number
  size: number
  automatic: 0 | 1
  state: 'known' | 'judged' | 'pending' | 'stored' | 'gone'
  logged: 0 | 1
  by_hand: 0 | 1
  code: string
  reason: string
  step: string
  step_text: string
  /** LoggingFact[] of the contract as JSON, as it was decided. */
  trace: string
  decided_at: number | null
  message_rowid: number | null
  attempts: number
  retry_at: number
  problem: string | null
}

export type PersonalRecipient = Mailbox & { kind: 'to' | 'cc' | 'bcc' | 'delivered' }

export const personalMessageById = (db: ReadableDb, id: string): PersonalMessageRow | undefined =>
  db.get<PersonalMessageRow>('SELECT * FROM personal_messages WHERE id = ?', [id])

export const personalMessageOf = (db: ReadableDb, messageRowid: number): PersonalMessageRow | undefined =>
  db.get<PersonalMessageRow>('SELECT * FROM personal_messages WHERE message_rowid = ?', [messageRowid])

/** The messages of any personal channel that have one of some Message-IDs. */
export const personalMessagesWithIds = (
  db: ReadableDb,
  messageIds: readonly string[],
): PersonalMessageRow[] =>
  db.all<PersonalMessageRow>(
    'SELECT * FROM personal_messages WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY at, id',
    [JSON.stringify(messageIds)],
  )

/** Everyone a message went to, in order; `delivered` are the addresses that it was delivered to on its way. */
export const personalRecipients = (db: ReadableDb, id: string): PersonalRecipient[] =>
  db.all<PersonalRecipient>(
    `SELECT kind, name, address FROM personal_recipients WHERE personal_id = ?
     ORDER BY CASE kind WHEN 'to' THEN 0 WHEN 'cc' THEN 1 ELSE 2 END, position`,
    [id],
  )

export function insertPersonalRecipients(
  db: WritableDb,
  id: string,
  recipients: readonly PersonalRecipient[],
): void {
  recipients.forEach(({ kind, name, address }, position) => {
    db.run(
      'INSERT OR IGNORE INTO personal_recipients (personal_id, kind, position, name, address) VALUES (?, ?, ?, ?, ?)',
      [id, kind, position, name, address.toLowerCase()],
    )
  })
}

/** The message itself is here now. */
export const markPersonalStored = (db: WritableDb, id: string, messageRowid: number): void => {
  db.run(`UPDATE personal_messages SET state = 'stored', message_rowid = ?2, problem = NULL WHERE id = ?1`, [
    id,
    messageRowid,
  ])
}
