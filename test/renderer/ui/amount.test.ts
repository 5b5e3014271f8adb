import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountInput, amountText, digitsOf, parseAmount } from '@/ui/amount.ts'

describe('amounts of money', () => {
  it.each([
    ['1200', 'EUR', 120_000],
    ['1,200', 'EUR', 120_000],
    ['1.200', 'EUR', 120_000],
    ['1,200.50', 'EUR', 120_050],
    ['1.200,50', 'EUR', 120_050],
    ['1200,5', 'EUR', 120_050],
    ['€ 1’200.05', 'EUR', 120_005],
    ['1 200,05 €', 'EUR', 120_005],
    ['-3.10', 'EUR', -310],
    ['0.1', 'USD', 10],
    ['1200', 'JPY', 1200],
    ['1,200', 'JPY', 1200],
    ['7', 'nothing known', 700],
  ])('reads %s %s as %d', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor)
  })

  it.each(['', 'much', '1.2.3.x', '--1', '1e9', '99999999999999999'])('does not read %j', (text) => {
    expect(parseAmount(text, 'EUR')).toBeNull()
  })

  it('knows currencies without cents', () => {
    expect([digitsOf('EUR'), digitsOf('JPY'), digitsOf('?')]).toEqual([2, 0, 2])
  })

  it('shows what is no currency as it is', () => {
    expect(amountText(1050, 'credits', 'en')).toBe('10.50 credits')
  })

  it('reads back whatever it shows', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'GBP')
    const locales = fc.constantFrom('en', 'it', 'es', 'pl')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000_000_000 }),
        currencies,
        locales,
        (minor, currency, locale) => {
          expect(parseAmount(amountText(minor, currency, locale), currency)).toBe(minor)
          expect(parseAmount(amountInput(minor, currency), currency)).toBe(minor)
        },
      ),
    )
  })
})
