import type { z } from 'zod'
import type { library, LibraryEntry, LibraryKind } from '../../../../contract/library.ts'
import type { LibraryAudience } from '../../../../contract/library-sharing.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { appendOp } from '../../store/ops.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store, Write } from '../../store/store.ts'
import {
  libraryItemById,
  libraryItemNamed,
  libraryShortcuts,
  teamIdsOf,
  type CountedItemRow,
  type LibraryItemRow,
  type LibraryReader,
} from '../../store/tables/library.ts'
import { collectUndo, type UndoCollector } from '../../store/undo.ts'
import type { TokenValues } from './liquid.ts'
import { weeklyText } from './meetings/weekly.ts'
import { insertables } from './registry.ts'

/** What is done to the library. Personal entries are there for their owner alone, a team's for its members. */

export const readerOf = (db: ReadableDb, userId: string): LibraryReader => ({
  userId,
  teamIds: teamIdsOf(db, userId),
})

export const seesItem = (
  reader: LibraryReader,
  item: Pick<LibraryItemRow, 'owner_id' | 'team_id'>,
): boolean =>
  item.owner_id !== null
    ? item.owner_id === reader.userId
    : item.team_id === null || reader.teamIds.includes(item.team_id)

/** @throws DomainError NOT_FOUND where it is not there, or not for them */
export function mustSeeItem(db: ReadableDb, userId: string, id: string): CountedItemRow {
  const item = libraryItemById(db, id)
  if (!item || item.removed_at !== null || !seesItem(readerOf(db, userId), item))
    throw new DomainError('NOT_FOUND', 'This is not in the library any more, or it is not shared with you.')
  return item
}

/** The same, for one that may have been removed. @throws DomainError NOT_FOUND */
export function mustReachItem(db: ReadableDb, userId: string, id: string): void {
  const item = libraryItemById(db, id)
  if (item && seesItem(readerOf(db, userId), item)) return
  throw new DomainError('NOT_FOUND', 'This is not in the library any more, or it is not shared with you.')
}

type Shared = { audience: LibraryAudience; teamId: string | null }

/** @throws DomainError BAD_INPUT for a team that the user is not in */
export function homeOf(db: ReadableDb, userId: string, { audience, teamId }: Shared) {
  if (audience !== 'team') return { owner_id: audience === 'me' ? userId : null, team_id: null }
  if (teamId === null || !teamIdsOf(db, userId).includes(teamId))
    throw new DomainError('BAD_INPUT', 'Choose one of your teams to share it with.', { field: 'teamId' })
  return { owner_id: null, team_id: teamId }
}

function mustBeFree(db: ReadableDb, userId: string, shortcut: string, ownId: string | undefined): void {
  if (shortcut === '') return
  const other = libraryShortcuts(db, readerOf(db, userId)).find(
    (row) => row.shortcut === shortcut && row.id !== ownId,
  )
  if (!other) return
  const name = libraryItemById(db, other.id)?.name ?? ''
  throw new DomainError('CONFLICT', `"#${shortcut}" is the shortcut of "${name}" already. Choose another.`, {
    field: 'shortcut',
    id: other.id,
  })
}

type SaveInput = z.output<(typeof library)['save']['~orpc']['inputSchema'] & z.ZodType>

/**
 * Makes or changes an entry.
 * @throws DomainError BAD_INPUT (its tokens, the team), NOT_FOUND, CONFLICT (the shortcut)
 */
export function saveItem(
  store: Store,
  userId: string,
  input: SaveInput,
  samples: TokenValues,
): { id: string; undo: string | null } {
  return store.write(
    (write) => {
      const { db, now } = write
      const undo = collectUndo(write, store, userId)
      const before = input.id === undefined ? undefined : mustSeeItem(db, userId, input.id)
      const kind = before?.kind ?? input.kind
      const mimeType = before?.hash ? before.mime_type : null
      insertables[kind].check({ ...input, mimeType }, samples, db)
      mustBeFree(db, userId, input.shortcut, before?.id)
      const texts = { ...textsOf(kind, input), ...homeOf(db, userId, input) }
      if (!before) {
        const id = uuidV7(now)
        const values = { ...texts, kind, author_id: userId, created_at: now, updated_at: now }
        undo.append({ entity: 'library_item', id, kind: 'create', values })
        write.changed('library', id)
        return { id, undo: undo.id() }
      }
      const differing = Object.fromEntries(
        Object.entries(texts).filter(([field, value]) => before[field as keyof typeof texts] !== value),
      )
      if (Object.keys(differing).length > 0) {
        const values = { ...differing, updated_at: now }
        undo.append({ entity: 'library_item', id: before.id, kind: 'set', values })
        // Whoever does not see it any more has to learn that, too.
        if ('owner_id' in differing || 'team_id' in differing) write.changedAll('library')
        else write.changed('library', before.id)
      }
      return { id: before.id, undo: undo.id() }
    },
    { durable: true },
  )
}

/** The kinds whose content is a text of theirs. */
const WITH_CONTENT: readonly LibraryKind[] = ['template', 'snippet', 'article']

