import type { Mailbox } from '@contract/common.ts'

/** Why an address cannot be written to; the words are in `composer.invalid.*`. */
export type AddressProblem =
  | 'empty'
  | 'no_at'
  | 'several_at'
  | 'no_local'
  | 'no_domain'
  | 'space'
  | 'bad_local'
  | 'bad_domain'
  | 'no_dot'
  | 'too_long'

const utf8Length = (text: string) => new TextEncoder().encode(text).length

/** An atom of RFC 5322 section 3.2.3, with the letters that RFC 6532 adds. */
const ATOM = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~]+$/u
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$/u
/** A quoted local part. One that holds "@" or a space is refused: servers disagree on where it is routed (fault 29). */
const QUOTED_LOCAL = /^"[^"\\\s@<>]+"$/

/**
 * Says why an address cannot be written to, or null when it can.
 * Stricter than RFC 5322 section 3.4.1 where the wider form is nearly always a slip: comments, folding
 * and a domain without a dot (but for `localhost`) are refused.
 */
export function addressProblem(address: string): AddressProblem | null {
  if (address === '') return 'empty'
  const at = address.lastIndexOf('@')
  if (at < 0) return 'no_at'
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (local === '') return 'no_local'
  if (domain === '') return 'no_domain'
  if (QUOTED_LOCAL.test(local)) {
    // Well-formed as it is; the domain is looked at below.
  } else {
    if (local.includes('@')) return 'several_at'
    if (/\s/.test(address)) return 'space'
    if (!local.split('.').every((atom) => ATOM.test(atom))) return 'bad_local'
  }
  // RFC 5321 section 4.5.3.1: 64 octets for the local part, 254 for an address in a path.
  if (utf8Length(local) > 64 || utf8Length(address) > 254) return 'too_long'
  if (/^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]$/i.test(domain)) return null
  const labels = domain.split('.')
  if (!labels.every((label) => label.length <= 63 && LABEL.test(label))) return 'bad_domain'
  if (labels.length === 1 && domain.toLowerCase() !== 'localhost') return 'no_dot'
  return null
}

/** True when the mailbox can be written to. */
export const isValidMailbox = (mailbox: Mailbox) => addressProblem(mailbox.address) === null

type Part = { text: string; separator: string }

/**
 * Cuts a list at commas, semicolons and line ends that stand outside quotes, angle brackets and comments.
 * A quotation or bracket that is never closed does not swallow the rest: it ends at the line.
 */
function cut(text: string): Part[] {
  const parts: Part[] = []
  let start = 0
  let i = 0
  const push = (separator: string) => {
    parts.push({ text: text.slice(start, i), separator })
    start = i + 1
  }
  /** Up to where it is known that an end is missing: thousands of openings must not be searched again and again. */
  const missingUntil = new Map<string, number>()
  const closing = (from: number, end: string) => {
    if (from <= (missingUntil.get(end) ?? -1)) return -1
    let j = from
    for (; j < text.length && text[j] !== '\n'; j++) {
      if (text[j] === '\\' && end !== '>') j++
      else if (text[j] === end) return j
    }
    missingUntil.set(end, j)
    return -1
  }
  while (i < text.length) {
    const char = text[i]
    if (char === '"' || char === '(') {
      const end = closing(i + 1, char === '"' ? '"' : ')')
      if (end > 0) i = end
    } else if (char === '<') {
      // Only a quotation at the very beginning of the address can hide a bracket.
      const quoted = text[i + 1] === '"' ? closing(i + 2, '"') : -1
      const end = closing(quoted > 0 ? quoted : i + 1, '>')
      if (end > 0) i = end
    } else if (char === ',' || char === ';' || char === '\n' || char === '\r' || char === '\t') {
      push(char)
    }
    i++
  }
  push('')
  return parts
}

const clean = (text: string) =>
  text
    // Control and invisible direction characters never belong to a name or an address (fault 27).
    .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** The text of a display name: quotes and escapes undone (RFC 5322 section 3.2.4). */
function unquoteName(text: string): string {
  const name = clean(text)
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(name) ?? /^'([^']*)'$/.exec(name)
  return quoted ? clean((quoted[1] ?? '').replace(/\\(.)/g, '$1')) : name
}

