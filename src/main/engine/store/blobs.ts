import { createHash } from 'node:crypto'
import {
  closeSync,
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

export const hashBytes = (bytes: Uint8Array): BlobHash => createHash('sha256').update(bytes).digest()

/** The stored bytes are gone or were altered (fault 41). */
export class BlobDamagedError extends Error {
  override readonly name = 'BlobDamagedError'
}

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
      closeSync(this.#fd)
      this.#segment += 1
    }
    this.#fd = openSync(this.#path(this.#segment), 'a')
    this.#offset = fstatSync(this.#fd).size
    return this.#fd
  }

  /**
   * Stores what is not there yet and returns the hashes in order. When this returns, the bytes are on the disk
   * (`fdatasync`); the rows that point at them are part of the caller's transaction.
   */
  put(db: WritableDb, items: readonly Uint8Array[]): BlobHash[] {
    const added: { hash: BlobHash; size: number; stored: Uint8Array }[] = []
    const inBatch = new Set<string>()
    const hashes = items.map((bytes) => {
      const hash = hashBytes(bytes)
      const key = Buffer.from(hash).toString('latin1')
      if (!inBatch.has(key) && !db.get('SELECT 1 FROM blobs WHERE hash = ?', [hash])) {
        inBatch.add(key)
        added.push({ hash, size: bytes.byteLength, stored: zstdCompressSync(bytes, COMPRESSION) })
      }
      return hash
    })
    if (added.length === 0) return hashes
    const fd = this.#openForAppend()
    const start = this.#offset
    const batch = Buffer.concat(added.map((item) => item.stored))
    try {
      for (let written = 0; written < batch.byteLength;) written += writeSync(fd, batch, written)
      fdatasyncSync(fd)
    } catch (error) {
      // What was written of it stays behind as dead weight; the next append measures the file anew.
      closeSync(fd)
      this.#fd = null
      throw error
    }
    let offset = start
    for (const { hash, size, stored } of added) {
      db.run(
        'INSERT OR IGNORE INTO blobs (hash, segment, offset, stored_size, size) VALUES (?, ?, ?, ?, ?)',
        [hash, this.#segment, offset, stored.byteLength, size],
      )
      offset += stored.byteLength
    }
    this.#offset = offset
    return hashes
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

  /** Deletes every segment. The caller has emptied the index. */
  clear(): void {
    this.close()
    for (const name of readdirSync(this.#dir)) if (name.endsWith('.seg')) rmSync(join(this.#dir, name))
    this.#segment = 0
    this.#offset = 0
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
    for (const fd of this.#readFds.values()) closeSync(fd)
    this.#readFds.clear()
  }
}
