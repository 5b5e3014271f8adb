import type { Mailbox } from '../../../../contract/common.ts'
import type { DraftContent, DraftMode } from '../../../../contract/composing.ts'
import type { BlobHash } from '../blobs.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

export type DraftRow = {
  id: string
  user_id: string
  mode: DraftMode
  thread_id: string | null
  source_message_id: string | null
  /** The personal message that is answered, of which only the head is here. */
  source_personal_id: string | null
  /** The Log box (G3), and "also log the original" (G4); of mail from a personal address. */
  log: 0 | 1
  log_original: 0 | 1
  channel_id: string
  subject: string
  html: string
  quoted_html: string
  version: number
  updated_at: number
  /** Set once it was handed to the outbox: it is a draft no more, unless it is taken back. */
  outbox_id: string | null
  /** The newest message of the thread when it was begun (D6). */
  begun_rowid: number | null
  /** When it was put back by itself, and the message that came before it was due; null for any other. */
  returned_at: number | null
  returned_by: string | null
}

export type DraftAttachmentRow = {
  id: string
  draft_id: string
  position: number
  name: string
  mime_type: string
  size: number
  inline: number
  content_id: string
  hash: BlobHash
  /** Removed, and kept to be taken back. */
  removed_at: number | null
  /** The attachment of the original that a forward takes along; null for what was attached otherwise. */
  source_id: string | null
}

const KINDS = ['to', 'cc', 'bcc'] as const
/** Saves closer together than this become one entry of the history. */
const REVISION_MS = 20_000
const REVISIONS_KEPT = 100

export const draftById = (db: ReadableDb, id: string): DraftRow | undefined =>
  db.get<DraftRow>('SELECT * FROM drafts WHERE id = ?', [id])

/** The user's unsent answer to a message, if one was begun. */
export const draftAnswering = (
  db: ReadableDb,
  userId: string,
  sourceMessageId: string,
  mode: DraftMode,
): DraftRow | undefined =>
  db.get<DraftRow>(
    `SELECT * FROM drafts INDEXED BY drafts_by_user WHERE user_id = ? AND source_message_id = ? AND mode = ? AND outbox_id IS NULL
     ORDER BY updated_at DESC LIMIT 1`,
    [userId, sourceMessageId, mode],
  )

/** The user's unsent answer in a conversation, whatever message it answers. */
export const draftInThread = (db: ReadableDb, userId: string, threadId: string): DraftRow | undefined =>
  db.get<DraftRow>(
    `SELECT * FROM drafts INDEXED BY drafts_by_thread WHERE thread_id = ? AND user_id = ? AND outbox_id IS NULL
     ORDER BY updated_at DESC LIMIT 1`,
    [threadId, userId],
  )

export const draftsOfOthersSql = `SELECT * FROM drafts INDEXED BY drafts_by_thread
  WHERE thread_id = ? AND user_id <> ? AND outbox_id IS NULL AND html <> ''
  ORDER BY updated_at DESC LIMIT 20`

/** What others than the user have written in a conversation and not sent, the last changed first. */
export const draftsOfOthers = (db: ReadableDb, userId: string, threadId: string): DraftRow[] =>
  db.all<DraftRow>(draftsOfOthersSql, [threadId, userId])

/** The user's unsent answer to a personal message, if one was begun. */
export const draftAnsweringPersonal = (
  db: ReadableDb,
  userId: string,
  personalId: string,
  mode: DraftMode,
): DraftRow | undefined =>
  db.get<DraftRow>(
    `SELECT * FROM drafts INDEXED BY drafts_by_user WHERE user_id = ? AND source_personal_id = ? AND mode = ? AND outbox_id IS NULL
     ORDER BY updated_at DESC LIMIT 1`,
    [userId, personalId, mode],
  )

export const draftsOf = (db: ReadableDb, userId: string): DraftRow[] =>
  db.all<DraftRow>(
    'SELECT * FROM drafts INDEXED BY drafts_by_user WHERE user_id = ? AND outbox_id IS NULL ORDER BY updated_at DESC, id DESC LIMIT 1000',
    [userId],
  )

