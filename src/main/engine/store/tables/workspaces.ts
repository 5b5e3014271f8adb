import type { ReadableDb, WritableDb } from '../statements.ts'

export type WorkspaceRow = {
  id: 1
  name: string
  is_sample: 0 | 1
  created_at: number
  /** Aliases that log, instead of plus-addresses (G2, G3). */
  log_bcc_address: string | null
  log_forward_address: string | null
  /** Where phone numbers without a country code are from, by ISO 3166; empty when nobody said. */
  phone_country: string
}

/** Undefined until a workspace was created, provisioned or the sample was started. */
export const theWorkspace = (db: ReadableDb): WorkspaceRow | undefined =>
  db.get<WorkspaceRow>('SELECT * FROM workspaces')

/** What belongs to this machine and never replicates. */
export type MachineSetting =
  | 'me_id'
  | 'node_id'
  | 'files_key'
  | 'receiver_enabled'
  | 'receiver_host'
  | 'receiver_port'
  | 'receiver_certificate'

export const machineSetting = (db: ReadableDb, key: MachineSetting): string | null =>
  db.get<{ value: string }>('SELECT value FROM machine_settings WHERE key = ?', [key])?.value ?? null

export function setMachineSetting(db: WritableDb, key: MachineSetting, value: string): void {
  db.run(
    'INSERT INTO machine_settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [key, value],
  )
}
