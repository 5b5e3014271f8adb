import type { ReadableDb } from '../statements.ts'

export type DealRow = {
  id: string
  name: string
  /** In the currency's smallest unit. */
  amount: number | null
  /** ISO 4217, or empty. */
  currency: string
  stage_id: string | null
  /** "2026-11-21", or empty. */
  close_date: string
  owner_id: string | null
  company_id: string | null
  notes: string
  created_at: number
  removed_at: number | null
}

export const dealById = (db: ReadableDb, id: string): DealRow | undefined =>
  db.get<DealRow>('SELECT * FROM deals WHERE id = ?', [id])
