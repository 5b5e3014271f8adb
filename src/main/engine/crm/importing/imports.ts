import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ExistingMode } from '../../../../contract/importing.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { StorageFullError, type Store } from '../../store/store.ts'
import {
  clearKeys,
  clearVerdicts,
  columnsOf,
  deleteImport,
  importById,
  importIds,
  importsInState,
  insertImport,
  setImport,
  setMapping,
  type ImportRow,
} from '../../store/tables/imports.ts'
import type { Clock } from '../../types.ts'
import { checkRows } from './check-rows.ts'
import { ExportWishes } from './export-wishes.ts'
import { createFileReader, type FileReader } from './file-reader.ts'
import { proposeMapping, REPEATABLE } from './headings.ts'
import type { ImportParts } from './parts.ts'
import { FILE_BYTES, FileProblem } from './protocol.ts'
import { importable } from './records.ts'
import { runRows } from './run-rows.ts'
import { undoBatches } from './undo-batches.ts'

type ImportType = ImportRow['record_type']

/** The file is larger than what is read; nothing of it was kept. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge'
}

export type ImportsOptions = {
  store: Store
  log: Logger
  clock: Clock
  dataDir: string
  /** The module of the thread that reads files. */
  worker: URL
  /** The wait before a full disk is tried again, in ms. */
  retryMs: number
}

/**
 * Records from files: a file comes in, is looked through, tried (the dry run), imported and taken back. One step of one
 * import runs at a time. Where it got to is in the database, so a step that was cut off goes on at the next start.
 */
export class Imports {
  private readonly options: ImportsOptions
  /** What waits to be fetched as a file. */
  readonly exports: ExportWishes
  private readonly folder: string
  private readonly reader: FileReader
  private readonly closing = new AbortController()
  /** Of the steps that run or wait, by the import. */
  private readonly steps = new Map<string, { abort: AbortController; begun: boolean; done: Promise<void> }>()
  private last: Promise<void> = Promise.resolve()

  constructor(options: ImportsOptions) {
    this.options = options
    this.exports = new ExportWishes(options.clock)
    this.folder = join(options.dataDir, 'imports')
    this.reader = createFileReader({ worker: options.worker })
  }

  /** Goes on with what was cut off, and throws away files that no import has. */
  start(): void {
    const { store } = this.options
    const known = new Set(importIds(store.read))
    mkdirSync(this.folder, { recursive: true })
    for (const name of readdirSync(this.folder)) {
      if (!known.has(name)) rmSync(join(this.folder, name), { force: true })
    }
    for (const { id } of importsInState(store.read, 'checking', 'running', 'undoing')) void this.step(id)
  }

  async close(): Promise<void> {
    this.closing.abort()
    await Promise.allSettled([...this.steps.values()].map(({ done }) => done))
  }