const cleanAddress = (text: string) => {
  const address = clean(text).replace(/^mailto:/i, '')
  if (addressProblem(address) === null) return address
  const compact = address.replace(/\s+/g, '')
  if (addressProblem(compact) === null && !/\S\s+\S+@\S+\s+\S/.test(address)) return compact
  // Kept as typed, so that it can be corrected, without what would make the list ambiguous.
  return clean(address.replace(/[<>"]/g, ''))
}

/** One piece of a list, as the mailboxes it holds: usually one, several when addresses stand side by side. */
function parsePart(text: string): Mailbox[] {
  const part = clean(text)
  if (part === '') return []
  const angle = /^(.*?)<([^<>]*|"(?:[^"\\]|\\.)*"[^<>]*)>\s*(?:\((.*)\))?$/su.exec(part)
  if (angle) {
    const address = cleanAddress(angle[2] ?? '')
    const name = unquoteName(angle[1] ?? '') || unquoteName(angle[3] ?? '')
    if (address === '' && name === '') return []
    // A name that only repeats the address says nothing.
    return [{ name: name.toLowerCase() === address.toLowerCase() ? '' : name, address }]
  }
  const commented = /^(\S+@\S+)\s*\(([^()]*)\)$/.exec(part)
  if (commented) return [{ name: unquoteName(commented[2] ?? ''), address: cleanAddress(commented[1] ?? '') }]
  const words = part.split(' ')
  if (words.length > 1) {
    const valid = words.map((word) => addressProblem(word.replace(/^mailto:/i, '')) === null)
    if (valid.every(Boolean)) return words.map((word) => ({ name: '', address: cleanAddress(word) }))
    const last = words.at(-1) ?? ''
    if (valid.at(-1) && valid.filter(Boolean).length === 1) {
      return [{ name: unquoteName(words.slice(0, -1).join(' ')), address: cleanAddress(last) }]
    }
  }
  const address = cleanAddress(part)
  return address === '' ? [] : [{ name: '', address }]
}

/** Heads of a column of addresses, in the languages our users write in. */
const HEADING = /^(?:e-?mails?|e-?mail[ -]address|address|correo|indirizzo|posta|adres|adresse)\b/i

/**
 * A row of a sheet (cells divided by tabs) with one address: what stands before it is the name, else what stands behind.
 * Null for any other line.
 */
function parseRow(line: string): Mailbox | null {
  const cells = line.split('\t').map(unquoteName)
  const addresses = cells.flatMap((cell, index) =>
    addressProblem(cell.replace(/^mailto:/i, '')) === null ? [index] : [],
  )
  const [at] = addresses
  const isOnly = cells.every((cell, index) => index === at || !cell.includes('@'))
  if (cells.length < 2 || at === undefined || !isOnly) return null
  const isName = (cell: string) => /\p{L}/u.test(cell) && !/[@\d]/.test(cell) && cell.length <= 100
  const before = cells.slice(0, at).filter(isName).slice(-2)
  const name = before.length > 0 ? before.join(' ') : (cells.slice(at + 1).find(isName) ?? '')
  return { name, address: cleanAddress(cells[at] ?? '') }
}

/** What was copied from a sheet, or null when the text is none: each line a row with one address, below a heading or not. */
function parseSheet(text: string): Mailbox[] | null {
  if (!text.includes('\t')) return null
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '')
  const isHeading = lines[0]?.split('\t').some((cell) => HEADING.test(cell.trim())) ?? false
  const first = lines[0] === undefined ? null : parseRow(lines[0])
  const rows = (first === null && isHeading ? lines.slice(1) : lines).map(parseRow)
  return rows.length > 0 && rows.every((row) => row !== null) ? rows : null
}

/**
 * Reads any list of addresses that people paste: `Name <a@b>`, `"Doe, J." <a@b>`, `a@b (Name)`, bare
 * addresses, groups (RFC 5322 section 3.4), divided by commas, semicolons, tabs or line ends; rows of a sheet.
 * Never throws and drops nothing but empty pieces: what is no address comes back as one that
 * `addressProblem` explains.
 */
export function parseRecipients(text: string): Mailbox[] {
  const sheet = parseSheet(text)
  if (sheet) return sheet
  // A group's name ("Team: a@b, c@d;") says nothing about where to send.
  const parts = cut(text).map((part) => ({
    ...part,
    text: part.text.replace(/^\s*(?!mailto:)[^@<>"():]{1,100}:(?!\/\/)/i, ''),
  }))
  const result: Mailbox[] = []
  let carried = ''
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1]
    const nextHasName = next !== undefined && /^[^@<>"]*\S[^@<>"]*<[^<>]*@/.test(next.text)
    // "Doe, John <john@doe.test>", as address books write it: the comma belongs to the name.
    if (part.separator === ',' && nextHasName && clean(part.text) !== '' && /^[^@<>"()]+$/.test(part.text)) {
      carried += `${clean(part.text)}, `
      continue
    }
    if (carried) {
      const [mailbox] = parsePart(part.text)
      if (mailbox) result.push({ ...mailbox, name: carried + mailbox.name })
      carried = ''
      continue
    }
    result.push(...parsePart(part.text))
  }
  return result
}

/** One mailbox as text that `parseRecipients` reads back. */
export function formatMailbox({ name, address }: Mailbox): string {
  if (name === '') return addressProblem(address) === null ? address : `<${address}>`
  const plain = /^[\p{L}\p{N}\p{M} .'_-]+$/u.test(name) && !/^'.*'$/.test(name)
  return `${plain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${address}>`
}

/** The list as text, for the clipboard; `parseRecipients` is its inverse. */
export const joinRecipients = (list: readonly Mailbox[]) => list.map(formatMailbox).join(', ')

/** Two spellings that reach the same mailbox in practice: the case is ignored. */
export const addressKey = (address: string) => address.trim().toLowerCase()

/** Adds without repeating an address; the name is taken from whichever entry has one. Order is kept. */
export function addRecipients(list: readonly Mailbox[], added: readonly Mailbox[]): Mailbox[] {
  const byKey = new Map<string, Mailbox>()
  for (const mailbox of [...list, ...added]) {
    const key = addressKey(mailbox.address)
    const known = byKey.get(key)
    if (!known) byKey.set(key, mailbox)
    else if (known.name === '' && mailbox.name !== '') byKey.set(key, { ...known, name: mailbox.name })
  }
  return [...byKey.values()]
}
