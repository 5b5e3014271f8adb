import { sniffEncoding, textOf } from './encoding.ts'
import {
  FileProblem,
  HEADING_CHARACTERS,
  MAX_COLUMNS,
  ROW_CHARACTERS,
  type FileRow,
  type FileShape,
} from './protocol.ts'
import { parseLine, splitValue, unescapeText, unfold, type VcardLine } from './vcard-syntax.ts'

/** Addresses, numbers and the like of one card that are read; more belong to no person. */
const MAX_OF_A_KIND = 20

/** What nobody reads in a record: how the card was made, and binary things. */
const IGNORED =
  /^(BEGIN|END|VERSION|PRODID|REV|UID|CLIENTPIDMAP|SORT-STRING|SOURCE|NAME|PROFILE|CLASS|MAILER|AGENT|PHOTO|LOGO|SOUND|KEY|KIND|MEMBER|XML|X-ABLABEL|X-ABADR|X-ABUID|X-ADDRESSBOOKSERVER-.*|X-IMAGE.*|X-MOZILLA-HTML)$/
/** Types of a number or address that say nothing about which one it is. */
const PLAIN_TYPES = new Set(['internet', 'pref', 'voice', 'x400', 'text', 'uri'])

function* linesOf(pieces: Iterable<string>): Generator<string> {
  let rest = ''
  for (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    yield* lines
    if (rest.length > 10 * ROW_CHARACTERS) {
      throw new FileProblem('A line of this file does not end. It is damaged; export it once more.')
    }
  }
  if (rest !== '') yield rest
}

/** The cards of a text, each as its lines. `null` for one that begins and never ends. */
export function* cardsOf(pieces: Iterable<string>): Generator<VcardLine[] | null> {
  let card: VcardLine[] | null = null
  /** Cards within a card (AGENT of 2.1) are another person's. */
  let depth = 0
  let size = 0
  for (const text of unfold(linesOf(pieces), 2 * ROW_CHARACTERS)) {
    const line = parseLine(text)
    if (!line) continue
    const isCard = line.value.trim().toUpperCase() === 'VCARD'
    if (line.name === 'BEGIN' && isCard) {
      if (card === null) {
        card = []
        depth = 1
        size = 0
      } else depth += 1
    } else if (line.name === 'END' && isCard && card !== null) {
      depth -= 1
      if (depth > 0) continue
      yield size > ROW_CHARACTERS ? null : card
      card = null
    } else if (card !== null && depth === 1) {
      size += text.length
      if (size <= ROW_CHARACTERS) card.push(line)
    }
  }
  if (card !== null) yield null
}

const types = (line: VcardLine): string[] =>
  (line.params.get('TYPE') ?? []).flatMap((type) => type.split(',')).map((type) => type.trim().toLowerCase())

/** PREF=1 of 4.0 to 100, TYPE=PREF of the others as 1; 101 for none. */
function preference(line: VcardLine): number {
  const number = Number(line.params.get('PREF')?.[0])
  if (number >= 1 && number <= 100) return number
  return types(line).includes('pref') ? 1 : 101
}

/**
 * A card as cells by their heading: the property's name, with its type where that tells several apart ("TEL (cell)"),
 * numbered when there are more. The preferred ones come first.
 */
