import { toUSVString } from 'node:util'
import type { Mailbox } from '../../../contract/common.ts'
import { cleanText, decodeWords } from './fields.ts'
import { limits } from './limits.ts'

export type AddressList = {
  /** Mailboxes in order, members of groups among them; at most as many as asked for. */
  mailboxes: Mailbox[]
  /** How many there were in all. */
  total: number
  /** True when a group (RFC 5322 section 3.4) was among them. */
  group: boolean
}

/** Characters between angle brackets; a bound keeps unclosed ones from costing the square of the header. */
const longestAngle = 2_000
const atomEnd = /[\s",;:<>()[\]]/

/**
 * Parses an address list (RFC 5322 sections 3.4 and 4.4) from a raw value, one char a byte. Structure is read
 * before anything is decoded, so an encoded word can never add an address. Never throws; linear.
 */
export function parseAddresses(raw: string, max: number = limits.recipients): AddressList {
  const mailboxes: Mailbox[] = []
  let total = 0
  let group = false
  let inGroup = false

  // The mailbox under construction. `words` is the phrase; `bare` the same text with quotes, for a bare address.
  let words: string[] = []
  let bare = ''
  let comment = ''
  let angle: string | null = null
  let spaced = false

  const finish = () => {
    if (words.length > 0 || angle !== null) {
      const mailbox = toMailbox(words, bare, angle, comment)
      if (mailbox !== null) {
        total++
        if (mailboxes.length < max) mailboxes.push(mailbox)
      }
    }
    words = []
    bare = ''
    comment = ''
    angle = null
    spaced = false
  }
  const word = (text: string, source: string, glued: boolean) => {
    if (glued && words.length > 0) words[words.length - 1] += text
    else words.push(text)
    if (bare.length < limits.field) bare += (spaced && bare !== '' ? ' ' : '') + source
    spaced = false
  }

  let i = 0
  let glue = false
  // After one quotation mark without a partner the rest are plain characters: looking again would be quadratic.
  let loneQuote = false
  while (i < raw.length) {
    const char = raw[i]!
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') {
      spaced = true
      glue = false
      i++
    } else if (char === '"' && loneQuote) {
      i++
    } else if (char === '"') {
      let end = quotedEnd(raw, i)
      if (end === -1) {
        loneQuote = true
        const angle = raw.indexOf('<', i)
        end = angle === -1 ? raw.length : angle
      }
      const source = raw.slice(i, end)
      word(source.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1'), source, glue)
      glue = true
      i = end
    } else if (char === '(') {
      const end = commentEnd(raw, i)
      comment = raw.slice(i + 1, end - 1)
      spaced = true
      glue = false
      i = end
    } else if (char === '<') {
      const end = angleEnd(raw, i)
      const text = raw.slice(i + 1, end).replace(/^<+/, '')
      // "A <b@c> <d@e>": the last one is the address, as every reader of such mail takes it.
      if (text.trim() !== '' || angle === null) angle = text
      i = raw[end] === '>' ? end + 1 : end
      glue = false
    } else if (char === ',' || char === ';') {
      finish()
      if (char === ';') inGroup = false
      glue = false
      i++
    } else if (char === ':' && !inGroup && angle === null && !bare.includes('@')) {
      if (bare.trim().toLowerCase() !== 'mailto') {
        group = true
        inGroup = true
      }
      words = []
      bare = ''
      comment = ''
      spaced = false
      glue = false
      i++
    } else if (char === '[') {
      // A domain literal, or brackets in a name.
      let end = raw.indexOf(']', i)
      end = end === -1 || end - i > 300 ? i + 1 : end + 1
      const text = raw.slice(i, end)
      word(text, text, glue)
      glue = true
      i = end
    } else {
      let end = i + 1
      while (end < raw.length && !atomEnd.test(raw[end]!)) end++
      const text = raw.slice(i, end)
      word(text, text, glue)
      glue = true
      i = end
    }
  }
  finish()
  return { mailboxes, total, group }
}

/** The offset behind a quoted string, or -1 where it is never closed. */
function quotedEnd(raw: string, start: number): number {
  for (let i = start + 1; i < raw.length; i++) {
    const char = raw[i]
    if (char === '\\') i++
    else if (char === '"') return i + 1
  }
  return -1
}

function commentEnd(raw: string, start: number): number {
  let depth = 0
  for (let i = start; i < raw.length; i++) {
    const char = raw[i]
    if (char === '\\') i++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return i + 1
  }
  return raw.length
}

/** The offset of the closing bracket, or of the comma or end that stands in for a missing one. */
function angleEnd(raw: string, start: number): number {
  let quoted = false
  let comma = -1
  const stop = Math.min(raw.length, start + longestAngle)
  for (let i = start + 1; i < stop; i++) {
    const char = raw[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '>') return i
    else if (char === ',' && comma === -1 && i > start + 1 && raw[start + 1] !== '@') comma = i
    else if (char === '<' && i > start + 1) return comma === -1 ? i : comma
  }
  return comma === -1 ? stop : comma
}

function toMailbox(words: string[], bare: string, angle: string | null, comment: string): Mailbox | null {
  let name = words.join(' ')
  let address = ''
  if (angle !== null) {
    // The obsolete source route "@a,@b:user@host" (RFC 5322 section 4.4) names hops, not people.
    address = angle.replace(/^\s*@[^:]*:/, '')
    if (address.trim() === '' && bare.includes('@')) {
      address = bare
      name = ''
    }
  } else {
    const text = bare.length > longestAngle ? '' : bare.replace(/\s*@\s*/g, '@').trim()
    if (!text.includes('@')) name = words.join(' ')
    else if (!/\s/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ''))) {
      address = text
      name = ''
    } else {
      // "Some Name user@host": no brackets, so the word with the at sign is the address.
      const tokens = text.split(/\s+/)
      const at = tokens.findLastIndex((token) => token.includes('@'))
      address = tokens[at] ?? ''
      name = [...tokens.slice(0, at), ...tokens.slice(at + 1)].join(' ').replace(/"/g, '')
    }
  }
  const cleanAddress = cleanText(decodeAddress(address)).replace(/\s+/g, (blank) =>
    address.includes('"') ? blank : '',
  )
  let cleanName = cleanText(decodeWords(name)).replace(/\s+/g, ' ')
  if (cleanName === '' && comment !== '') cleanName = cleanText(decodeWords(comment.replace(/\\(.)/g, '$1')))
  if (/^'.*'$/.test(cleanName)) cleanName = cleanName.slice(1, -1).trim()
  if (cleanName === '' && cleanAddress === '') return null
  return { name: cut(cleanName), address: cut(cleanAddress) }
}

/** Some mailers encode the address itself, against RFC 2047 section 5: read it, unless that would hide a second one. */
function decodeAddress(address: string): string {
  const decoded = decodeWords(address)
  return /[,;<>]/.test(decoded) && !/[,;<>]/.test(address) ? address : decoded
}

function cut(value: string): string {
  return value.length > limits.mailbox ? toUSVString(value.slice(0, limits.mailbox)) : value
}
