import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvRows } from '../../../src/main/engine/crm/importing/csv-reader.ts'
import { sniffEncoding, textOf } from '../../../src/main/engine/crm/importing/encoding.ts'
import { createFileReader } from '../../../src/main/engine/crm/importing/file-reader.ts'
import { inspect, recordsOf } from '../../../src/main/engine/crm/importing/inspect.ts'
import { FileProblem } from '../../../src/main/engine/crm/importing/protocol.ts'
import { cardsOf, cellsOfCard } from '../../../src/main/engine/crm/importing/vcard-reader.ts'
import { escapeText, fold, unescapeText } from '../../../src/main/engine/crm/importing/vcard-syntax.ts'
import { cpuTime } from '../../support/cpu-time.ts'

const worker = pathToFileURL(resolve(import.meta.dirname, '../../../src/main/engine/crm/importing/worker.ts'))
let folder: string
let serial = 0
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'anteroom-importing-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file with this content. */
function file(content: string | Uint8Array): string {
  const path = join(folder, `file-${(serial += 1)}`)
  writeFileSync(path, content)
  return path
}
const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}
const rowsOf = (path: string) => [
  ...recordsOf(
    path,
    inspect(path, () => {}),
    () => {},
  ),
]

describe('encodings', () => {
  const text = 'Name;Città\nŻółć;Perù\n'
  test.each([
    ['UTF-8', Buffer.from(text), 'utf-8', text],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), 'utf-8', text],
    ['UTF-16 little endian with a mark', utf16(`\uFEFF${text}`, false), 'utf-16le', text],
    ['UTF-16 big endian with a mark', utf16(`\uFEFF${text}`, true), 'utf-16be', text],
    ['UTF-16 without a mark', utf16(text, false), 'utf-16le', text],
    ['UTF-16 big endian without a mark', utf16(text, true), 'utf-16be', text],
    [
      'Windows-1252',
      Buffer.from('Name;Citt\xe0\nJos\xe9 \x93Pepe\x94;Per\xf9\n', 'latin1'),
      'windows-1252',
      'Name;Città\nJosé “Pepe”;Perù\n',
    ],
    [
      'Windows-1250',
      Buffer.from('Imi\xea;Miasto\nMa\xb3gorzata Dziedzic-\xafak;\xa3\xf3d\x9f\n', 'latin1'),
      'windows-1250',
      'Imię;Miasto\nMałgorzata Dziedzic-Żak;Łódź\n',
    ],
  ])('%s', (_, bytes, encoding, expected) => {
    const path = file(bytes)
    expect(sniffEncoding(path)).toBe(encoding)
    expect([...textOf(path, encoding)].join('')).toBe(expected)
  })

  test('a letter or a line end that two pieces share stays whole', () => {
    // 256 KB are read at once: the two bytes of "ż" and of the line end lie on either side of that.
    const long = (end: string) => `${'x'.repeat(256 * 1024 - 1)}${end}`
    for (const end of ['żółć\n', '\r\ny\r\n']) {
      const path = file(long(end))
      expect([...textOf(path, sniffEncoding(path))].join('')).toBe(long(end).replaceAll('\r\n', '\n'))
    }
  })

  test.each([
    ['a spreadsheet', Buffer.from('504b0304140000', 'hex'), /save the sheet as "CSV UTF-8"/],
    ['binary data', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /holds no text/],
    ['nothing', Buffer.alloc(0), /is empty/],
    ['empty lines', Buffer.from('\n\n \n'), /is empty/],
    ['501 columns', Buffer.from(Array.from({ length: 501 }, (_, i) => `c${i}`).join(',')), /501 columns/],
  ])('%s is refused in words', (_, bytes, words) => {
    expect(() => inspect(file(bytes), () => {})).toThrow(words)
  })
})

