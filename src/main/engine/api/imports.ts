import { Readable } from 'node:stream'
import { setImmediate as breath } from 'node:timers/promises'
import { z } from 'zod'
import { csvHead, csvLines } from '../crm/importing/csv-writer.ts'
import type { ExportWish } from '../crm/importing/export-wishes.ts'
import { FileTooLarge } from '../crm/importing/imports.ts'
import { FILE_BYTES, FileProblem } from '../crm/importing/protocol.ts'
import { vcardOf } from '../crm/importing/vcard-writer.ts'
import { TYPE_NAMES } from '../crm/records/catalogue.ts'
import { DomainError } from '../lib/domain-error.ts'
import { importShape, verdictShape } from '../read/imports.ts'
import { exportPages, exportWords, exportedProperties } from '../read/record-export.ts'
import { importById, importsOf, verdictsOf, type ImportRow } from '../store/tables/imports.ts'
import type { Access } from '../team/access.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { disposition, plainResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'

const ImportTarget = z.object({ recordType: z.enum(['contact', 'company', 'deal']) })

const isAdmin = ({ user }: Access): boolean => user.role !== 'member'

/** An import is its maker's business, and that of admins. @throws DomainError NOT_FOUND */
function mustSeeImport({ store }: ApiDeps, access: Access, id: string): ImportRow {
  const row = importById(store.read, id)
  if (!row || (row.actor_id !== access.user.id && !isAdmin(access)))
    throw new DomainError('NOT_FOUND', 'There is no such import, or it is somebody else’s.')
  return row
}

/** Records from files and into files (J6). Contacts, companies and deals are the whole workspace's, so everybody may. */
export const importsHandlers = (deps: ApiDeps) => {
  const { store, imports, files } = deps
  return {
    uploadUrl: os.imports.uploadUrl.handler(({ input, context }) => {
      const { user } = mustAccess(context)
      const target = ImportTarget.safeParse({ recordType: input.recordType })
      if (!target.success)
        throw new DomainError(
          'BAD_INPUT',
          'Tickets come with their conversations. Import contacts, companies or deals.',
          { field: 'recordType' },
        )
      const id = JSON.stringify(target.data)
      return { url: files.url({ kind: 'import', userId: user.id, id, name: input.fileName }) }
    }),
    list: os.imports.list.handler(({ context }) => {
      const access = mustAccess(context)
      const rows = importsOf(store.read, isAdmin(access) ? null : access.user.id)
      return rows.map((row) => importShape(store.read, row))
    }),
    get: os.imports.get.handler(({ input, context }) =>
      importShape(store.read, mustSeeImport(deps, mustAccess(context), input.id)),
    ),
    check: os.imports.check.handler(({ input, context }) => {
      mustSeeImport(deps, mustAccess(context), input.id)
      imports.check(input.id, input.mapping, input.existing)
      return { rev: store.rev }
    }),
    rows: os.imports.rows.handler(({ input, context }) => {
      const { id } = mustSeeImport(deps, mustAccess(context), input.id)
      const { verdict = null, noted, after, limit } = input
      return verdictsOf(store.read, id, { verdict, noted, after, limit }).map(verdictShape)
    }),
    run: os.imports.run.handler(({ input, context }) => {
      mustSeeImport(deps, mustAccess(context), input.id)
      imports.run(input.id)
      return { rev: store.rev }
    }),
    stop: os.imports.stop.handler(async ({ input, context }) => {
      mustSeeImport(deps, mustAccess(context), input.id)
      await imports.stop(input.id)
      return { rev: store.rev }
    }),
    undo: os.imports.undo.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      mustSeeImport(deps, access, input.id)
      const skipped = await imports.undo(access.user.id, input.id)
      return { rev: store.rev, skipped }
    }),
    discard: os.imports.discard.handler(({ input, context }) => {
      mustSeeImport(deps, mustAccess(context), input.id)
      imports.discard(input.id)
      return { rev: store.rev }
    }),
    exportUrl: os.imports.exportUrl.handler(({ input, context }) => {
      const { user } = mustAccess(context)
      const { type, format, ids, list = null } = input
      if (format !== 'csv' && type !== 'contact')
        throw new DomainError(
          'BAD_INPUT',
          `A vCard holds contacts. Export ${TYPE_NAMES[type].many} as CSV.`,
          {
            field: 'format',
          },
        )
      const id = imports.exports.keep({ userId: user.id, type, format, ids, list })
      const day = new Date(deps.clock.now()).toISOString().slice(0, 10)
      const name = `${TYPE_NAMES[type].many}-${day}.${format === 'csv' ? 'csv' : 'vcf'}`
      return { url: files.url({ kind: 'export', userId: user.id, id, name }) }
    }),
  }
}

/** Takes in a file of records; the answer is the import, or in plain words why it cannot be read. */
export async function acceptImport(
  deps: ApiDeps,
  access: Access,
  ref: FileRef,
  request: Request,
): Promise<Response> {
  const { recordType } = ImportTarget.parse(JSON.parse(ref.id))
  const tooLarge = () =>
    plainResponse(
      413,
      `"${ref.name}" is over 200 MB, the largest file that can be read. Divide it into smaller ones.`,
    )
  if (Number(request.headers.get('content-length') ?? 0) > FILE_BYTES) {
    await request.body?.cancel()
    return tooLarge()
  }
  try {
    const id = await deps.imports.accept(access.user.id, recordType, ref.name, bytesOf(request))
    const row = importById(deps.store.read, id)
    if (!row) throw new Error('An import that was just made is not there.')
    return Response.json(importShape(deps.store.read, row), {
      status: 201,
      headers: { 'cache-control': 'no-store' },
    })
  } catch (error) {
    if (error instanceof FileTooLarge) return tooLarge()
    if (error instanceof FileProblem) return plainResponse(422, error.message)
    if (request.signal.aborted) return plainResponse(400, 'The file did not arrive as a whole.')
    throw error
  }
}

async function* bytesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body) yield* body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>
}

/** Writes an export while it is fetched, from what is there at each moment. */
export function serveExport(deps: ApiDeps, access: Access, ref: FileRef, request: Request): Response {
  const wish = deps.imports.exports.find(ref.id, access.user.id)
  if (!wish) return plainResponse(404, 'This export is not there any more. Export once more.')
  const headers = {
    'content-type': wish.format === 'csv' ? 'text/csv; charset=utf-8' : 'text/vcard; charset=utf-8',
    'content-disposition': disposition('attachment', ref.name),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  return new Response(Readable.toWeb(Readable.from(exportedBytes(deps, access, wish))) as ReadableStream, {
    headers,
  })
}

async function* exportedBytes(
  { store, log }: ApiDeps,
  access: Access,
  wish: ExportWish,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const { type, format } = wish
  try {
    const properties = exportedProperties(store.read, type)
    const words = exportWords(store.read)
    if (format === 'csv') yield encoder.encode(csvHead(type, properties))
    for (const page of exportPages(store.read, access, wish)) {
      const text =
        format === 'csv'
          ? csvLines(type, properties, page, words)
          : page
              .map((record) => vcardOf(record, properties, words, format === 'vcard' ? '4.0' : '3.0'))
              .join('')
      yield encoder.encode(text)
      await breath()
    }
  } catch (error) {
    // The answer has begun: all that is left is to end it short, so that nobody takes it for whole.
    log.error({ err: error, type, format }, 'an export could not be written to its end')
    throw error
  }
}
