import type { ReadableDb } from '../statements.ts'

export type InboxRow = {
  id: string
  name: string
  access: 'everyone' | 'members'
  created_at: number
  /** F3: off, mail that came by an automatic forward stays with whom its From names. */
  attribute_automatic_forwards: number
}

/** All inboxes, by name. */
export const allInboxes = (db: ReadableDb): InboxRow[] =>
  db.all<InboxRow>('SELECT * FROM inboxes ORDER BY name COLLATE NOCASE, id')

export const inboxById = (db: ReadableDb, id: string): InboxRow | undefined =>
  db.get<InboxRow>('SELECT * FROM inboxes WHERE id = ?', [id])

/** Who was added to inboxes by name; an inbox with access `everyone` needs no rows here. */
export const allInboxMembers = (db: ReadableDb): { inbox_id: string; user_id: string }[] =>
  db.all('SELECT inbox_id, user_id FROM inbox_members ORDER BY inbox_id, user_id')