describe('CSV', () => {
  test.each([',', ';', '\t', '|'])('the delimiter "%s" is found', (delimiter) => {
    const line = (...cells: string[]) => cells.join(delimiter)
    const path = file([line('Name', 'Email', 'Note'), line('Ada', 'ada@acme.test', '"a, b; c"')].join('\r\n'))
    const found = inspect(path, () => {})
    expect([found.delimiter, found.headings, found.rows]).toEqual([delimiter, ['Name', 'Email', 'Note'], 1])
    expect(found.samples).toEqual([['Ada'], ['ada@acme.test'], ['a, b; c']])
  })

  test('one column needs none, and Excel may name it', () => {
    expect(inspect(file('Email\na@b.test\n'), () => {}).headings).toEqual(['Email'])
    const named = inspect(file('sep=;\nName;Email\n"Lovelace, Ada";ada@acme.test\n'), () => {})
    expect([named.delimiter, named.headings, named.rows]).toEqual([';', ['Name', 'Email'], 1])
  })

  test('line ends and quotation marks within cells; empty lines do not count; short rows are filled', () => {
    const rows = rowsOf(file('Name,Note,City\r\n"Ada ""the first""","two\r\nlines",\r\n\r\n,,\r\nBob\r\n'))
    expect(rows).toEqual([
      { row: 1, cells: ['Ada "the first"', 'two\nlines', ''], problem: null },
      { row: 2, cells: ['Bob', '', ''], problem: null },
    ])
  })

  test('a row with too many cells is a problem of its own, unless they are empty', () => {
    const rows = rowsOf(file('Name,City\nAda,Rome,x\nBob,Oslo,,\n'))
    expect(rows[0]!.problem).toMatch(/3 cells, but there are 2 columns/)
    expect(rows[1]).toEqual({ row: 2, cells: ['Bob', 'Oslo'], problem: null })
  })

  test('a quotation mark that is never closed is found, and soon', () => {
    const path = file(`Name,Note\nAda,"never closed\n${'Bob,x\n'.repeat(600_000)}`)
    const start = cpuTime()
    expect(() => rowsOf(path)).toThrow(/Line 2 of the file does not end/)
    expect(cpuTime() - start).toBeLessThan(5_000)
  })

  test('a line that never ends, and one of a million cells', () => {
    expect(() => inspect(file(`Name,Note\n${'x'.repeat(3_000_000)}`), () => {})).toThrow(
      /Line 2 .* it is no table/,
    )
    const [row] = rowsOf(file(`Name,Note\n${'x,'.repeat(900_000)}\n`))
    expect(row!.problem).toMatch(/900000 cells/)
  })

  test('whatever way the text is cut into pieces, the rows are the same', () => {
    const cell = fc.stringMatching(/^[ab",;\n]{0,6}$/)
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, size) => {
          const text = rows.map((cells) => `${cells.map(quoted).join(',')}\n`).join('')
          const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!
          const read = [...csvRows(pieces, ',')].filter((cells) => cells.length > 1)
          expect(read).toEqual(rows)
        },
      ),
    )
  })
})

