import type { LibraryKind } from '../../../../contract/library.ts'
import { marks, type ReadableDb } from '../statements.ts'

export type LibraryItemRow = {
  id: string
  kind: LibraryKind
  /** Of a document at first: the file's name. */
  name: string
  subject: string
  content: string
  /** Without "#"; empty for none. */
  shortcut: string
  /** "Refunds/Lamps"; empty for none. */
  folder: string
  /** Set: that user's alone. */
  owner_id: string | null
  /** Set: that team's. */
  team_id: string | null
  author_id: string | null
  mime_type: string
  size: number
  /** Of the bytes of a document, a video or a video's picture, in hexadecimal. */
  hash: string | null
  /** Empty for none. */
  url: string
  /** Of a meeting link, in minutes. */
  duration: number
  place: string
  organiser: string
  time_zone: string
  /** See outbox/insertables/meetings/weekly.ts. */
  weekly: string
  /** Hours. */
  notice: number
  created_at: number
  updated_at: number
  removed_at: number | null
}

export type CountedItemRow = LibraryItemRow & { uses: number }

/** Who looks: only what is theirs, their teams' or everyone's is there for them. */
export type LibraryReader = { userId: string; teamIds: readonly string[] }

const COUNTED = `i.*, (SELECT count(*) FROM library_uses u INDEXED BY library_uses_by_item WHERE u.item_id = i.id) AS uses`

const seenSql = (reader: LibraryReader): { sql: string; params: string[] } => ({
  sql: `(i.owner_id = ? OR (i.owner_id IS NULL AND (i.team_id IS NULL OR i.team_id IN (${marks(reader.teamIds.length)}))))`,
  params: [reader.userId, ...reader.teamIds],
})

export const libraryItemById = (db: ReadableDb, id: string): CountedItemRow | undefined =>
  db.get<CountedItemRow>(`SELECT ${COUNTED} FROM library_items i WHERE i.id = ?`, [id])

/** The teams that a user is in. */
export const teamIdsOf = (db: ReadableDb, userId: string): string[] =>
  db
    .all<{ team_id: string }>(
      `SELECT m.team_id FROM team_members m JOIN teams t ON t.id = m.team_id AND t.removed_at IS NULL WHERE m.user_id = ?`,
      [userId],
    )
    .map(({ team_id }) => team_id)

/** As people write it (outbox/insertables/quotes/number.ts); empty for what is no quote. */
const QUOTE_NUMBER = `coalesce((SELECT 'Q-' || printf('%04d', q.serial) || CASE q.series WHEN '' THEN '' ELSE '-' || q.series END
  FROM quotes q WHERE q.id = i.id), '')`

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

export type LibraryPage = {
  kind?: LibraryKind
  folder?: string
  query: string
  order: 'name' | 'used'
  after: { name: string; id: string } | null
  limit: number
}

/** A page of what somebody sees: every word of the query is in its name, shortcut, folder or text. */
export function libraryItems(db: ReadableDb, reader: LibraryReader, page: LibraryPage): CountedItemRow[] {
  const seen = seenSql(reader)
  const where = ['i.removed_at IS NULL', seen.sql]
  const params: (string | number)[] = [...seen.params]
  if (page.kind) {
    where.push('i.kind = ?')
    params.push(page.kind)
  }
  if (page.folder) {
    where.push(`(i.folder = ? OR i.folder LIKE ? ESCAPE '\\')`)
    params.push(page.folder, `${escapeLike(page.folder)}/%`)
  }
  for (const word of page.query.trim().split(/\s+/).filter(Boolean).slice(0, 8)) {
    where.push(
      `(i.name || ' #' || i.shortcut || ' ' || i.folder || ' ' || i.subject || ' ' || i.url || ' ' || i.content || ' ' || ${QUOTE_NUMBER}) LIKE ? ESCAPE '\\'`,
    )
    params.push(`%${escapeLike(word)}%`)
  }
  if (page.after) {
    where.push('(i.name COLLATE NOCASE, i.id) > (?, ?)')
    params.push(page.after.name, page.after.id)
  }
  const order =
    page.order === 'used' ? 'uses DESC, i.name COLLATE NOCASE, i.id' : 'i.name COLLATE NOCASE, i.id'
  return db.all<CountedItemRow>(
    `SELECT ${COUNTED} FROM library_items i ${page.order === 'name' ? 'INDEXED BY library_items_by_name' : ''}
     WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ?`,
    [...params, page.limit],
  )
}

/** The folders of what somebody sees, with how many lie in each itself. */
export function libraryFolders(db: ReadableDb, reader: LibraryReader): { name: string; count: number }[] {
  const seen = seenSql(reader)
  return db.all(
    `SELECT i.folder AS name, count(*) AS count FROM library_items i INDEXED BY library_items_by_folder
     WHERE i.removed_at IS NULL AND ${seen.sql} GROUP BY i.folder ORDER BY i.folder`,
    seen.params,
  )
}

/** What expands for somebody while it is typed. */
export function libraryShortcuts(
  db: ReadableDb,
  reader: LibraryReader,
): { id: string; kind: LibraryKind; shortcut: string }[] {
  const seen = seenSql(reader)
  return db.all(
    `SELECT i.id, i.kind, i.shortcut FROM library_items i INDEXED BY library_items_by_shortcut
     WHERE i.removed_at IS NULL AND i.shortcut <> '' AND ${seen.sql} ORDER BY i.shortcut, i.owner_id IS NULL, i.id`,
    seen.params,
  )
}

/** The same kind, name and folder, among what somebody sees. */
export function libraryItemNamed(
  db: ReadableDb,
  reader: LibraryReader,
  { kind, name, folder }: { kind: LibraryKind; name: string; folder: string },
): boolean {
  const seen = seenSql(reader)
  return (
    db.get(
      `SELECT 1 FROM library_items i WHERE i.folder = ? AND i.name = ? COLLATE NOCASE AND i.kind = ? AND i.removed_at IS NULL
       AND ${seen.sql}`,
      [folder, name, kind, ...seen.params],
    ) !== undefined
  )
}

/** Whose each item among some ids is. */
export const libraryHomes = (
  db: ReadableDb,
  ids: readonly string[],
): Map<string, Pick<LibraryItemRow, 'owner_id' | 'team_id'>> =>
  new Map(
    db
      .all<Pick<LibraryItemRow, 'id' | 'owner_id' | 'team_id'>>(
        'SELECT id, owner_id, team_id FROM library_items WHERE id IN (SELECT value FROM json_each(?))',
        [JSON.stringify(ids)],
      )
      .map((row) => [row.id, row]),
  )

export const timesProposedSql = `SELECT times FROM library_uses INDEXED BY library_uses_with_times
  WHERE item_id = ? AND at >= ? AND times <> '' ORDER BY at DESC LIMIT 1000`

/** The times that were proposed by a meeting link since then, in ms. */
export const timesProposed = (db: ReadableDb, itemId: string, since: number): number[] =>
  db
    .all<{ times: string }>(timesProposedSql, [itemId, since])
    .flatMap(({ times }) => times.split(' ').map(Number))