  /**
   * Takes in a file.
   * @returns the id of the new import
   * @throws FileTooLarge, or FileProblem with what is wrong with it
   */
  async accept(
    actorId: string,
    recordType: ImportType,
    fileName: string,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<string> {
    const { store, clock } = this.options
    const id = uuidV7(clock.now())
    mkdirSync(this.folder, { recursive: true })
    const path = this.pathOf(id)
    try {
      await keepFile(path, bytes)
      const found = await this.reader.inspect(path, this.closing.signal)
      if (found.format === 'vcard' && recordType !== 'contact') {
        throw new FileProblem('A vCard file holds contacts. Import it as contacts, or choose a CSV file.')
      }
      const properties = importable(store.read, recordType)
      const proposed = proposeMapping(recordType, found.headings, properties)
      store.write((write) => {
        insertImport(
          write.db,
          {
            id,
            actor_id: actorId,
            record_type: recordType,
            file_name: fileName,
            format: found.format,
            encoding: found.encoding,
            delimiter: found.delimiter,
            total: found.rows,
            created_at: write.now,
          },
          found.headings.map((heading, i) => ({
            heading,
            samples: found.samples[i]!.map((sample) => sample.replace(/\s+/g, ' ')).join('\n'),
            date_order: found.dateOrders[i] ?? null,
            proposed: proposed[i] ?? null,
          })),
        )
        write.changed('imports', id)
      })
      return id
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    }
  }

  /** Begins the dry run. @throws DomainError for a mapping that cannot be, CONFLICT while something else runs */
  check(id: string, mapping: readonly (string | null)[], existing: ExistingMode): void {
    const { store } = this.options
    const row = this.mustFind(id)
    if (!['uploaded', 'checked', 'failed'].includes(row.state)) throw notNow(row)
    mustFit(store, row, mapping)
    store.write((write) => {
      clearVerdicts(write.db, id)
      setMapping(write.db, id, mapping)
      const none = { done: 0, created: 0, updated: 0, same: 0, refused: 0, noted: 0 }
      setImport(write.db, id, { ...none, state: 'checking', existing, problem: null })
      write.changed('imports', id)
    })
    void this.step(id)
  }

  /** Begins the import after a dry run, or goes on with one that was stopped. @throws DomainError CONFLICT */
  run(id: string): void {
    const row = this.mustFind(id)
    if (row.state !== 'checked' && row.state !== 'stopped') throw notNow(row)
    this.options.store.write((write) => {
      const none = { done: 0, created: 0, updated: 0, same: 0, refused: 0, noted: 0 }
      setImport(write.db, id, { state: 'running', problem: null, ...(row.state === 'checked' ? none : {}) })
      write.changed('imports', id)
    })
    void this.step(id)
  }

  /** Ends a dry run or an import where it is; what an import did stays. @throws DomainError CONFLICT */
  async stop(id: string): Promise<void> {
    const row = this.mustFind(id)
    if (row.state !== 'checking' && row.state !== 'running') throw notNow(row)
    const step = this.steps.get(id)
    step?.abort.abort()
    // One that waits for its turn ends by itself when that comes.
    if (step?.begun) await step.done
    const { state } = this.mustFind(id)
    if (state !== 'checking' && state !== 'running') return
    this.set(id, { state: state === 'checking' ? 'uploaded' : 'stopped' })
  }

  /** Takes back all that an import did, in the name of that user. Resolves when it is done, with the fields that were left alone. */
  async undo(actorId: string, id: string): Promise<number> {
    const row = this.mustFind(id)
    if (row.state !== 'done' && row.state !== 'stopped') throw notNow(row)
    this.set(id, { state: 'undoing', problem: null, skipped: 0, undo_actor_id: actorId })
    await this.step(id)
    return this.mustFind(id).skipped
  }

  /** Forgets an import with its file. What it made stays. @throws DomainError CONFLICT while it is at work */
  discard(id: string): void {
    const row = this.mustFind(id)
    if (row.state === 'checking' || row.state === 'running' || row.state === 'undoing') throw notNow(row)
    this.options.store.write((write) => {
      deleteImport(write.db, id)
      write.changed('imports', id)
    })
    rmSync(this.pathOf(id), { force: true })
  }

  private pathOf(id: string): string {
    return join(this.folder, id)
  }

  private mustFind(id: string): ImportRow {
    const row = importById(this.options.store.read, id)
    if (!row) throw new DomainError('NOT_FOUND', 'There is no such import.')
    return row
  }

  private set(id: string, values: Parameters<typeof setImport>[2]): void {
    this.options.store.write(
      (write) => {
        setImport(write.db, id, values)
        write.changed('imports', id)
      },
      { durable: true },
    )
  }

  /** Runs the step that an import's state asks for, behind those that were asked for before. */
  private step(id: string): Promise<void> {
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, this.closing.signal])
    const step = { abort, begun: false, done: this.last }
    step.done = this.last
      .then(() => {
        step.begun = true
        return this.work(id, signal)
      })
      .finally(() => {
        if (this.steps.get(id) === step) this.steps.delete(id)
      })
    this.steps.set(id, step)
    this.last = step.done.catch(() => {})
    return step.done
  }

  private async work(id: string, signal: AbortSignal): Promise<void> {
    const { store, log, retryMs } = this.options
    while (!signal.aborted) {
      const row = importById(store.read, id)
      if (!row) return
      const parts: ImportParts = { store, log, reader: this.reader, path: this.pathOf(id), signal }
      try {
        if (row.state === 'checking') {
          await checkRows(parts, row)
          this.set(id, { state: 'checked' })
        } else if (row.state === 'running') {
          await runRows(parts, row)
          store.write(({ db }) => clearKeys(db, id))
          this.set(id, { state: 'done' })
          rmSync(this.pathOf(id), { force: true })
        } else if (row.state === 'undoing') {
          await undoBatches(parts, row)
          this.set(id, { state: 'undone' })
          rmSync(this.pathOf(id), { force: true })
        }
        return
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof StorageFullError) {
          // Fault 35: it goes on by itself, from the batch that could not be kept.
          await delay(retryMs, undefined, { signal }).catch(() => {})
          continue
        }
        this.failed(row, error)
        return
      }
    }
  }

  private failed(row: ImportRow, error: unknown): void {
    const { log } = this.options
    const isFile = error instanceof FileProblem || error instanceof DomainError
    if (!isFile) log.error({ err: error, import: row.id, state: row.state }, 'an import failed')
    const done = this.mustFind(row.id).done
    const problem = isFile
      ? error.message
      : `Something went wrong inside Anteroom at row ${done + 1}; the log has the details. Try again.`
    const next = { checking: 'failed', running: 'stopped', undoing: 'done' } as const
    const state = next[row.state as keyof typeof next]
    try {
      this.set(row.id, { state, problem })
    } catch (second) {
      log.error({ err: second, import: row.id }, 'the state of an import could not be kept')
    }
  }
}

