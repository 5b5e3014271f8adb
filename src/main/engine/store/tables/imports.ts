import type { ExistingMode, ImportRowView, ImportState } from '../../../../contract/importing.ts'
import type { RecordType } from '../../../../contract/records.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type ImportRow = {
  id: string
  actor_id: string
  record_type: Exclude<RecordType, 'ticket'>
  file_name: string
  format: 'csv' | 'vcard'
  encoding: string
  delimiter: string
  state: ImportState
  existing: ExistingMode
  total: number
  done: number
  created: number
  updated: number
  same: number
  refused: number
  noted: number
  skipped: number
  problem: string | null
  created_at: number
  /** Who takes it back, or did. */
  undo_actor_id: string | null
}

export type ImportColumnRow = {
  import_id: string
  position: number
  heading: string
  samples: string
  date_order: 'day' | 'month' | null
  proposed: string | null
  mapped: string | null
}

export type Verdict = ImportRowView['verdict']

export type ImportVerdictRow = {
  import_id: string
  row: number
  verdict: Verdict
  text: string
  name: string
  noted: number
  record_id: string | null
}

export const importById = (db: ReadableDb, id: string): ImportRow | undefined =>
  db.get<ImportRow>('SELECT * FROM imports WHERE id = ?', [id])

/** The newest ones, of one user or of all. */
export const importsOf = (db: ReadableDb, actorId: string | null): ImportRow[] =>
  actorId === null
    ? db.all<ImportRow>('SELECT * FROM imports ORDER BY created_at DESC, id DESC LIMIT 100')
    : db.all<ImportRow>(
        'SELECT * FROM imports WHERE actor_id = ? ORDER BY created_at DESC, id DESC LIMIT 100',
        [actorId],
      )

export const importsInState = (db: ReadableDb, ...states: ImportState[]): ImportRow[] =>
  db.all<ImportRow>(
    `SELECT * FROM imports WHERE state IN (${states.map(() => '?').join(', ')}) ORDER BY created_at, id`,
    states,
  )

export const importIds = (db: ReadableDb): string[] =>
  db.all<{ id: string }>('SELECT id FROM imports').map(({ id }) => id)

export const columnsOf = (db: ReadableDb, importId: string): ImportColumnRow[] =>
  db.all<ImportColumnRow>('SELECT * FROM import_columns WHERE import_id = ? ORDER BY position', [importId])

export function insertImport(
  db: WritableDb,
  row: Pick<
    ImportRow,
    | 'id'
    | 'actor_id'
    | 'record_type'
    | 'file_name'
    | 'format'
    | 'encoding'
    | 'delimiter'
    | 'total'
    | 'created_at'
  >,
  columns: readonly Omit<ImportColumnRow, 'import_id' | 'position' | 'mapped'>[],
): void {
  db.run(
    `INSERT INTO imports (id, actor_id, record_type, file_name, format, encoding, delimiter, state, total, created_at)
     VALUES (@id, @actor_id, @record_type, @file_name, @format, @encoding, @delimiter, 'uploaded', @total, @created_at)`,
    row,
  )
  columns.forEach((column, position) =>
    db.run(
      `INSERT INTO import_columns (import_id, position, heading, samples, date_order, proposed)
       VALUES (@import_id, @position, @heading, @samples, @date_order, @proposed)`,
      { import_id: row.id, position, ...column },
    ),
  )
}

type Settable = Partial<
  Pick<
    ImportRow,
    | 'state'
    | 'existing'
    | 'done'
    | 'created'
    | 'updated'
    | 'same'
    | 'refused'
    | 'noted'
    | 'skipped'
    | 'problem'
    | 'undo_actor_id'
  >
>

export function setImport(db: WritableDb, id: string, values: Settable): void {
  const columns = Object.keys(values) as (keyof Settable)[]
  db.run(
    `UPDATE imports SET ${columns.map((column) => `${column} = @${column}`).join(', ')} WHERE id = @id`,
    {
      ...values,
      id,
    },
  )
}

export function setMapping(db: WritableDb, id: string, mapping: readonly (string | null)[]): void {
  mapping.forEach((mapped, position) =>
    db.run('UPDATE import_columns SET mapped = ? WHERE import_id = ? AND position = ?', [
      mapped,
      id,
      position,
    ]),
  )
}

/** Forgets the verdicts of an earlier dry run. */
export function clearVerdicts(db: WritableDb, id: string): void {
  db.run('DELETE FROM import_rows WHERE import_id = ?', [id])
  clearKeys(db, id)
}

export function clearKeys(db: WritableDb, id: string): void {
  db.run('DELETE FROM import_keys WHERE import_id = ?', [id])
}

export function saveVerdict(db: WritableDb, row: ImportVerdictRow): void {
  db.run(
    `INSERT INTO import_rows (import_id, row, verdict, text, name, noted, record_id)
     VALUES (@import_id, @row, @verdict, @text, @name, @noted, @record_id)
     ON CONFLICT (import_id, row) DO UPDATE SET verdict = excluded.verdict, text = excluded.text, name = excluded.name,
       noted = excluded.noted, record_id = excluded.record_id`,
    row,
  )
}

/** The verdicts behind the row `after`, of one kind or of all. */
export function verdictsOf(
  db: ReadableDb,
  id: string,
  options: { verdict: Verdict | null; noted: boolean; after: number; limit: number },
): ImportVerdictRow[] {
  const { verdict, noted, after, limit } = options
  const rest = `${noted ? 'AND noted = 1' : ''} ORDER BY row LIMIT ?`
  return verdict === null
    ? db.all<ImportVerdictRow>(`SELECT * FROM import_rows WHERE import_id = ? AND row > ? ${rest}`, [
        id,
        after,
        limit,
      ])
    : db.all<ImportVerdictRow>(
        `SELECT * FROM import_rows WHERE import_id = ? AND verdict = ? AND row > ? ${rest}`,
        [id, verdict, after, limit],
      )
}

/** The row of the file in which a key stands first, or null. */
export const rowOfKey = (db: ReadableDb, id: string, key: string): number | null =>
  db.get<{ row: number }>('SELECT row FROM import_keys WHERE import_id = ? AND key = ?', [id, key])?.row ??
  null

export function keepKey(db: WritableDb, id: string, key: string, row: number): void {
  db.run('INSERT OR IGNORE INTO import_keys (import_id, key, row) VALUES (?, ?, ?)', [id, key, row])
}

export function addImportUndo(db: WritableDb, id: string, undoId: string): void {
  db.run(
    `INSERT INTO import_undos (import_id, position, undo_id)
     SELECT ?1, coalesce(max(position), 0) + 1, ?2 FROM import_undos WHERE import_id = ?1`,
    [id, undoId],
  )
}

/** What was done last and is not taken back yet. */
export const lastImportUndo = (
  db: ReadableDb,
  id: string,
): { position: number; undo_id: string } | undefined =>
  db.get<{ position: number; undo_id: string }>(
    'SELECT position, undo_id FROM import_undos WHERE import_id = ? ORDER BY position DESC LIMIT 1',
    [id],
  )

export function dropImportUndo(db: WritableDb, id: string, position: number): void {
  db.run('DELETE FROM import_undos WHERE import_id = ? AND position = ?', [id, position])
}

export function deleteImport(db: WritableDb, id: string): void {
  db.run('DELETE FROM imports WHERE id = ?', [id])
}