/** What an entry of a kind has of what was written. */
function textsOf(kind: LibraryKind, input: LibraryEntry | SaveInput) {
  const { name, shortcut, folder, meeting } = input
  return {
    name,
    subject: kind === 'template' ? input.subject : '',
    content: WITH_CONTENT.includes(kind) ? input.content : '',
    shortcut,
    folder,
    url: kind === 'template' || kind === 'snippet' ? '' : input.url,
    ...(kind === 'meeting' && meeting
      ? {
          duration: meeting.duration,
          place: meeting.place,
          organiser: meeting.organiser,
          time_zone: meeting.timeZone,
          weekly: weeklyText(meeting.weekly),
          notice: meeting.notice,
        }
      : {}),
  }
}

type NewFile = {
  kind: 'document' | 'video'
  /** Whose file it takes the place of. */
  id?: string | undefined
  name: string
  mimeType: string
  content: Uint8Array
  folder: string
} & Shared

/**
 * A file becomes a document or a video, or takes the place of the one that such an entry had.
 * @returns the entry's id
 * @throws DomainError BAD_INPUT, NOT_FOUND
 */
export function addFile(store: Store, userId: string, file: NewFile): string {
  return store.write(
    (write) => {
      const { db, now } = write
      const before = file.id === undefined ? null : mustSeeItem(db, userId, file.id)
      if (before && before.kind !== file.kind)
        throw new DomainError('BAD_INPUT', `"${before.name}" has no file that could be replaced.`)
      if (file.kind === 'video' && !/^(?:video\/|image\/(?:png|jpeg|gif|webp)$)/.test(file.mimeType))
        throw new DomainError('BAD_INPUT', 'Choose a video, or a PNG, JPEG, GIF or WebP picture of it.')
      const home = homeOf(db, userId, file)
      const [hash] = store.blobs.put(db, [file.content])
      const stored = {
        mime_type: file.mimeType,
        size: file.content.byteLength,
        hash: Buffer.from(hash!).toString('hex'),
        updated_at: now,
      }
      if (before) {
        appendOp(write, store.hlc, userId, {
          entity: 'library_item',
          id: before.id,
          kind: 'set',
          values: stored,
        })
        write.changed('library', before.id)
        return before.id
      }
      const id = uuidV7(now)
      appendOp(write, store.hlc, userId, {
        entity: 'library_item',
        id,
        kind: 'create',
        values: {
          kind: file.kind,
          name: file.name,
          folder: file.folder,
          ...home,
          author_id: userId,
          ...stored,
          created_at: now,
        },
      })
      write.changed('library', id)
      return id
    },
    { durable: true },
  )
}

/** @returns what takes it back. @throws DomainError NOT_FOUND; then nothing is removed */
export function removeItems(store: Store, userId: string, ids: readonly string[]): string | null {
  return store.write(
    (write) => {
      const undo = collectUndo(write, store, userId)
      for (const id of new Set(ids)) {
        mustSeeItem(write.db, userId, id)
        undo.append({ entity: 'library_item', id, kind: 'set', values: { removed_at: write.now } })
        write.changed('library', id)
      }
      return undo.id()
    },
    { durable: true },
  )
}

/** Notes that an entry was inserted. @param times  what was proposed with it, ms */
export function noteUse(
  write: Write,
  store: Pick<Store, 'hlc'>,
  userId: string,
  itemId: string,
  times: readonly number[] = [],
): void {
  const values = { item_id: itemId, user_id: userId, at: write.now, times: times.join(' ') }
  appendOp(write, store.hlc, userId, {
    entity: 'library_use',
    id: uuidV7(write.now),
    kind: 'create',
    values,
  })
  write.changed('library', itemId)
}

/** Takes entries from a file; what is there already or has a fault is left out, with the reason in words. */
export function importEntries(
  store: Store,
  userId: string,
  input: { entries: readonly LibraryEntry[] } & Shared,
  samples: TokenValues,
): { added: number; skipped: { name: string; reason: string }[]; undo: string | null } {
  return store.write(
    (write) => {
      const undo = collectUndo(write, store, userId)
      const home = homeOf(write.db, userId, input)
      const skipped: { name: string; reason: string }[] = []
      let added = 0
      for (const entry of input.entries) {
        try {
          addEntry(write, undo, userId, entry, home, samples)
          added += 1
        } catch (error) {
          if (!(error instanceof DomainError)) throw error
          skipped.push({ name: entry.name, reason: error.message })
        }
      }
      if (added > 0) write.changedAll('library')
      return { added, skipped, undo: undo.id() }
    },
    { durable: true },
  )
}

function addEntry(
  { db, now }: Write,
  undo: UndoCollector,
  userId: string,
  entry: LibraryEntry,
  home: ReturnType<typeof homeOf>,
  samples: TokenValues,
): void {
  const kind: LibraryKind = entry.kind
  if (libraryItemNamed(db, readerOf(db, userId), { ...entry, kind }))
    throw new DomainError('CONFLICT', 'It is in the library already.')
  insertables[kind].check({ ...entry, mimeType: null }, samples, db)
  mustBeFree(db, userId, entry.shortcut, undefined)
  const values = { ...textsOf(kind, entry), ...home, kind, author_id: userId }
  undo.append({
    entity: 'library_item',
    id: uuidV7(now),
    kind: 'create',
    values: { ...values, created_at: now, updated_at: now },
  })
}
