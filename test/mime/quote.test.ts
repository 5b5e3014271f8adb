import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { snippetOf } from '../../src/main/engine/mime/finish.ts'
import { splitQuoted } from '../../src/main/engine/mime/quote.ts'

const root = resolve(import.meta.dirname, '../../../shared/corpora/reply-trimmer')
const present = existsSync(root)
if (!present) console.log(`left out: the reply-trimmer corpus, because ${root} is not here`)

/** Where we mean to differ. */
const explained: Record<string, string> = {
  'embedded_email_16.txt': 'a marked quotation above the answer is folded here, there it is shown',
  'quote_only.txt': 'a text that only quotes has nothing new; it is shown because there is nothing else',
}

describe.skipIf(!present)('the reply-trimmer corpus', () => {
  const even = (text: string) => text.replace(/\r\n?/g, '\n').trim()
  for (const file of present ? readdirSync(`${root}/emails`) : []) {
    it(`${explained[file] === undefined ? 'finds what is new in' : 'differs by policy on'} ${file}`, () => {
      const { fresh } = splitQuoted(readFileSync(`${root}/emails/${file}`, 'utf8'))
      const expected = even(readFileSync(`${root}/trimmed/${file}`, 'utf8'))
      if (explained[file] === undefined) expect(even(fresh)).toBe(expected)
      else expect(even(fresh), explained[file]).not.toBe(expected)
    })
  }
})

describe('splitQuoted', () => {
  const kinds = (text: string) =>
    splitQuoted(text).segments.map(({ kind, text: part }) => [kind, part.trim()])

  it('folds each quotation of an answer between the lines, and keeps the answers', () => {
    expect(kinds('Hi,\n\n> first?\n\nYes.\n\n> second?\n> more\nNo.\n\n-- \nAda')).toEqual([
      ['fresh', 'Hi,'],
      ['quote', '> first?'],
      ['fresh', 'Yes.'],
      ['quote', '> second?\n> more'],
      ['fresh', 'No.'],
      ['signature', '-- \nAda'],
    ])
  })

  it.each([
    ['English', 'On 12 Mar 2024, at 09:15, Ada Agent <ada@acme.test> wrote:'],
    [
      'English, wrapped',
      'On Tue, Mar 12, 2024 at 9:15 AM Ada Agent With A Long Name\n<ada@acme.test> wrote:',
    ],
    ['German', 'Am 12.03.24 um 09:15 schrieb Ada Agent:'],
    ['French', 'Le mar. 12 mars 2024 à 09:15, Ada Agent <ada@acme.test> a écrit :'],
    ['Italian', 'Il giorno mar 12 mar 2024 alle ore 09:15 Ada Agent <ada@acme.test> ha scritto:'],
    ['Spanish', 'El mar, 12 mar 2024 a las 9:15, Ada Agent (<ada@acme.test>) escribió:'],
    ['Polish', 'wt., 12 mar 2024 o 09:15 Ada Agent <ada@acme.test> napisał(a):'],
    ['Polish, Thunderbird', 'W dniu 12.03.2024 o 09:15, Ada Agent pisze:'],
    ['Dutch', 'Op di 12 mrt 2024 om 09:15 schreef Ada Agent <ada@acme.test>:'],
    ['Portuguese', 'Em ter., 12 de mar. de 2024 às 09:15, Ada Agent <ada@acme.test> escreveu:'],
    ['Swedish', 'Den tis 12 mars 2024 kl 09:15 skrev Ada Agent <ada@acme.test>:'],
    ['Japanese', '2024年3月12日(火) 9:15 Ada Agent <ada@acme.test>:'],
    ['Chinese', 'Ada Agent <ada@acme.test> 于2024年3月12日周二 09:15写道：'],
  ])('knows how %s introduces a quotation', (_, intro) => {
    expect(splitQuoted(`Thanks!\n\n${intro}\n\n> Hello\n`).fresh).toBe('Thanks!')
    expect(splitQuoted(`Thanks!\n\n${intro}\n\nHello\nunmarked\n`).fresh).toBe('Thanks!')
  })

  it.each([
    [
      'Outlook',
      '________________________________\nFrom: Ada <ada@acme.test>\nSent: Tuesday, 12 March 2024 09:15\nTo: Ben\nSubject: Hi\n\nold',
    ],
    [
      'Outlook in German',
      'Von: Ada <ada@acme.test>\nGesendet: Dienstag, 12. März 2024 09:15\nAn: Ben\nBetreff: Hi\n\nold',
    ],
    [
      'Outlook in Polish',
      'Od: Ada <ada@acme.test>\nWysłano: wtorek, 12 marca 2024 09:15\nDo: Ben\nTemat: Hi\n\nold',
    ],
    ['bold fields', '*From:* Ada <ada@acme.test>\n*Sent:* Tuesday\n*To:* Ben\n*Subject:* Hi\n\nold'],
    ['a rule', '-----Original Message-----\nold'],
    ['a forward of Gmail', '---------- Forwarded message ---------\nFrom: Ada <ada@acme.test>\n\nold'],
    ['a forward of Apple Mail', 'Begin forwarded message:\n\nFrom: Ada <ada@acme.test>\n\nold'],
  ])('cuts at %s', (_, old) => {
    expect(splitQuoted(`See below.\n\n${old}`).fresh).toBe('See below.')
  })

  it.each([
    'On Monday I wrote to them twice:\nno answer.',
    'From: the start, it was clear.\nWe go on.',
    'Prices: 10.00\nFrom: Warsaw\nEverything else stays.',
    'The meeting is at 10:30:\n- room 4\n- bring a pen',
    'a -- b\n--option\nc',
    '| a | table |\nand text',
    'In 2024 she wrote a book. I read it.\n\nGood.',
  ])('leaves ordinary text alone: %j', (text) => {
    expect(splitQuoted(text).fresh).toBe(text)
  })

  it('does not take a rule across a long text for a signature', () => {
    const text = `one\n--\n${'line\n'.repeat(40)}end`
    expect(splitQuoted(text).fresh).toBe(text)
  })
})

describe('snippetOf', () => {
  it('begins with what is new', () => {
    expect(snippetOf('\n\n> old\n> older\n\nYes,   that is\nfine.\n\n-- \nAda')).toBe('Yes, that is fine.')
  })

  it('shows the words of the quotation where there are no others', () => {
    expect(snippetOf('> Shall we meet?\n> Ada')).toBe('Shall we meet? Ada')
    expect(snippetOf('---------- Forwarded message ---------\nFrom: Ada\n\nnews')).toContain('news')
  })

  it('leaves out rules and invisible padding, and ends at a word', () => {
    expect(snippetOf('=======\nSale\u200b\u034f \u034f \u00ad now')).toBe('Sale now')
    const snippet = snippetOf('word '.repeat(100))
    expect(snippet.length).toBeLessThanOrEqual(200)
    expect(snippet.endsWith('word')).toBe(true)
  })
})
