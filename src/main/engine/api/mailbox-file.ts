import { Readable } from 'node:stream'
import { mailboxEntry } from '../mime/mbox.ts'
import { BlobDamagedError } from '../store/blobs.ts'
import { rawMailOf, type RawMailRow } from '../store/queries/messages.ts'
import { recoverBlob } from '../sync/recover.ts'
import type { Access } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import type { ApiDeps } from './deps.ts'
import { disposition } from './file-response.ts'
import type { FileRef } from './file-urls.ts'

/** Messages whose places are read at a time; their bytes are read one by one. */
const PAGE = 100

/** Serves the mail of a conversation as one mbox file, written while it is fetched. @throws DomainError NOT_FOUND */
export function serveMailbox(deps: ApiDeps, access: Access, ref: FileRef, request: Request): Response {
  const thread = mustSeeThread(deps.store.read, access, ref.id)
  const headers = {
    'content-type': 'application/mbox',
    'content-disposition': disposition('attachment', ref.name),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const bytes = Readable.toWeb(Readable.from(entries(deps, thread.id))) as ReadableStream
  return new Response(bytes, { headers })
}

async function* entries(deps: ApiDeps, threadId: string): AsyncGenerator<Uint8Array> {
  const { store } = deps
  let after = 0
  for (;;) {
    const page = rawMailOf(store.read, threadId, after, PAGE)
    for (const row of page) yield mailboxEntry(row.from_address, row.received_at, await rawOf(deps, row))
    after = page.at(-1)?.rowid ?? after
    if (page.length < PAGE) return
  }
}

async function rawOf(deps: ApiDeps, row: RawMailRow): Promise<Uint8Array> {
  try {
    return await deps.store.blobs.get(deps.store.read, row.raw_hash)
  } catch (error) {
    // The answer has begun: all that is left is to end it short, so that nobody takes it for whole.
    deps.log.error({ err: error, message: row.id }, 'a conversation could not be written to its end')
    if (error instanceof BlobDamagedError)
      void recoverBlob(deps, row.id, row.raw_hash).catch((failure: unknown) =>
        deps.log.warn({ err: failure, message: row.id }, 'a damaged message could not be got again'),
      )
    throw error
  }
}
