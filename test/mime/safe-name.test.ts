import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extensionOf, safeFileName } from '../../src/main/engine/mime/safe-name.ts'
import { sniffType } from '../../src/main/engine/mime/sniff.ts'

describe('safeFileName (fault 62)', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Übersicht 2024 – końcowa.xlsx', 'Übersicht 2024 – końcowa.xlsx'],
    ['../../x', 'x'],
    ['..\\..\\x.exe', 'x.exe'],
    ['/etc/passwd', 'passwd'],
    ['C:\\Users\\ada\\a.doc', 'a.doc'],
    ['Invoice 10/12.pdf', 'Invoice 10_12.pdf'],
    ['CON', '_CON'],
    ['aux.txt', '_aux.txt'],
    ['COM1', '_COM1'],
    ['console.txt', 'console.txt'],
    ['a.txt:stream', 'a.txt_stream'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\u200b.pdf', 'a.pdf'],
    ['a\0.pdf\r\nX: y', 'a.pdfX_ y'],
    ['invoice.pdf                                   .exe', 'invoice.pdf .exe'],
    ['evil.exe. . ', 'evil.exe'],
    ['.htaccess', 'htaccess'],
    ['...', 'attachment'],
    ['', 'attachment'],
    [' \t', 'attachment'],
  ])('makes %j into %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe)
  })

  it('cuts 300 letters and keeps the extension', () => {
    const name = safeFileName(`${'ż'.repeat(300)}.tar.gz`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    expect(name.endsWith('ż.gz') || name.endsWith('.tar.gz')).toBe(true)
  })

  const nasty = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '..',
          '/',
          '\\',
          ':',
          '\0',
          '\r\n',
          '\u202e',
          '\u2066',
          '.',
          ' ',
          'CON',
          'nul',
          'lpt1',
          '.exe',
          '\ud800',
          '\uff0f',
          '~',
        ),
        fc.string({ unit: 'binary', maxLength: 30 }),
      ),
      { maxLength: 20 },
    )
    .map((parts) => parts.join(''))

  it('is safe on every disk, whatever comes in', () => {
    fc.assert(
      fc.property(nasty, fc.option(fc.constantFrom('exe', 'pdf', 'eml')), (name, extension) => {
        const safe = safeFileName(name, extension)
        expect(safe).not.toBe('')
        expect(safe).not.toMatch(/[/\\:*?"<>|]/)

        expect(safe).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/)
        expect(safe).not.toMatch(/^[.\s]|[.\s]$/)
        expect(safe).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(210)
        expect(Buffer.from(safe).toString()).toBe(safe)
        if (extension !== null) expect(extensionOf(safe)).toBe(extension)
      }),
      { numRuns: 2_000 },
    )
  })

  it('changes nothing the second time', () => {
    const check = fc.property(nasty, (name) => {
      expect(safeFileName(safeFileName(name))).toBe(safeFileName(name))
    })
    fc.assert(check, { numRuns: 1_000 })
  })
})

describe('sniffType', () => {
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  const zip = [0x50, 0x4b, 0x03, 0x04]
  const ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
  const exe = [0x4d, 0x5a, ...new Array<number>(64).fill(0)]
  const text = (value: string) => [...Buffer.from(value)]

  it.each([
    ['a picture sent without a type', png, 'application/octet-stream', 'a.png', 'image/png', null],
    ['a picture with the wrong type', png, 'image/jpeg', 'a.jpg', 'image/png', null],
    ['a picture without a name', png, 'image/png', '', 'image/png', 'png'],
    [
      'a program that claims to be a picture',
      exe,
      'image/jpeg',
      'photo.jpg',
      'application/vnd.microsoft.portable-executable',
      'exe',
    ],
    [
      'a program that admits it',
      exe,
      'application/octet-stream',
      'setup.exe',
      'application/vnd.microsoft.portable-executable',
      null,
    ],
    [
      'a page that claims to be a picture',
      text('<!DOCTYPE html><script>'),
      'image/png',
      'a.png',
      'text/html',
      'html',
    ],
    ['a page in a text file', text('<html>'), 'text/plain', 'a.txt', 'text/plain', null],
    [
      'a drawing with script in it',
      text('<?xml version="1.0"?><svg onload=x>'),
      'image/png',
      'a.png',
      'image/svg+xml',
      null,
    ],
    [
      'a document in a zip',
      zip,
      'application/octet-stream',
      'a.docx',
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      null,
    ],
    ['an archive', zip, 'application/octet-stream', 'a.zip', 'application/zip', null],
    ['an old document', ole, 'application/octet-stream', 'a.xls', 'application/vnd.ms-excel', null],
    ['a web picture', [...text('RIFF1234WEBP')], 'application/octet-stream', 'a.bin', 'image/webp', null],
    ['a calendar without a name', text('BEGIN:VCALENDAR'), 'text/calendar', '', 'text/calendar', 'ics'],
    ['TNEF', [0x78, 0x9f, 0x3e, 0x22], 'application/ms-tnef', 'winmail.dat', 'application/vnd.ms-tnef', null],
    ['nothing at all', [], '', '', 'application/octet-stream', null],
  ])('knows %s', (_, bytes, declared, name, mimeType, extension) => {
    expect(sniffType(Uint8Array.from(bytes), declared, name)).toEqual({ mimeType, extension })
  })
})
