import { isIntroduction } from '../../mime/quote.ts'
import { announces, fieldOf, type Label } from './labels.ts'

/**
 * Finds the lines above a forwarded message: the first ones in the text and no others, because what stands deeper was
 * forwarded or answered before. Linear: every line is looked at a bounded number of times.
 */

const REACH = 60_000
const LINES = 1_500
const LONGEST_LINE = 1_000
/** Lines that one block may have, with the folded recipients. */
const BLOCK_LINES = 40

export type Block = {
  /** The value of each field; the first one where it comes twice. */
  fields: Map<Label, string>
  /** The word that its From line begins with, lower case. */
  fromWord: string
  /** What stood above it. */
  announced: 'forward' | 'rule' | null
  /** Its lines lie in a quotation that nothing announced. */
  inQuotation: boolean
}

export type Found =
  | { kind: 'block'; block: Block; lines: string[] }
  /** "On …, Anna <anna@x.test> wrote:" instead of a block. */
  | { kind: 'introduction'; text: string; announced: boolean; lines: string[] }
  | { kind: 'nothing'; lines: string[] }

type Line = { depth: number; text: string }

function read(raw: string): Line {
  const line = raw
    .slice(0, LONGEST_LINE)
    .replace(/[\u00a0\u2007\u202f\u3000\t]/g, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
  const marks = /^(?: {0,3}>)+/.exec(line)?.[0] ?? ''
  return { depth: marks.replace(/ /g, '').length, text: line.slice(marks.length).trim() }
}

/** @param text  the plain text of a message */
export function findBlock(text: string): Found {
  const lines = text
    .slice(0, REACH)
    .split(/\r\n?|\n/, LINES)
    .flatMap(unrolled)
    .map(read)
  let announced: Block['announced'] = null
  /** Lines with words since the announcement: below it a block comes at once, or none does. */
  let since = 0
  for (let i = 0; i < lines.length; i++) {
    const { text: line, depth } = lines[i]!
    if (line === '') continue
    const announcement = announces(line)
    if (announcement !== null) {
      // Two rules in a row say what the stronger one says.
      announced = announced === 'forward' && since === 0 ? 'forward' : announcement
      since = 0
      continue
    }
    const block = blockAt(lines, i)
    if (block) {
      const inQuotation = depth > 0 && announced === null
      return { kind: 'block', block: { ...block, announced, inQuotation }, lines: around(lines, i) }
    }
    const joined = [line, lines[i + 1]?.text ?? '', lines[i + 2]?.text ?? '']
    const introduction = [1, 2, 3].map((n) => joined.slice(0, n).join(' ').trim()).find(introduces)
    if (introduction !== undefined)
      return {
        kind: 'introduction',
        text: introduction,
        announced: announced === 'forward',
        lines: around(lines, i),
      }
    since++
    // Below a forward's rule stands the message itself now; a quotation is somebody's answer to it.
    if (announced === 'forward' && since > 2) return { kind: 'nothing', lines: [] }
    if (depth > 0) return { kind: 'nothing', lines: [] }
    if (announced === 'rule' && since > 2) announced = null
  }
  return { kind: 'nothing', lines: lines.slice(0, 25).map((line) => line.text) }
}

/** Also Yandex's "01.10.2025, 10:00, "Анна" <anna@x.test>:". */
const introduces = (text: string): boolean =>
  text.length < 500 &&
  (isIntroduction(text) || /^\D{0,20}\d[^@]{4,120}<[^\s<>@]+@[^\s<>@]+>\s?[:：]$/u.test(text))

/** Where the next field begins; the subject even without a gap before it. */
const NEXT_FIELD =
  /(?<=[>\s])(?=(?:To|Sent|Date|Subject|Cc|An|Gesendet|Datum|Betreff|À|Envoyé|Objet|Para|Enviado|Fecha|Asunto|A|Inviato|Data|Oggetto|Aan|Verzonden|Onderwerp|Do|Wysłano|Temat)\s?: ?\S)|(?<=[\p{L}\d)])(?=(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Temat): ?\S)/u

/** Yahoo's telephones write the rule and all fields in one line. */
function unrolled(raw: string): string[] {
  const line = raw.slice(0, LONGEST_LINE)
  const match =
    /^([\s>]*)(-{2,}\s?[^-:]{3,60}-{2,})?\s*((?:From|Von|De|Da|Van|Od|Fra|Från|От)\s?: ?\S.*)$/.exec(line)
  if (!match) return [line]
  const [, marks = '', rule, rest = ''] = match
  const parts = rest.split(NEXT_FIELD)
  if (parts.length < 3 && rule === undefined) return [line]
  return [
    ...(rule === undefined ? [] : [marks + rule]),
    ...(parts.length < 3 ? [rest] : parts).map((part) => marks + part.trim()),
  ]
}

const around = (lines: readonly Line[], at: number): string[] =>
  lines.slice(Math.max(0, at - 2), at + 16).map((line) => line.text)

/** The block whose first field stands at `start`, or null: it has a From and at least one other field. */
function blockAt(lines: readonly Line[], start: number): Pick<Block, 'fields' | 'fromWord'> | null {
  const first = fieldOf(lines[start]!.text)
  if (!first || first.label === 'other' || first.label === 'cc') return null
  const { depth } = lines[start]!
  const fields = new Map<Label, string>()
  let fromWord = ''
  let current: Label = 'other'
  let blanks = 0
  for (let i = start; i < Math.min(lines.length, start + BLOCK_LINES); i++) {
    const line = lines[i]!
    if (line.text === '') {
      // Text that was made from HTML has an empty line between two fields.
      if (++blanks > 1) break
      continue
    }
    if (line.depth !== depth) break
    const field = fieldOf(line.text)
    if (field && field.label !== 'other') {
      // A field that comes again is the next message's.
      if (fields.has(field.label) && field.label !== 'cc') break
      fields.set(field.label, field.value)
      current = field.label
      if (field.label === 'from') fromWord = field.word
    } else if (blanks === 0 && continues(current, fields.get(current) ?? '', line.text)) {
      fields.set(current, `${fields.get(current) ?? ''} ${line.text}`.slice(0, LONGEST_LINE))
    } else if (!(field && blanks === 0 && i > start)) break
    blanks = 0
  }
  return fields.has('from') && fields.size > 1 ? { fields, fromWord } : null
}

/** A folded value: recipients over several lines, an address below its name, a long subject. */
function continues(label: Label, value: string, line: string): boolean {
  if (label === 'other') return false
  if (label === 'to' || label === 'cc') return /[,;<]$/.test(value) || /@/.test(line) || value === ''
  if (label === 'from') return value === '' || (/@/.test(line) && !/@/.test(value))
  return value === ''
}