export function draftRecipients(
  db: ReadableDb,
  draftId: string,
): { to: Mailbox[]; cc: Mailbox[]; bcc: Mailbox[] } {
  const rows = db.all<Mailbox & { kind: (typeof KINDS)[number] }>(
    'SELECT kind, name, address FROM draft_recipients WHERE draft_id = ? ORDER BY kind, position',
    [draftId],
  )
  const of = (kind: string): Mailbox[] =>
    rows.filter((row) => row.kind === kind).map(({ name, address }) => ({ name, address }))
  return { to: of('to'), cc: of('cc'), bcc: of('bcc') }
}

export const draftAttachments = (db: ReadableDb, draftId: string): DraftAttachmentRow[] =>
  db.all<DraftAttachmentRow>(
    'SELECT * FROM draft_attachments WHERE draft_id = ? AND removed_at IS NULL ORDER BY position',
    [draftId],
  )

/** The files of the original that a forward takes along, and those that it could. */
export const sourceFilesOf = (db: ReadableDb, draftId: string): DraftAttachmentRow[] =>
  db.all<DraftAttachmentRow>(
    'SELECT * FROM draft_attachments WHERE draft_id = ? AND source_id IS NOT NULL AND inline = 0 ORDER BY position',
    [draftId],
  )

export const draftAttachmentById = (db: ReadableDb, id: string): DraftAttachmentRow | undefined =>
  db.get<DraftAttachmentRow>('SELECT * FROM draft_attachments WHERE id = ?', [id])

export function insertDraft(
  db: WritableDb,
  row: Omit<DraftRow, 'version' | 'outbox_id' | 'log_original' | 'returned_at' | 'returned_by'>,
  recipients: Pick<DraftContent, 'to' | 'cc' | 'bcc'>,
): void {
  db.run(
    `INSERT INTO drafts (id, user_id, mode, thread_id, source_message_id, source_personal_id, channel_id, subject, html, quoted_html, log, begun_rowid, version, updated_at)
     VALUES (@id, @user_id, @mode, @thread_id, @source_message_id, @source_personal_id, @channel_id, @subject, @html, @quoted_html, @log, @begun_rowid, 1, @updated_at)`,
    row,
  )
  writeRecipients(db, row.id, recipients)
}

function writeRecipients(
  db: WritableDb,
  draftId: string,
  recipients: Pick<DraftContent, 'to' | 'cc' | 'bcc'>,
): void {
  db.run('DELETE FROM draft_recipients WHERE draft_id = ?', [draftId])
  for (const kind of KINDS) {
    recipients[kind].forEach(({ name, address }, position) => {
      db.run(
        'INSERT INTO draft_recipients (draft_id, kind, position, name, address) VALUES (?, ?, ?, ?, ?)',
        [draftId, kind, position, name, address],
      )
    })
  }
}

/**
 * Saves over version `version`; returns the new version, or null when a newer one is there already.
 * The state before goes into the history when it is older than a moment, or when it is to be kept `apart`.
 */
export function saveDraft(
  db: WritableDb,
  id: string,
  version: number,
  content: DraftContent,
  now: number,
  apart = false,
): number | null {
  const { changes } = db.run(
    `UPDATE drafts SET channel_id = ?, subject = ?, html = ?, log = coalesce(?, log), log_original = coalesce(?, log_original),
       version = version + 1, updated_at = ?
     WHERE id = ? AND version = ? AND outbox_id IS NULL`,
    [
      content.channelId,
      content.subject,
      content.html,
      content.log === undefined ? null : Number(content.log),
      content.logOriginal === undefined ? null : Number(content.logOriginal),
      now,
      id,
      version,
    ],
  )
  if (changes === 0) return null
  writeRecipients(db, id, content)
  writeRevision(db, id, version + 1, content, now, apart)
  return version + 1
}

/**
 * The history grows by one entry every 20 s of writing; within them the newest entry moves along. So the latest
 * state is always there, and an earlier one at least every 20 s.
 */
