import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseSubject, isReplySubject } from '../../src/main/engine/threading/subject.ts'
import { cpuTime } from '../support/cpu-time.ts'

describe('baseSubject', () => {
  it.each([
    // RFC 5256 section 2.1, and the odd ones of Dovecot's imaptest.
    ['Invoice', 'Invoice'],
    ['Re: Invoice', 'Invoice'],
    ['re: RE:  Re: Invoice', 'Invoice'],
    ['  Invoice \t 12  ', 'Invoice 12'],
    ['Invoice (fwd) (FWD)', 'Invoice'],
    ['[list] Re: [list] Invoice', 'Invoice'],
    ['Re[2]: Invoice', 'Invoice'],
    ['[foo] Fwd: [bar] Re: fw: b (fWd)  (fwd)', 'b'],
    ['b (a)', 'b (a)'],
    ['Re: [FWD: c]', 'c'],
    ['[xyz]', '[xyz]'],
    ['re: [fwd: [fwd: re: [fwd: babylon]]]', 'babylon'],
    ['Ad: Re: Ad: Re: Ad: x', 'Ad: Re: Ad: Re: Ad: x'],
    ['', ''],
    ['Re:', ''],
    // Other languages.
    ['AW: WG: Rechnung', 'Rechnung'],
    ['Antwort: Rechnung', 'Rechnung'],
    ['SV: VS: Faktura', 'Faktura'],
    ['Odp: PD: Faktura', 'Faktura'],
    ['R: I: RIF: Fattura', 'Fattura'],
    ['RE: RV: Factura', 'Factura'],
    ['RES: ENC: Fatura', 'Fatura'],
    ['TR : Facture', 'Facture'],
    ['回复：发票', '发票'],
    ['Re(3): Ответ: Счёт', 'Счёт'],
    // No prefixes.
    ['Report: March', 'Report: March'],
    ['Regarding: March', 'Regarding: March'],
    ['Ratio 3:1', 'Ratio 3:1'],
  ])('of %j is %j', (subject, expected) => {
    expect(baseSubject(subject)).toBe(expected)
  })

  it('is its own base, for any text, and soon', () => {
    const parts = fc.constantFrom(
      'Re: ',
      'AW:',
      '[x]',
      '[',
      ']',
      'Fwd: ',
      '[fwd: ',
      '(fwd)',
      ' ',
      'a',
      ':',
      '^2',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(parts).map((all) => all.join('')),
        ),
        (subject) => {
          const base = baseSubject(subject)
          expect(baseSubject(base)).toBe(base)
        },
      ),
    )
    for (const hostile of [
      '[a]'.repeat(500_000),
      'Re: '.repeat(500_000),
      'Re['.repeat(500_000),
      ' '.repeat(1_000_000),
    ]) {
      const start = cpuTime()
      baseSubject(hostile)
      expect(cpuTime() - start).toBeLessThan(1000)
    }
  })
})

describe('isReplySubject', () => {
  it('knows answers from forwards and from words', () => {
    for (const subject of ['Re: x', ' AW: x', '[list] Odp: x', 'R: x', 'Re[3]: x'])
      expect(isReplySubject(subject)).toBe(true)
    for (const subject of ['Fwd: x', 'WG: x', 'I: x', 'Report: x', 'x', ''])
      expect(isReplySubject(subject)).toBe(false)
  })
})
