import type { Availability, UserRole } from '../../../../contract/workspace.ts'
import type { ReadableDb } from '../statements.ts'

export type UserRow = {
  id: string
  name: string
  email: string
  role: UserRole
  created_at: number
  availability: Availability
  /** How the passphrase was hashed, and the hash; null for none. */
  passphrase: string | null
  /** The hash of the picture's bytes in hex; null for none. */
  avatar: string | null
  active: 0 | 1
}

/** Everybody of the workspace, by name; those who left too. */
export const allUsers = (db: ReadableDb): UserRow[] =>
  db.all<UserRow>('SELECT * FROM users ORDER BY name COLLATE NOCASE, id')

export const userById = (db: ReadableDb, id: string): UserRow | undefined =>
  db.get<UserRow>('SELECT * FROM users WHERE id = ?', [id])

/** @param email compared without case */
export const userByEmail = (db: ReadableDb, email: string): UserRow | undefined =>
  db.get<UserRow>('SELECT * FROM users WHERE email = ?', [email.trim().toLowerCase()])
