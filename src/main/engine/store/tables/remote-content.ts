import type { ReadableDb, WritableDb } from '../statements.ts'

/** Remembers that remote content may be shown for a message (by id) or for all mail of a sender (by address) (D9). */
export function allowRemoteContent(db: WritableDb, scope: 'message' | 'sender', key: string): void {
  db.run('INSERT OR IGNORE INTO remote_content_permissions (scope, key) VALUES (?, ?)', [scope, key])
}

/** Messages of a sender's contact, newest first: those whose display the permission changes. */
export const messagesOfContact = (db: ReadableDb, contactId: string, limit: number): string[] =>
  db
    .all<{ id: string }>(
      'SELECT id FROM messages INDEXED BY messages_by_contact WHERE contact_id = ? ORDER BY rowid DESC LIMIT ?',
      [contactId, limit],
    )
    .map((row) => row.id)
