import type { Mailbox } from '../../../../contract/common.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
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
  /** Lower-cased addresses that become contacts when it is filed, one a line. */
  make: string
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

/** The id of a message in the mailbox of an address: the same on every machine. */
export const personalIdOf = (address: string, messageId: string): string =>
  uuidV5(NAMESPACE.personalMessage, `${address.toLowerCase()}\n${messageId}`)

export type NewPersonalMessage = Pick<
  PersonalMessageRow,
  | 'id'
  | 'channel_id'
  | 'folder'
  | 'uid'
  | 'uid_validity'
  | 'message_id'
  | 'in_reply_to'
  | 'reference_ids'
  | 'direction'
  | 'from_name'
  | 'from_address'
  | 'subject'
  | 'at'
  | 'received_at'
  | 'size'
  | 'automatic'
>

/** Makes the row, as one that is only known; a verdict is written by `setVerdict`. */
export function insertPersonalMessage(
  db: WritableDb,
  row: NewPersonalMessage,
  recipients: readonly PersonalRecipient[],
): void {
  db.run(
    `INSERT INTO personal_messages (id, channel_id, folder, uid, uid_validity, message_id, in_reply_to, reference_ids, direction,
       from_name, from_address, subject, at, received_at, size, automatic, state)
     VALUES (@id, @channel_id, @folder, @uid, @uid_validity, @message_id, @in_reply_to, @reference_ids, @direction,
       @from_name, @from_address, @subject, @at, @received_at, @size, @automatic, 'known')`,
    row,
  )
  insertPersonalRecipients(db, row.id, recipients)
}

/** Where the message lies by now. */
export function setPersonalPlace(
  db: WritableDb,
  id: string,
  place: Pick<PersonalMessageRow, 'folder' | 'uid' | 'uid_validity'>,
): void {
  db.run('UPDATE personal_messages SET folder = ?, uid = ?, uid_validity = ? WHERE id = ?', [
    place.folder,
    place.uid,
    place.uid_validity,
    id,
  ])
}

/** Writes a verdict; what was logged before and is not any more loses its message. */
export function setVerdict(
  db: WritableDb,
  id: string,
  verdict: Pick<
    PersonalMessageRow,
    | 'logged'
    | 'state'
    | 'by_hand'
    | 'code'
    | 'reason'
    | 'step'
    | 'step_text'
    | 'trace'
    | 'make'
    | 'decided_at'
  >,
): void {
  db.run(
    `UPDATE personal_messages SET logged = @logged, state = @state, by_hand = @by_hand, code = @code, reason = @reason,
       step = @step, step_text = @step_text, trace = @trace, make = @make, decided_at = @decided_at, attempts = 0, retry_at = 0,
       problem = NULL, message_rowid = iif(@state = 'stored', message_rowid, NULL) WHERE id = @id`,
    { ...verdict, id },
  )
}

/** Logged messages of a channel whose bytes are still to be fetched, as far as they are due. */
export const pendingPersonal = (db: ReadableDb, channelId: string, now: number): PersonalMessageRow[] =>
  db.all<PersonalMessageRow>(
    `SELECT * FROM personal_messages INDEXED BY personal_messages_pending
     WHERE channel_id = ? AND state = 'pending' AND retry_at <= ? ORDER BY retry_at, at LIMIT 200`,
    [channelId, now],
  )

/** A try to fetch it failed. */
export function notePersonalFailure(
  db: WritableDb,
  id: string,
  failure: { attempts: number; retryAt: number; problem: string },
): void {
  db.run('UPDATE personal_messages SET attempts = ?, retry_at = ?, problem = ? WHERE id = ?', [
    failure.attempts,
    failure.retryAt,
    failure.problem,
    id,
  ])
}

/** The server has it no more: the verdict stands, the message does not. */
export const markPersonalGone = (db: WritableDb, id: string, problem: string): void => {
  db.run(`UPDATE personal_messages SET state = 'gone', problem = ? WHERE id = ?`, [problem, id])
}

/** Logged answers that a channel's owner sent since a time: few, so that one that names a message is found among them. */
export const loggedAnswersSince = (db: ReadableDb, channelId: string, since: number): PersonalMessageRow[] =>
  db.all<PersonalMessageRow>(
    `SELECT * FROM personal_messages INDEXED BY personal_messages_by_logged
     WHERE channel_id = ? AND logged = 1 AND at >= ? AND decided_at IS NOT NULL AND direction = 'out' ORDER BY at LIMIT 2000`,
    [channelId, since],
  )
