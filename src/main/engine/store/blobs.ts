import { createHash } from 'node:crypto'
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompressSync, zstdDecompress } from 'node:zlib'
import type { ReadableDb, WritableDb } from './statements.ts'

/** SHA-256 of the bytes, 32 bytes. */
export type BlobHash = Uint8Array

type Location = { segment: number; offset: number; stored_size: number; size: number }

const SEGMENT_BYTES = 256 * 1024 * 1024
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const decompress = promisify(zstdDecompress)
const sync = promisify(fdatasync)

export const hashBytes = (bytes: Uint8Array): BlobHash => createHash('sha256').update(bytes).digest()

/** The stored bytes are gone or were altered (fault 41). */
export class BlobDamagedError extends Error {
  override readonly name = 'BlobDamagedError'
}

/** Bytes that lie on the disk already; `place` is null for those that had been there before. */
export type Kept = { hash: BlobHash; bytes: Uint8Array; place: Location | null }

/**
 * Raw messages and attachments: content-addressed, compressed (zstd), appended to large segment files, so that a
 * batch of a thousand messages costs one fdatasync and a million messages a few hundred files. The index is the
 * table `blobs`. Bytes that were appended but never indexed (a crash between the two) are dead weight, no damage.
 */
export class Blobs {
  readonly #dir: string
  #fd: number | null = null
  #segment = 0
  #offset = 0
  readonly #readFds = new Map<number, number>()
  /** Syncs that run, by descriptor; one that is not needed any more is closed when they have ended. */
  readonly #syncing = new Map<number, { count: number; retired: boolean }>()

  constructor(dir: string) {
    this.#dir = dir
    mkdirSync(dir, { recursive: true })
    for (const name of readdirSync(dir)) {
      const match = /^(\d{6})\.seg$/.exec(name)
      if (match) this.#segment = Math.max(this.#segment, Number(match[1]))
    }
  }

  #path(segment: number): string {
    return join(this.#dir, `${String(segment).padStart(6, '0')}.seg`)
  }

  #openForAppend(): number {
    if (this.#fd !== null && this.#offset < SEGMENT_BYTES) return this.#fd
    if (this.#fd !== null) {
      this.#retire(this.#fd)
      this.#segment += 1
    }
    this.#fd = openSync(this.#path(this.#segment), 'a')
    this.#offset = fstatSync(this.#fd).size
    return this.#fd
  }

