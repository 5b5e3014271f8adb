import type { UserRole } from '../../../../contract/workspace.ts'
import type { ReadableDb } from '../statements.ts'

export type UserRow = { id: string; name: string; email: string; role: UserRole; created_at: number }

/** Everybody of the workspace, by name. */
export const allUsers = (db: ReadableDb): UserRow[] =>
  db.all<UserRow>('SELECT * FROM users ORDER BY name COLLATE NOCASE, id')

export const userById = (db: ReadableDb, id: string): UserRow | undefined =>
  db.get<UserRow>('SELECT * FROM users WHERE id = ?', [id])

/** @param email compared without case */
export const userByEmail = (db: ReadableDb, email: string): UserRow | undefined =>
  db.get<UserRow>('SELECT * FROM users WHERE email = ?', [email.trim().toLowerCase()])
