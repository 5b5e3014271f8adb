import fc from 'fast-check'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findLinks, splitQuotes } from '../../src/renderer/features/thread/reader/plain-text.ts'
import {
  isAttribution,
  isForwardMarker,
  isHeaderBlock,
} from '../../src/renderer/features/thread/reader/quote-words.ts'
import { cpuTime } from '../support/cpu-time.ts'

const shownOf = (text: string) =>
  splitQuotes(text)
    .filter((part) => !part.quoted)
    .map((part) => part.text)
    .join('')

describe('quotations in plain text', () => {
  it.each([
    'On Tue, 5 May 2026 at 10:12, Ada Agent <ada@acme.test> wrote:',
    'Am 05.05.26 um 10:12 schrieb Ada Agent:',
    'Il giorno mar 5 mag 2026 alle ore 10:12 Ada <ada@acme.test> ha scritto:',
    'El mar, 5 may 2026 a las 10:12, Ada (<ada@acme.test>) escribió:',
    'Le mar. 5 mai 2026 à 10:12, Ada <ada@acme.test> a écrit :',
    'W dniu 5.05.2026 o 10:12, Ada pisze:',
    'wt., 5 maj 2026 o 10:12 Ada <ada@acme.test> napisał(a):',
    'Op di 5 mei 2026 om 10:12 schreef Ada <ada@acme.test>:',
    'Em ter., 5 de mai. de 2026 às 10:12, Ada <ada@acme.test> escreveu:',
    'Den tis 5 maj 2026 kl 10:12 skrev Ada <ada@acme.test>:',
    '2026年5月5日(火) 10:12 Ada <ada@acme.test>:のメール:',
    'вт, 5 мая 2026 г. в 10:12, Ada <ada@acme.test> написал(а):',
  ])('knows %s', (line) => {
    expect(isAttribution(line)).toBe(true)
    expect(shownOf(`Yes.\n\n${line}\n\n> Really?\n> Ada\n`)).not.toContain('Really?')
  })

  it.each(['He wrote:', 'As I wrote: no.', 'On Monday we wrote: 3 letters'])(
    'takes "%s" for words',
    (line) => {
      expect(isAttribution(line)).toBe(false)
    },
  )

  it.each([
    'From: Ada\nSent: Tuesday\nTo: Ben\nSubject: x',
    'Von: Ada\nGesendet: Dienstag\nAn: Ben\nBetreff: x',
    'Da: Ada\nInviato: martedì\nA: Ben\nOggetto: x',
    'De: Ada\nEnviado el: martes\nPara: Ben\nAsunto: x',
    'Od: Ada\nWysłano: wtorek\nDo: Ben\nTemat: x',
    'De : Ada\nEnvoyé : mardi\nÀ : Ben\nObjet : x',
  ])('folds what comes after an Outlook header: %j', (block) => {
    expect(isHeaderBlock(block)).toBe(true)
    expect(shownOf(`Yes.\n\n${block}\n\nReally?\n`)).not.toContain('Really?')
  })

  it('leaves a forwarded message, and a text that is only a quotation', () => {
    expect(isForwardMarker('---------- Forwarded message ---------')).toBe(true)
    expect(
      shownOf('FYI\n\n---------- Forwarded message ---------\nFrom: Eve\nDate: x\nSubject: y\n\nHello'),
    ).toContain('Hello')
    expect(shownOf('> only\n> this\n')).toContain('only')
  })

  it('leaves short quotations that are answered one by one', () => {
    expect(shownOf('> First?\nYes.\n> Second?\nNo.\n')).toContain('> First?')
  })

  it('never loses a character, whatever it is given', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '> quoted',
        '>',
        '',
        'On 5 May, Ada wrote:',
        '-----Original Message-----',
        'From: A',
        'Sent: B',
        'Subject: C',
      ),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const text = lines.join('\n')
        expect(
          splitQuotes(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
        expect(
          findLinks(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })

  const corpus = resolve(import.meta.dirname, '../../../shared/corpora/reply-trimmer')
  it.skipIf(!existsSync(corpus))('agrees with the reply-trimmer corpus on where the new words end', () => {
    const folder = (name: string) => join(corpus, name)
    const names = existsSync(folder('emails')) ? readdirSync(folder('emails')) : []
    const differing = names.filter((name) => {
      const trimmed = join(folder('trimmed'), name)
      if (!existsSync(trimmed)) return false
      const wanted = readFileSync(trimmed, 'utf8').trim().split('\n')[0]?.trim() ?? ''
      const text = readFileSync(join(folder('emails'), name), 'utf8').replaceAll('\r\n', '\n')
      // At least the beginning of the answer must never be folded away.
      return wanted !== '' && !shownOf(text).includes(wanted)
    })
    expect(differing).toEqual([])
  })
})

describe('links in plain text', () => {
  it('leaves the punctuation of the sentence out', () => {
    expect(
      findLinks('See (https://acme.test/a_(b)), www.acme.test. Or ada@acme.test!').filter(
        (piece) => piece.href,
      ),
    ).toEqual([
      { text: 'https://acme.test/a_(b)', href: 'https://acme.test/a_(b)' },
      { text: 'www.acme.test', href: 'www.acme.test' },
      { text: 'ada@acme.test', href: 'mailto:ada@acme.test' },
    ])
  })

  it('finds no other schemes', () => {
    expect(findLinks('file:///etc/passwd javascript:alert(1)').some((piece) => piece.href)).toBe(false)
  })

  it('is linear in the length', () => {
    const begin = cpuTime()
    findLinks('http://a.b/'.repeat(20_000))
    findLinks('a'.repeat(200_000))
    findLinks(`${'a.'.repeat(100_000)}@`)
    splitQuotes('a\n'.repeat(100_000))
    splitQuotes('From: \n'.repeat(20_000))
    expect(cpuTime() - begin).toBeLessThan(1_500)
  })
})