const notNow = ({ state }: ImportRow): DomainError => {
  const words: Record<ImportRow['state'], string> = {
    uploaded: 'Check this file before it is imported.',
    checking: 'This file is being checked. Wait for the end, or stop it.',
    checked: 'This file was checked, and nothing was imported yet.',
    running: 'This import is running. Wait for the end, or stop it.',
    stopped: 'This import was stopped. Go on with it, or take it back.',
    done: 'This import is done. Choose the file again to import it once more.',
    undoing: 'This import is being taken back.',
    undone: 'This import was taken back already. Choose the file again to import it once more.',
    failed: 'This file could not be read. Choose another one.',
  }
  return new DomainError('CONFLICT', words[state])
}

/** @throws DomainError BAD_INPUT */
function mustFit(store: Store, row: ImportRow, mapping: readonly (string | null)[]): void {
  const columns = columnsOf(store.read, row.id)
  const bad = (message: string) => new DomainError('BAD_INPUT', message, { field: 'mapping' })
  if (mapping.length !== columns.length) {
    throw bad(`This file has ${columns.length} columns, but ${mapping.length} were told of.`)
  }
  const keys = new Set(importable(store.read, row.record_type).map(({ key }) => key))
  const seen = new Map<string, string>()
  mapping.forEach((key, i) => {
    if (key === null) return
    const { heading } = columns[i]!
    if (!keys.has(key)) throw bad(`The column "${heading}" cannot be imported as that.`)
    const other = seen.get(key)
    if (other !== undefined && !(row.record_type === 'contact' && REPEATABLE.has(key))) {
      throw bad(`"${other}" and "${heading}" are taken for the same property. Leave one of them out.`)
    }
    seen.set(key, heading)
  })
  if (seen.size === 0) throw bad('Choose what at least one column is.')
}

/** @throws FileTooLarge */
async function keepFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 })
  try {
    let size = 0
    for await (const piece of bytes) {
      size += piece.byteLength
      if (size > FILE_BYTES) throw new FileTooLarge()
      await new Promise<void>((resolve, reject) =>
        file.write(piece, (error) => (error ? reject(error) : resolve())),
      )
    }
    await new Promise<void>((resolve, reject) => {
      file.once('error', reject)
      file.end(resolve)
    })
  } catch (error) {
    file.destroy()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS') {
      throw new StorageFullError('The disk has no room for this file. Free some space and choose it again.', {
        cause: error,
      })
    }
    throw error
  }
}
