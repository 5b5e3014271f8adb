import { z } from 'zod'
import type { LibraryEntry } from '../../../contract/library.ts'
import { DomainError } from '../lib/domain-error.ts'
import { safeFileName } from '../mime/safe-name.ts'
import {
  addDocument,
  importEntries,
  mustSeeItem,
  noteUse,
  readerOf,
  removeItems,
  saveItem,
} from '../outbox/insertables/library.ts'
import { fill } from '../outbox/insertables/liquid.ts'
import { insertables } from '../outbox/insertables/registry.ts'
import { decodeCursor, encodeCursor } from '../read/cursor.ts'
import { draftValues, libraryItem, libraryRow, sampleValues, tokensOf } from '../read/library.ts'
import {
  libraryFolders,
  libraryItemById,
  libraryItems,
  libraryShortcuts,
  type CountedItemRow,
} from '../store/tables/library.ts'
import type { Access } from '../team/access.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { draftAttachmentShape, mustOwnDraft } from './drafts.ts'
import { plainResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'

/** What a file becomes, as its upload path carries it. */
const UploadTarget = z.object({
  mimeType: z.string(),
  folder: z.string(),
  audience: z.enum(['me', 'team', 'everyone']),
  teamId: z.string().nullable(),
})

export const libraryHandlers = (deps: ApiDeps) => {
  const { store, files, drafts } = deps

  const urlOf = (access: Access, row: CountedItemRow): string =>
    row.hash === null
      ? ''
      : files.url({ kind: 'library', userId: access.user.id, id: row.id, name: row.name })

  return {
    list: os.library.list.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { cursor, limit, ...page } = input
      const place = cursor === undefined ? null : decodeCursor(cursor, ['string', 'string'])
      const after = place && { name: String(place[0]), id: String(place[1]) }
      const reader = readerOf(store.read, access.user.id)
      const found = libraryItems(store.read, reader, {
        query: page.query,
        order: page.order,
        ...(page.kind && { kind: page.kind }),
        ...(page.folder && { folder: page.folder }),
        after: page.order === 'name' ? after : null,
        limit: limit + 1,
      })
      const rows = found.slice(0, limit)
      const last = rows.at(-1)
      const hasMore = page.order === 'name' && found.length > limit
      return {
        rows: rows.map((row) => libraryRow(row, urlOf(access, row))),
        nextCursor: hasMore && last ? encodeCursor([last.name, last.id]) : null,
      }
    }),
    folders: os.library.folders.handler(({ context }) =>
      libraryFolders(store.read, readerOf(store.read, mustAccess(context).user.id)),
    ),
    get: os.library.get.handler(({ input, context }) => {
      const access = mustAccess(context)
      const row = mustSeeItem(store.read, access.user.id, input.id)
      return libraryItem(row, urlOf(access, row))
    }),
    save: os.library.save.handler(({ input, context }) => {
      const saved = saveItem(store, mustAccess(context).user.id, input, sampleValues(store.read))
      return { ...saved, rev: store.rev }
    }),
    remove: os.library.remove.handler(({ input, context }) => {
      const undo = removeItems(store, mustAccess(context).user.id, input.ids)
      return { rev: store.rev, undo }
    }),
    uploadUrl: os.library.uploadUrl.handler(({ input, context }) => {
      const { user } = mustAccess(context)
      const { name, ...target } = input
      return { url: files.url({ kind: 'library-upload', userId: user.id, id: JSON.stringify(target), name }) }
    }),
    tokens: os.library.tokens.handler(({ context }) => {
      mustAccess(context)
      return tokensOf(store.read)
    }),
    preview: os.library.preview.handler(({ input, context }) => {
      mustAccess(context)
      try {
        return { ...fill(input, sampleValues(store.read)), problem: null }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        return { subject: '', html: '', unfilled: [], problem: error.message }
      }
    }),
    shortcuts: os.library.shortcuts.handler(({ context }) =>
      libraryShortcuts(store.read, readerOf(store.read, mustAccess(context).user.id)),
    ),
    insert: os.library.insert.handler(({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustOwnDraft(deps, access, input.draftId)
      if (draft.outbox_id !== null)
        throw new DomainError('CONFLICT', 'This message was handed to the outbox already.')
      const item = mustSeeItem(store.read, access.user.id, input.id)
      const { file, ...filled } = insertables[item.kind].insert(item, () =>
        draftValues(store.read, access, draft),
      )
      const attached = file && drafts.attachStored(draft.id, { ...file, size: item.size })
      store.write((write) => noteUse(write, store, access.user.id, item.id))
      return {
        ...filled,
        kind: item.kind,
        attachment: attached && draftAttachmentShape(deps, access, attached),
      }
    }),
    export: os.library.export.handler(({ context }) => {
      const reader = readerOf(store.read, mustAccess(context).user.id)
      const page = { query: '', order: 'name', after: null, limit: 2000 } as const
      const rows = (['template', 'snippet'] as const).flatMap((kind) =>
        libraryItems(store.read, reader, { ...page, kind }),
      )
      const entries = rows.map(({ kind, name, subject, content, shortcut, folder }) => ({
        kind: kind as LibraryEntry['kind'],
        name,
        subject,
        content,
        shortcut,
        folder,
      }))
      return { entries }
    }),
    import: os.library.import.handler(({ input, context }) => {
      const { user } = mustAccess(context)
      const done = importEntries(store, user.id, input, sampleValues(store.read))
      return { ...done, rev: store.rev }
    }),
  }
}

/** The bytes of a document; null where it is not there, or not for them. */
export function libraryFile(
  { store }: Pick<ApiDeps, 'store'>,
  access: Access,
  id: string,
): { hash: Buffer; name: string; mimeType: string } | null {
  const item = libraryItemById(store.read, id)
  if (!item?.hash) return null
  mustSeeItem(store.read, access.user.id, id)
  return { hash: Buffer.from(item.hash, 'hex'), name: item.name, mimeType: item.mime_type }
}

/** Takes the bytes of a file and makes a document of it. */
export function acceptDocument(
  { store }: Pick<ApiDeps, 'store'>,
  access: Access,
  ref: FileRef,
  content: Buffer | null,
): Response {
  if (!content)
    return plainResponse(413, `"${ref.name}" is over 50 MB, the largest file that a mail can carry.`)
  const { mimeType, ...target } = UploadTarget.parse(JSON.parse(ref.id))
  const id = addDocument(store, access.user.id, {
    ...target,
    name: safeFileName(ref.name),
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType.toLowerCase() : 'application/octet-stream',
    content,
  })
  return Response.json({ id }, { status: 201, headers: { 'cache-control': 'no-store' } })
}