function writeRevision(
  db: WritableDb,
  id: string,
  version: number,
  content: DraftContent,
  now: number,
  apart = false,
): void {
  const entries = db.all<{ version: number; at: number }>(
    'SELECT version, at FROM draft_revisions WHERE draft_id = ? ORDER BY version DESC LIMIT 2',
    [id],
  )
  const [newest, before] = entries
  if (!apart && newest && before && now - before.at < REVISION_MS) {
    db.run('DELETE FROM draft_revisions WHERE draft_id = ? AND version = ?', [id, newest.version])
  }
  db.run('INSERT OR REPLACE INTO draft_revisions (draft_id, version, at, content) VALUES (?, ?, ?, ?)', [
    id,
    version,
    now,
    JSON.stringify(content),
  ])
  db.run(
    `DELETE FROM draft_revisions WHERE draft_id = ?1 AND version NOT IN
       (SELECT version FROM draft_revisions WHERE draft_id = ?1 ORDER BY version DESC LIMIT ?2)`,
    [id, REVISIONS_KEPT],
  )
}

export type RevisionRow = { version: number; at: number; content: string }

export const revisionsOf = (db: ReadableDb, draftId: string): RevisionRow[] =>
  db.all<RevisionRow>(
    'SELECT version, at, content FROM draft_revisions WHERE draft_id = ? ORDER BY version DESC',
    [draftId],
  )

export const deleteDraft = (db: WritableDb, id: string): boolean =>
  db.run('DELETE FROM drafts WHERE id = ? AND outbox_id IS NULL', [id]).changes > 0

export function setDraftOutbox(db: WritableDb, id: string, outboxId: string | null): void {
  db.run('UPDATE drafts SET outbox_id = ?, returned_at = NULL, returned_by = NULL WHERE id = ?', [
    outboxId,
    id,
  ])
}

export function insertDraftAttachment(
  db: WritableDb,
  row: Omit<DraftAttachmentRow, 'position' | 'removed_at' | 'source_id'> & { source_id?: string },
): void {
  db.run(
    `INSERT INTO draft_attachments (id, draft_id, position, name, mime_type, size, inline, content_id, hash, source_id)
     VALUES (@id, @draft_id, (SELECT coalesce(max(position), -1) + 1 FROM draft_attachments WHERE draft_id = @draft_id),
       @name, @mime_type, @size, @inline, @content_id, @hash, @source_id)`,
    { source_id: null, ...row },
  )
}

/** @param at  ms, when it was removed; null takes that back */
export function setAttachmentRemoved(db: WritableDb, id: string, at: number | null): void {
  db.run('UPDATE draft_attachments SET removed_at = ? WHERE id = ?', [at, id])
}

export function renameDraftAttachment(db: WritableDb, id: string, name: string): void {
  db.run('UPDATE draft_attachments SET name = ? WHERE id = ?', [name, id])
}

/** Makes it an answer to another message; its text stays. */
export function readdressDraft(
  db: WritableDb,
  id: string,
  values: Pick<DraftRow, 'mode' | 'source_message_id' | 'quoted_html'>,
  content: DraftContent,
  now: number,
): void {
  db.run(
    `UPDATE drafts SET mode = ?, source_message_id = ?, quoted_html = ?, version = version + 1, updated_at = ?
     WHERE id = ?`,
    [values.mode, values.source_message_id, values.quoted_html, now, id],
  )
  writeRecipients(db, id, content)
  writeRevision(db, id, draftById(db, id)!.version, content, now)
}

/** Notes that the engine put it back, because a message came before it was due. */
export function setDraftReturned(db: WritableDb, id: string, at: number, by: string): void {
  db.run('UPDATE drafts SET returned_at = ?, returned_by = ? WHERE id = ?', [at, by, id])
}

/** The drafts that were sent long ago: their text is in the sent message, so they can go. */
export function deleteSentDrafts(db: WritableDb, outboxIds: readonly string[]): void {
  db.run(`DELETE FROM drafts WHERE outbox_id IN (${marks(outboxIds.length)})`, [...outboxIds])
}