export function cellsOfCard(card: readonly VcardLine[]): Map<string, string> {
  const cells = new Map<string, string>()
  const labels = new Map(
    card.filter(({ name }) => name === 'X-ABLABEL').map(({ group, value }) => [group, appleLabel(value)]),
  )
  const put = (heading: string, value: string) => {
    const text = value.trim()
    if (text === '') return
    for (let n = 1; n <= MAX_OF_A_KIND; n += 1) {
      const key = n === 1 ? heading : `${heading} ${n}`
      if (cells.get(key) === text) return
      if (cells.has(key)) continue
      cells.set(key, text)
      return
    }
  }
  const ordered = card
    .map((line, at) => ({ line, at }))
    .sort((a, b) => preference(a.line) - preference(b.line) || a.at - b.at)
    .map(({ line }) => line)
  for (const line of ordered) {
    const { name, value } = line
    if (IGNORED.test(name)) continue
    switch (name) {
      case 'N': {
        const [family = '', given = '', middle = ''] = splitValue(value, ';')
        put('N (given)', [given, middle].filter(Boolean).join(' '))
        put('N (family)', family)
        break
      }
      case 'ORG': {
        const [organisation = '', ...units] = splitValue(value, ';')
        put('ORG', organisation)
        put('ORG (unit)', units.filter(Boolean).join(', '))
        break
      }
      case 'ADR':
        put(labelled('ADR', line, labels), splitValue(value, ';').filter(Boolean).join(', '))
        break
      case 'TEL':
        put(labelled('TEL', line, labels), unescapeText(value).replace(/^tel:/i, '').replace(/;.*$/s, ''))
        break
      case 'EMAIL':
        put(labelled('EMAIL', line, labels), unescapeText(value).replace(/^mailto:/i, ''))
        break
      case 'URL':
        put('URL', unescapeText(value))
        break
      case 'CATEGORIES':
      case 'NICKNAME':
        put(name, splitValue(value, ',').join(', '))
        break
      case 'X-ANTEROOM-PROPERTY':
        put((line.params.get('X-NAME')?.[0] ?? name).slice(0, HEADING_CHARACTERS), unescapeText(value))
        break
      default:
        put(name.slice(0, HEADING_CHARACTERS), unescapeText(value))
    }
  }
  return cells
}

function labelled(name: string, line: VcardLine, labels: ReadonlyMap<string, string>): string {
  const label =
    (line.group && labels.get(line.group)) ||
    types(line).find((type) => type !== '' && !PLAIN_TYPES.has(type))
  return label ? `${name} (${label})` : name
}

/** Apple writes its own labels as "_$!<Work>!$_". */
const appleLabel = (value: string): string =>
  unescapeText(value)
    .replace(/^_\$!<(.*)>!\$_$/, '$1')
    .trim()
    .toLowerCase()
    .slice(0, 50)

/** True for text that begins as a vCard file does. */
export const looksLikeVcard = (head: string): boolean => /^\s*BEGIN:VCARD\s*$/im.test(head.slice(0, 4096))

/**
 * Encoding and columns of a vCard file: everything that any of its cards has.
 * @throws FileProblem for a file without a card
 */
export function vcardShape(path: string, onPiece: () => void): FileShape {
  const encoding = sniffEncoding(path, onPiece)
  const headings = new Set<string>()
  let cards = 0
  for (const card of cardsOf(textOf(path, encoding, onPiece))) {
    cards += 1
    for (const heading of card ? cellsOfCard(card).keys() : []) {
      if (headings.size < MAX_COLUMNS) headings.add(heading)
    }
  }
  if (cards === 0) throw new FileProblem('There is no vCard in this file.')
  return { format: 'vcard', encoding, delimiter: '', headings: inOrder([...headings]) }
}

const ORDER = ['FN', 'N (', 'EMAIL', 'TEL', 'ORG', 'TITLE', 'ROLE', 'URL', 'ADR', 'NOTE']

/** What everybody has first, each kind together. */
function inOrder(headings: string[]): string[] {
  const rank = (heading: string) => {
    const at = ORDER.findIndex((begin) => heading.startsWith(begin))
    return at < 0 ? ORDER.length : at
  }
  return headings.sort((a, b) => rank(a) - rank(b))
}

/** The cards as rows. */
export function* vcardRecords(path: string, shape: FileShape, onPiece: () => void): Generator<FileRow> {
  let row = 0
  for (const card of cardsOf(textOf(path, shape.encoding, onPiece))) {
    row += 1
    if (card === null) {
      const problem = 'This card does not end, or is larger than any card can be.'
      yield { row, cells: shape.headings.map(() => ''), problem }
      continue
    }
    const cells = cellsOfCard(card)
    const isGroup = card.some(
      ({ name, value }) =>
        (name === 'KIND' || name === 'X-ADDRESSBOOKSERVER-KIND') && value.trim().toLowerCase() === 'group',
    )
    yield {
      row,
      cells: shape.headings.map((heading) => cells.get(heading) ?? ''),
      problem: isGroup ? 'This card is a list of contacts, not a contact.' : null,
    }
  }
}