  #retire(fd: number): void {
    const running = this.#syncing.get(fd)
    if (running) running.retired = true
    else closeSync(fd)
  }

  /**
   * Stores what is not there yet and returns the hashes in order. When this returns, the bytes are on the disk
   * (`fdatasync`); the rows that point at them are part of the caller's transaction.
   * @param options.derived  the bytes can be made again from others that are safe: no waiting for the disk
   */
  put(db: WritableDb, items: readonly Uint8Array[], options: { derived?: boolean } = {}): BlobHash[] {
    const kept = this.#append(db, items)
    if (!options.derived && kept.some((one) => one.place !== null)) {
      try {
        fdatasyncSync(this.#fd!)
      } catch (error) {
        this.#drop()
        throw error
      }
    }
    return this.index(db, kept)
  }

  /**
   * The first half of `put`, before any transaction: resolves when the bytes are on the disk, and lets others work
   * meanwhile. They are nobody's until `index` names them.
   */
  async keep(db: ReadableDb, items: readonly Uint8Array[]): Promise<Kept[]> {
    const kept = this.#append(db, items)
    const fd = this.#fd
    if (fd === null || kept.every((one) => one.place === null)) return kept
    const running = this.#syncing.get(fd) ?? { count: 0, retired: false }
    running.count += 1
    this.#syncing.set(fd, running)
    try {
      await sync(fd)
    } finally {
      running.count -= 1
      if (running.count === 0) {
        this.#syncing.delete(fd)
        if (running.retired) closeSync(fd)
      }
    }
    return kept
  }

  /** The second half: the rows that point at what was kept. */
  index(db: WritableDb, kept: readonly Kept[]): BlobHash[] {
    for (const { hash, bytes, place } of kept) {
      if (place) {
        db.run(
          'INSERT OR IGNORE INTO blobs (hash, segment, offset, stored_size, size) VALUES (?, ?, ?, ?, ?)',
          [hash, place.segment, place.offset, place.stored_size, place.size],
        )
      } else if (!db.get('SELECT 1 FROM blobs WHERE hash = ?', [hash])) {
        // It was there and was forgotten since, as damaged.
        this.put(db, [bytes])
      }
    }
    return kept.map((one) => one.hash)
  }

  /** Writes what is not there yet to the end of the segment, without waiting for the disk. */
  #append(db: ReadableDb, items: readonly Uint8Array[]): Kept[] {
    const inBatch = new Set<string>()
    const stored: { at: number; bytes: Uint8Array }[] = []
    const kept = items.map((bytes, at): Kept => {
      const hash = hashBytes(bytes)
      const key = Buffer.from(hash).toString('latin1')
      if (!inBatch.has(key) && !db.get('SELECT 1 FROM blobs WHERE hash = ?', [hash])) {
        inBatch.add(key)
        stored.push({ at, bytes: zstdCompressSync(bytes, COMPRESSION) })
      }
      return { hash, bytes, place: null }
    })
    if (stored.length === 0) return kept
    const fd = this.#openForAppend()
    // Measured, not remembered: the file may have been cut behind our back, and appending goes to where it ends.
    this.#offset = fstatSync(fd).size
    const batch = Buffer.concat(stored.map((one) => one.bytes))
    try {
      for (let written = 0; written < batch.byteLength;) written += writeSync(fd, batch, written)
    } catch (error) {
      // What was written of it stays behind as dead weight; the next append measures the file anew.
      this.#drop()
      throw error
    }
    for (const { at, bytes } of stored) {
      const one = kept[at]!
      const size = one.bytes.byteLength
      one.place = { segment: this.#segment, offset: this.#offset, stored_size: bytes.byteLength, size }
      this.#offset += bytes.byteLength
    }
    return kept
  }

  /** After a failure: the next append opens the file again. */
  #drop(): void {
    if (this.#fd !== null) this.#retire(this.#fd)
    this.#fd = null
  }

  /** The bytes with that hash. Throws a BlobDamagedError when they are missing or no longer match their hash. */
  async get(db: ReadableDb, hash: BlobHash): Promise<Buffer> {
    const at = db.get<Location>('SELECT segment, offset, stored_size, size FROM blobs WHERE hash = ?', [hash])
    if (!at) throw new BlobDamagedError('The stored bytes are not in the index.')
    try {
      const stored = Buffer.allocUnsafe(at.stored_size)
      const read = readSync(this.#readFd(at.segment), stored, 0, at.stored_size, at.offset)
      if (read !== at.stored_size) throw new BlobDamagedError('The stored bytes were cut off.')
      const bytes = await decompress(stored, { maxOutputLength: at.size + 1 })
      if (Buffer.compare(hashBytes(bytes), hash) !== 0)
        throw new BlobDamagedError('The stored bytes were altered.')
      return bytes
    } catch (error) {
      if (error instanceof BlobDamagedError) throw error
      throw new BlobDamagedError('The stored bytes cannot be read.', { cause: error })
    }
  }

  #readFd(segment: number): number {
    let fd = this.#readFds.get(segment)
    if (fd === undefined) {
      fd = openSync(this.#path(segment), 'r')
      this.#readFds.set(segment, fd)
    }
    return fd
  }

  /** Forgets damaged bytes, so that a fresh copy can be stored under the same hash. */
  forget(db: WritableDb, hash: BlobHash): void {
    db.run('DELETE FROM blobs WHERE hash = ?', [hash])
  }

  /**
   * Overwrites bytes that nothing needs any more with zeros and forgets them. Were the transaction to fail afterwards, the
   * index would name bytes that are gone: they are then found damaged, and fetched again where they can be.
   */
  erase(db: WritableDb, hash: BlobHash): void {
    const at = db.get<Location>('SELECT segment, offset, stored_size, size FROM blobs WHERE hash = ?', [hash])
    if (!at) return
    db.run('DELETE FROM blobs WHERE hash = ?', [hash])
    const fd = openSync(this.#path(at.segment), 'r+')
    try {
      writeSync(fd, Buffer.alloc(at.stored_size), 0, at.stored_size, at.offset)
    } finally {
      closeSync(fd)
    }
  }

  /** Deletes every segment. The caller has emptied the index. */
  clear(): void {
    this.close()
    for (const name of readdirSync(this.#dir)) if (name.endsWith('.seg')) rmSync(join(this.#dir, name))
    this.#segment = 0
    this.#offset = 0
  }

  close(): void {
    this.#drop()
    for (const fd of this.#readFds.values()) closeSync(fd)
    this.#readFds.clear()
  }
}
