import { z } from 'zod'
import type { Logger } from 'pino'
import { errors } from '../../../contract/errors.ts'
import { DomainError } from '../lib/domain-error.ts'
import { safeFileName } from '../mime/safe-name.ts'
import { BlobDamagedError, type BlobHash } from '../store/blobs.ts'
import { StorageFullError } from '../store/store.ts'
import { attachmentById } from '../store/queries/messages.ts'
import { draftAttachmentById } from '../store/tables/drafts.ts'
import { userById } from '../store/tables/users.ts'
import { recoverBlob } from '../sync/recover.ts'
import { accessOf, type Access } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustOwnPicture, setPicture } from '../team/user-actions.ts'
import { acceptCommentFile, commentFile } from './comments.ts'
import type { ApiDeps } from './deps.ts'
import { draftAttachmentShape, mustOwnDraft } from './drafts.ts'
import { fileResponse, plainResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'
import { acceptImport, serveExport } from './imports.ts'
import { acceptDocument, libraryFile } from './library.ts'
import { serveMailbox } from './mailbox-file.ts'
import { mustSeeMessage } from './messages.ts'
import { logDropped } from './personal-logging.ts'
import { serveQuote } from './quotes.ts'

/** The largest file that can be attached (E3 has the same limit for mail that comes in). */
const UPLOAD_BYTES = 50 * 1024 * 1024

/** A mail that is dropped as a file; the same as what is fetched at most. */
const DROPPED_BYTES = 150 * 1024 * 1024

/** A picture of a user. */
const AVATAR_BYTES = 2 * 1024 * 1024

const UploadTarget = z.object({ draftId: z.string(), mimeType: z.string(), inline: z.boolean() })

/** What a path leads to, and the message that a damaged file belongs to. */
type Found = { hash: BlobHash; name: string; mimeType: string; messageId: string | null }

/**
 * Answers requests under `/files/`. A path names its user and is worthless to others; whether that user may still see
 * what it leads to is asked each time (A1).
 */
export function createFiles(deps: ApiDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    const ref = deps.files.check(url.pathname)
    if (ref?.kind === 'avatar') return serveAvatar(deps, ref, request)
    const access = ref && accessOf(deps.store.read, ref.userId)
    if (!ref || !access) return plainResponse(404, 'There is no such file.')
    try {
      if (ref.kind === 'upload' || ref.kind === 'avatar-upload') {
        if (request.method !== 'POST') return wrongMethod('POST')
        return ref.kind === 'upload'
          ? await upload(deps, access, ref, request)
          : await uploadAvatar(deps, access, ref.id, request)
      }
      if (ref.kind === 'dropped-mail') {
        if (request.method !== 'POST') return wrongMethod('POST')
        return await takeDropped(deps, access, request)
      }
      if (ref.kind === 'import') {
        if (request.method !== 'POST') return wrongMethod('POST')
        return await acceptImport(deps, access, ref, request)
      }
      if (ref.kind === 'library-upload') {
        if (request.method !== 'POST') return wrongMethod('POST')
        return acceptDocument(deps, access, ref, await readBody(request, UPLOAD_BYTES))
      }
      if (ref.kind === 'comment-upload') {
        if (request.method !== 'POST') return wrongMethod('POST')
        return acceptCommentFile(deps, access, ref, await readBody(request, UPLOAD_BYTES))
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD')
      if (ref.kind === 'mailbox') return serveMailbox(deps, access, ref, request)
      if (ref.kind === 'export') return serveExport(deps, access, ref, request)
      if (ref.kind === 'quote')
        return await serveQuote(deps, access, ref, request, url.searchParams.has('download'))
      return await serve(deps, access, ref, request, url.searchParams.has('download'))
    } catch (error) {
      return refusal(error, deps.log, ref.kind)
    }
  }
}

function wrongMethod(allow: string): Response {
  const response = plainResponse(405, `Only ${allow} is answered here.`)
  response.headers.set('allow', allow)
  return response
}

function refusal(error: unknown, log: Logger, kind: string): Response {
  if (error instanceof DomainError) return plainResponse(errors[error.code].status, error.message)
  if (error instanceof StorageFullError) return plainResponse(507, error.message)
  log.error({ err: error, kind }, 'a file could not be served')
  return plainResponse(500, 'Anteroom could not serve this file. The log has the details.')
}

function find(deps: ApiDeps, access: Access, ref: FileRef): Found | null {
  const { read } = deps.store
  switch (ref.kind) {
    case 'attachment': {
      const row = attachmentById(read, ref.id)
      if (!row) return null
      mustSeeThread(read, access, row.thread_id)
      return (
        row.hash && { hash: row.hash, name: row.name, mimeType: row.mime_type, messageId: row.message_id }
      )
    }
    case 'raw': {
      const row = mustSeeMessage(read, access, ref.id)
      return { hash: row.raw_hash, name: ref.name, mimeType: 'message/rfc822', messageId: row.id }
    }
    case 'draft': {
      const row = draftAttachmentById(read, ref.id)
      if (!row) return null
      mustOwnDraft(deps, access, row.draft_id)
      return { hash: row.hash, name: row.name, mimeType: row.mime_type, messageId: null }
    }
    case 'library': {
      const file = libraryFile(deps, access, ref.id)
      return file && { ...file, messageId: null }
    }
    case 'comment-file': {
      const file = commentFile(deps, access, ref.id)
      return file && { ...file, messageId: null }
    }
    case 'comment-upload':
    case 'upload':
    case 'avatar':
    case 'avatar-upload':
    case 'dropped-mail':
    case 'import':
    case 'export':
    case 'library-upload':
    case 'mailbox':
    case 'quote':
      return null
  }
}

async function serve(
  deps: ApiDeps,
  access: Access,
  ref: FileRef,
  request: Request,
  download: boolean,
): Promise<Response> {
  const found = find(deps, access, ref)
  if (!found) return plainResponse(404, 'There is no such file.')
  try {
    const bytes = await deps.store.blobs.get(deps.store.read, found.hash)
    const etag = `"${Buffer.from(found.hash).toString('hex')}"`
    return fileResponse(request, { name: found.name, mimeType: found.mimeType, bytes, etag }, download)
  } catch (error) {
    if (!(error instanceof BlobDamagedError)) throw error
    deps.log.error({ err: error, message: found.messageId, name: found.name }, 'a stored file is damaged')
    return damaged(deps, found)
  }
}

/** Fault 41: says so, marks the file as missing, and gets it again from the raw message or the server. */
function damaged(deps: ApiDeps, { hash, name, messageId }: Found): Response {
  deps.store.write(({ db, changed }) => {
    deps.store.blobs.forget(db, hash)
    if (messageId !== null) changed('messages', messageId)
  })
  if (messageId === null) {
    return plainResponse(410, `The stored file "${name}" was altered or removed. Attach it again.`)
  }
  void recoverBlob(deps, messageId, hash).catch((error: unknown) =>
    deps.log.warn({ err: error, message: messageId }, 'a damaged file could not be got again'),
  )
  return plainResponse(
    410,
    `The stored file "${name}" was altered or removed. It is being fetched again; open it once more in a moment.`,
  )
}

async function upload(deps: ApiDeps, access: Access, ref: FileRef, request: Request): Promise<Response> {
  const target = UploadTarget.parse(JSON.parse(ref.id))
  mustOwnDraft(deps, access, target.draftId)
  const tooLarge = () =>
    plainResponse(
      413,
      `"${ref.name}" is over 50 MB, the largest file that can be attached. Share a link to it instead.`,
    )
  const content = await readBody(request, UPLOAD_BYTES)
  if (!content) return tooLarge()
  const row = deps.drafts.attach(target.draftId, {
    name: safeFileName(ref.name),
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(target.mimeType)
      ? target.mimeType.toLowerCase()
      : 'application/octet-stream',
    inline: target.inline,
    content,
  })
  return Response.json(draftAttachmentShape(deps, access, row), {
    status: 201,
    headers: { 'cache-control': 'no-store' },
  })
}

/** An .eml file that was dropped: logged as if it had been forwarded to the address that logs (G2). */
async function takeDropped(deps: ApiDeps, access: Access, request: Request): Promise<Response> {
  const bytes = await readBody(request, DROPPED_BYTES)
  if (!bytes) return plainResponse(413, 'This mail is over 150 MB. Anteroom takes none that large.')
  const logged = await logDropped(deps, access, bytes)
  return Response.json(logged, { status: 201, headers: { 'cache-control': 'no-store' } })
}

/** The bytes of a request, or null when there are more than `limit`: then the rest is not read. */
async function readBody(request: Request, limit: number): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) {
    await request.body?.cancel()
    return null
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > limit) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function uploadAvatar(
  deps: ApiDeps,
  access: Access,
  userId: string,
  request: Request,
): Promise<Response> {
  mustOwnPicture(deps.store, access, userId)
  const picture = await readBody(request, AVATAR_BYTES)
  if (!picture) return plainResponse(413, 'This picture is over 2 MB. Choose a smaller one.')
  if (!pictureType(picture)) return plainResponse(415, 'A picture has to be PNG, JPEG or WebP.')
  setPicture(deps.store, access, userId, picture)
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
}

/** The type of a picture that may be shown, by its first bytes; whatever it calls itself. Null for anything else. */
function pictureType(bytes: Buffer): string | null {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png'
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg'
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
  return isWebp ? 'image/webp' : null
}

/** The picture that a user has now; nobody has to be signed in for it, because whoever picks a user sees it. */
async function serveAvatar(deps: ApiDeps, ref: FileRef, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD')
  const user = userById(deps.store.read, ref.userId)
  if (!user?.avatar || user.avatar !== ref.id) return plainResponse(404, 'There is no such picture.')
  try {
    const bytes = await deps.store.blobs.get(deps.store.read, Buffer.from(user.avatar, 'hex'))
    const mimeType = pictureType(bytes) ?? 'application/octet-stream'
    return fileResponse(request, { name: 'picture', mimeType, bytes, etag: `"${user.avatar}"` }, false)
  } catch (error) {
    if (!(error instanceof BlobDamagedError)) return refusal(error, deps.log, ref.kind)
    deps.log.error({ err: error, user: user.id }, 'a stored picture is damaged')
    return plainResponse(410, 'The stored picture was altered or removed. Upload it again.')
  }
}
