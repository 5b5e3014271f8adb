import { closeSync, openSync, readSync } from 'node:fs'
import { TextDecoder } from 'node:util'
import { FileProblem } from './protocol.ts'

/** Bytes that are read at once. */
const PIECE = 256 * 1024

/** The pieces of a file, one after the other; each is overwritten by the next. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(PIECE)
    for (;;) {
      const length = readSync(file, buffer)
      if (length === 0) return
      yield buffer.subarray(0, length)
    }
  } finally {
    closeSync(file)
  }
}

/**
 * How the text of a file is encoded: by its byte order mark, else UTF-16 where every second byte is zero, else UTF-8
 * where all of it is valid, else the code page of Windows that fits: 1250 where its Polish letters stand in words, else
 * 1252.
 * @param onPiece called for each piece that was looked at
 * @returns a label of the Encoding Standard
 * @throws FileProblem for what is no text
 */
export function sniffEncoding(path: string, onPiece: () => void = () => {}): string {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let isUtf8 = true
  let polish = 0
  let western = 0
  let isFirst = true
  for (const piece of piecesOf(path)) {
    onPiece()
    if (isFirst) {
      const certain = byItsBeginning(piece)
      if (certain !== null) return certain
      isFirst = false
    }
    if (piece.includes(0)) throw new FileProblem(NO_TEXT)
    if (isUtf8) isUtf8 = isValid(utf8, piece)
    const found = countLetters(piece)
    polish += found.polish
    western += found.western
  }
  if (isUtf8 && isValid(utf8, null)) return 'utf-8'
  return polish > western ? 'windows-1250' : 'windows-1252'
}

const NO_TEXT =
  'This file holds no text. Export it as CSV or vCard from the program that made it (a spreadsheet as "CSV UTF-8"), and choose that file.'

function isValid(decoder: TextDecoder, piece: Uint8Array | null): boolean {
  try {
    if (piece) decoder.decode(piece, { stream: true })
    else decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function byItsBeginning(head: Uint8Array): string | null {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte)
  if (starts(0xef, 0xbb, 0xbf)) return 'utf-8'
  if (starts(0xff, 0xfe)) return 'utf-16le'
  if (starts(0xfe, 0xff)) return 'utf-16be'
  // A spreadsheet's own file, or an archive, under another name.
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new FileProblem(
      'This is a spreadsheet or an archive, not a text file. Open it in its program, save the sheet as "CSV UTF-8", and choose that file.',
    )
  }
  const looked = Math.min(head.length, 4096)
  let even = 0
  let odd = 0
  for (let i = 0; i < looked; i += 1) {
    if (head[i] !== 0) continue
    if (i % 2 === 0) even += 1
    else odd += 1
  }
  if (odd > looked / 4 && even < looked / 40) return 'utf-16le'
  if (even > looked / 4 && odd < looked / 40) return 'utf-16be'
  return null
}

/** Bytes that are a Polish letter in 1250 and a sign in 1252: ą ł ż ź, and ś in a word. */
const POLISH = new Set([0xb9, 0xb3, 0xbf, 0x9f, 0x9c, 0xa3, 0xaf, 0x8c])
/** Bytes that words of 1252 hold, and that are rare in Polish: à è ì ò ù ñ ã õ. */
const WESTERN = new Set([0xe0, 0xe8, 0xec, 0xf2, 0xf9, 0xf1, 0xe3, 0xf5])

/** Letters that only make sense in one of the two code pages, beside an ASCII letter. */
function countLetters(piece: Uint8Array): { polish: number; western: number } {
  let polish = 0
  let western = 0
  for (let i = 0; i < piece.length; i += 1) {
    const byte = piece[i]!
    if (byte < 0x80) continue
    if (!isLetter(piece[i - 1]) && !isLetter(piece[i + 1])) continue
    if (POLISH.has(byte)) polish += 1
    else if (WESTERN.has(byte)) western += 1
  }
  return { polish, western }
}

const isLetter = (byte: number | undefined): boolean =>
  byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a

/**
 * A file's text in pieces, its byte order mark taken off, every line end made "\n".
 * @param onPiece called for each piece that was read
 */
export function* textOf(path: string, encoding: string, onPiece: () => void = () => {}): Generator<string> {
  const decoder = new TextDecoder(encoding)
  let held = ''
  for (const piece of piecesOf(path)) {
    onPiece()
    const text = held + decoder.decode(piece, { stream: true })
    // A "\r" at the end may be half of a line end.
    held = text.endsWith('\r') ? '\r' : ''
    yield (held ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n')
  }
  const rest = held + decoder.decode()
  if (rest) yield rest.replace(/\r\n?/g, '\n')
}
