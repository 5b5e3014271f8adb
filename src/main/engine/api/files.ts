import { z } from 'zod'
import type { Logger } from 'pino'
import { errors } from '../../../contract/errors.ts'
import { DomainError } from '../lib/domain-error.ts'
import { safeFileName } from '../mime/safe-name.ts'
import { BlobDamagedError, type BlobHash } from '../store/blobs.ts'
import { StorageFullError } from '../store/store.ts'
import { attachmentById } from '../store/queries/messages.ts'
import { draftAttachmentById } from '../store/tables/drafts.ts'
import { recoverBlob } from '../sync/recover.ts'
import { accessOf, type Access } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import type { ApiDeps } from './deps.ts'
import { draftAttachmentShape, mustOwnDraft } from './drafts.ts'
import { fileResponse, plainResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'
import { mustSeeMessage } from './messages.ts'

/** The largest file that can be attached (E3 has the same limit for mail that comes in). */
const UPLOAD_BYTES = 50 * 1024 * 1024

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
    const access = ref && accessOf(deps.store.read, ref.userId)
    if (!ref || !access) return plainResponse(404, 'There is no such file.')
    try {
      if (ref.kind === 'upload') {
        return request.method === 'POST' ? await upload(deps, access, ref, request) : wrongMethod('POST')
      }
      if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethod('GET, HEAD')
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
    case 'upload':
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
  if (Number(request.headers.get('content-length') ?? 0) > UPLOAD_BYTES) {
    await request.body?.cancel()
    return tooLarge()
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > UPLOAD_BYTES) return tooLarge()
    parts.push(part)
  }
  const row = deps.drafts.attach(target.draftId, {
    name: safeFileName(ref.name),
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(target.mimeType)
      ? target.mimeType.toLowerCase()
      : 'application/octet-stream',
    inline: target.inline,
    content: Buffer.concat(parts),
  })
  return Response.json(draftAttachmentShape(deps, access, row), {
    status: 201,
    headers: { 'cache-control': 'no-store' },
  })
}