describe('vCard', () => {
  const cells = (text: string) =>
    [...cardsOf([text.replace(/\r\n/g, '\n')])].map((card) => card && Object.fromEntries(cellsOfCard(card)))

  test('4.0: preferred ones first, types, units, escapes', () => {
    expect(
      cells(`BEGIN:VCARD\r
VERSION:4.0\r
FN:Dr. Ada Lovelace\\, Countess\r
N:Lovelace;Ada;Augusta;Dr.;\r
EMAIL;TYPE=home:ada@home.test\r
EMAIL;TYPE=work;PREF=1:ada@acme.test\r
TEL;VALUE=uri;TYPE="voice,cell":tel:+39-333-1234567;ext=12\r
ORG:Analytical Engines;Research;First floor\r
TITLE:Mathematician\r
NOTE:Two\\nlines\\; one card\r
X-ANTEROOM-PROPERTY;X-NAME="Budget, yearly":1000\r
PHOTO:data:image/jpeg;base64,AAAA\r
 BBBB\r
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r
END:VCARD\r
`),
    ).toEqual([
      {
        FN: 'Dr. Ada Lovelace, Countess',
        'N (given)': 'Ada Augusta',
        'N (family)': 'Lovelace',
        'EMAIL (work)': 'ada@acme.test',
        'EMAIL (home)': 'ada@home.test',
        'TEL (cell)': '+39-333-1234567',
        ORG: 'Analytical Engines',
        'ORG (unit)': 'Research, First floor',
        TITLE: 'Mathematician',
        NOTE: 'Two\nlines; one card',
        'Budget, yearly': '1000',
      },
    ])
  })

  test("3.0: folded lines and Apple's labels", () => {
    expect(
      cells(`BEGIN:VCARD
VERSION:3.0
FN:Jan Kowal
 ski
item1.EMAIL;type=INTERNET;type=pref:jan@acme.test
item1.X-ABLabel:_$!<Work>!$_
item2.TEL:+48 600 700 800
item2.X-ABLabel:Assistant
URL:http\\://acme.test
END:VCARD
`),
    ).toEqual([
      {
        FN: 'Jan Kowalski',
        'EMAIL (work)': 'jan@acme.test',
        'TEL (assistant)': '+48 600 700 800',
        URL: 'http://acme.test',
      },
    ])
  })

  test('2.1: bare parameters, quoted-printable over several lines, charsets, a card within a card', () => {
    expect(
      cells(`BEGIN:VCARD
VERSION:2.1
N;CHARSET=ISO-8859-2;ENCODING=QUOTED-PRINTABLE:Wo=BCniak;Pawe=B3
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Pawe=C5=82 Wo=C5=
=BAniak
TEL;WORK;VOICE:(06) 1234
TEL;CELL;PREF:333
NOTE;QUOTED-PRINTABLE:one=0D=0Atwo
PHOTO;JPEG;ENCODING=BASE64:
 AAAABBBB
 CCCC

AGENT:
BEGIN:VCARD
FN:Somebody Else
END:VCARD
EMAIL;INTERNET:pawel@acme.test
END:VCARD
`),
    ).toEqual([
      {
        'N (given)': 'Paweł',
        'N (family)': 'Woźniak',
        FN: 'Paweł Woźniak',
        'TEL (cell)': '333',
        'TEL (work)': '(06) 1234',
        NOTE: 'one\r\ntwo',
        EMAIL: 'pawel@acme.test',
      },
    ])
  })

  test('several cards, one of which never ends, and one that is a group', () => {
    const path = file(
      'BEGIN:VCARD\nFN:One\nEMAIL:one@a.test\nEND:VCARD\nBEGIN:VCARD\nKIND:group\nFN:Team\nEND:VCARD\nBEGIN:VCARD\nFN:Two\n',
    )
    const found = inspect(path, () => {})
    expect([found.format, found.headings, found.rows]).toEqual(['vcard', ['FN', 'EMAIL'], 3])
    expect(rowsOf(path).map(({ cells: [name], problem }) => [name, problem])).toEqual([
      ['One', null],
      ['Team', expect.stringMatching(/list of contacts/) as string],
      ['', expect.stringMatching(/does not end/) as string],
    ])
  })

  test('a card of 30 MB is refused, and those beside it are read', () => {
    const folded = `NOTE:x\n${` ${'y'.repeat(70)}\n`.repeat(450_000)}`
    const path = file(`BEGIN:VCARD\nFN:Big\n${folded}END:VCARD\nBEGIN:VCARD\nFN:Small\nEND:VCARD\n`)
    expect(rowsOf(path).map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/larger than any card/) as string,
      null,
    ])
  })

  test('twenty of a kind are read, and no more', () => {
    const [card] = cells(
      `BEGIN:VCARD\n${Array.from({ length: 500 }, (_, i) => `EMAIL:a${i}@b.test`).join('\n')}\nEND:VCARD\n`,
    )
    expect(Object.keys(card!)).toHaveLength(20)
  })

  test('any text survives being escaped, folded and read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (given) => {
        const text = given.replace(/\r\n?/g, '\n')
        expect(unescapeText(escapeText(text))).toBe(text)
        const folded = fold(`NOTE:${escapeText(text)}`)
        for (const line of folded.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
        const [card] = [...cardsOf([`BEGIN:VCARD\nFN:x\n${folded.replaceAll('\r\n', '\n')}END:VCARD\n`])]
        expect(cellsOfCard(card!).get('NOTE') ?? '').toBe(text.trim())
      }),
    )
  })
})

describe('the thread that reads', () => {
  const reader = createFileReader({ worker })
  const signal = new AbortController().signal

  test('inspects, and gives rows in batches from any row on', async () => {
    const path = file(
      `Name,Email\n${Array.from({ length: 250 }, (_, i) => `P${i},p${i}@a.test`).join('\n')}\n`,
    )
    const shape = await reader.inspect(path, signal)
    expect(shape.rows).toBe(250)
    const sizes: number[] = []
    let first: unknown
    for await (const rows of reader.rows(path, shape, { after: 20, batch: 100, signal })) {
      first ??= rows[0]
      sizes.push(rows.length)
    }
    expect(sizes).toEqual([100, 100, 30])
    expect(first).toEqual({ row: 21, cells: ['P20', 'p20@a.test'], problem: null })
  })

  test("a fault of the file arrives in the file's words", async () => {
    await expect(reader.inspect(file(Buffer.alloc(50)), signal)).rejects.toThrow(FileProblem)
  })

  test('a thread that says nothing is ended, and so is one that nobody waits for', async () => {
    const silent = pathToFileURL(file('setInterval(() => {}, 1000)'))
    const impatient = createFileReader({ worker: silent, silenceMs: 50 })
    await expect(impatient.inspect('x', signal)).rejects.toThrow(/takes too long/)
    const stopped = new AbortController()
    const reading = createFileReader({ worker: silent }).inspect('x', stopped.signal)
    stopped.abort()
    await expect(reading).rejects.toThrow(/was stopped/)
  })

  test('one that grows too large is ended with a next step', async () => {
    const greedy = pathToFileURL(
      file('const all = []; for (;;) all.push(`${all.length} of many `.repeat(20).split(``))'),
    )
    await expect(createFileReader({ worker: greedy, heapMb: 48 }).inspect('x', signal)).rejects.toThrow(
      /Divide it into smaller ones/,
    )
  })
})
