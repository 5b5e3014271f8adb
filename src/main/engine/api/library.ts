import { z } from 'zod'
import { LibraryEntry } from '../../../contract/library.ts'
import { DomainError } from '../lib/domain-error.ts'
import { safeFileName } from '../mime/safe-name.ts'
import {
  addFile,
  importEntries,
  mustSeeItem,
  noteUse,
  readerOf,
  removeItems,
  saveItem,
} from '../outbox/insertables/library.ts'
import { INSERTED_CID } from '../outbox/insertables/link.ts'
import { fill } from '../outbox/insertables/liquid.ts'
import { fromMarkdown } from '../outbox/insertables/markdown.ts'
import { timesOf } from '../outbox/insertables/meeting.ts'
import { insertables, type InsertedFile } from '../outbox/insertables/registry.ts'
import { decodeCursor, pageOf } from '../read/cursor.ts'
import { draftValues, libraryItem, libraryRows, meetingOf, sampleValues, tokensOf } from '../read/library.ts'
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
  kind: z.enum(['document', 'video']),
  id: z.string().optional(),
  mimeType: z.string(),
  folder: z.string(),
  audience: z.enum(['me', 'team', 'everyone']),
  teamId: z.string().nullable(),
})

export const libraryHandlers = (deps: ApiDeps) => {
  const { store, files, drafts, clock } = deps

  const urlOf = (access: Access, row: CountedItemRow): string =>
    row.hash === null
      ? ''
      : files.url({ kind: 'library', userId: access.user.id, id: row.id, name: row.name })

  const mustWriteDraft = (access: Access, id: string) => {
    const draft = mustOwnDraft(deps, access, id)
    if (draft.outbox_id === null) return draft
    throw new DomainError('CONFLICT', 'This message was handed to the outbox already.')
  }

  const attach = (draftId: string, { name, mimeType, inline = false, content }: InsertedFile) =>
    content instanceof Uint8Array
      ? drafts.attach(draftId, { name, mimeType, inline, content })
      : drafts.attachStored(draftId, { name, mimeType, inline, ...content })

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
      const { shown, nextCursor } = pageOf(found, limit, (row) => [row.name, row.id])
      return {
        rows: libraryRows(store.read, shown, (row) => urlOf(access, row)),
        nextCursor: page.order === 'name' ? nextCursor : null,
      }
    }),
    folders: os.library.folders.handler(({ context }) =>
      libraryFolders(store.read, readerOf(store.read, mustAccess(context).user.id)),
    ),
    get: os.library.get.handler(({ input, context }) => {
      const access = mustAccess(context)
      const row = mustSeeItem(store.read, access.user.id, input.id)
      return libraryItem(store.read, row, (each) => urlOf(access, each))
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
      if (target.id !== undefined) mustSeeItem(store.read, user.id, target.id)
      return { url: files.url({ kind: 'library-upload', userId: user.id, id: JSON.stringify(target), name }) }
    }),
    tokens: os.library.tokens.handler(({ context }) => {
      mustAccess(context)
      return tokensOf(store.read)
    }),
    preview: os.library.preview.handler(({ input, context }) => {
      mustAccess(context)
      try {
        if (input.kind === 'article')
          return { subject: '', html: fromMarkdown(input.content), unfilled: [], problem: null }
        return { ...fill(input, sampleValues(store.read)), problem: null }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        return { subject: '', html: '', unfilled: [], problem: error.message }
      }
    }),
    shortcuts: os.library.shortcuts.handler(({ context }) =>
      libraryShortcuts(store.read, readerOf(store.read, mustAccess(context).user.id)),
    ),
    times: os.library.times.handler(({ input, context }) => {
      const item = mustSeeItem(store.read, mustAccess(context).user.id, input.id)
      if (item.kind !== 'meeting') return { timeZone: 'UTC', times: [] }
      const times = timesOf(store.read, item, clock.now(), input.limit)
      return { timeZone: item.time_zone || 'UTC', times }
    }),
    insert: os.library.insert.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustWriteDraft(access, input.draftId)
      const item = mustSeeItem(store.read, access.user.id, input.id)
      const insertable = insertables[item.kind]
      const ways = insertable.ways(item)
      const way = input.as ?? ways[0]
      if (way === undefined || !ways.includes(way))
        throw new DomainError('BAD_INPUT', `"${item.name}" cannot be inserted so. Open it in the library.`)
      const {
        files: inserted,
        times,
        ...filled
      } = await insertable.insert(item, {
        db: store.read,
        way,
        values: () => draftValues(store.read, access, draft),
        user: access.user,
        now: clock.now(),
        proposal: input.proposal ?? null,
      })
      // A file may have taken a moment to be made.
      mustWriteDraft(access, input.draftId)
      const attachments = inserted.map((file) => attach(draft.id, file))
      store.write((write) => {
        noteUse(write, store, access.user.id, item.id, times)
        inserted.forEach((file, i) =>
          file.attached?.(write, store, Buffer.from(attachments[i]!.hash).toString('hex')),
        )
      })
      const picture = attachments.find((each) => each.inline === 1)
      return {
        ...filled,
        html: picture ? filled.html.replaceAll(INSERTED_CID, `cid:${picture.content_id}`) : filled.html,
        kind: item.kind,
        attachments: attachments.map((each) => draftAttachmentShape(deps, access, each)),
      }
    }),
    export: os.library.export.handler(({ context }) => {
      const reader = readerOf(store.read, mustAccess(context).user.id)
      const page = { query: '', order: 'name', after: null, limit: 2000 } as const
      const entries = LibraryEntry.shape.kind.options.flatMap((kind) =>
        libraryItems(store.read, reader, { ...page, kind }).map((row) => {
          const { name, subject, content, shortcut, folder, url } = row
          return { kind, name, subject, content, shortcut, folder, url, meeting: meetingOf(row) }
        }),
      )
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

/** Takes the bytes of a file and makes a document or a video of it. */
export function acceptDocument(
  { store }: Pick<ApiDeps, 'store'>,
  access: Access,
  ref: FileRef,
  content: Buffer | null,
): Response {
  if (!content)
    return plainResponse(413, `"${ref.name}" is over 50 MB, the largest file that a mail can carry.`)
  const { mimeType, ...target } = UploadTarget.parse(JSON.parse(ref.id))
  const id = addFile(store, access.user.id, {
    ...target,
    name: safeFileName(ref.name),
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType.toLowerCase() : 'application/octet-stream',
    content,
  })
  return Response.json({ id }, { status: 201, headers: { 'cache-control': 'no-store' } })
}
