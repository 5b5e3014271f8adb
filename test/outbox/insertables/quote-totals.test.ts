import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DomainError } from '../../../src/main/engine/lib/domain-error.ts'
import {
  mustBeCountable,
  totalsOf,
  type Priced,
} from '../../../src/main/engine/outbox/insertables/quotes/totals.ts'

const line = (quantity: number, price: number, tax = 0, discount = 0) => ({
  quantity,
  price,
  tax,
  discount,
})
const quote = (lines: Priced['lines'], whole: Partial<Priced> = {}): Priced => ({
  lines,
  discountRate: 0,
  discountAmount: 0,
  ...whole,
})

describe('by hand', () => {
  test('half a cent goes up, once', () => {
    // 1.5 x 0.01 = 0.015; 3 x 33.33 less 10% = 89.991
    expect(totalsOf(quote([line(1500, 1), line(3000, 3333, 0, 10_000)]))).toMatchObject({
      lines: [2, 8999],
      subtotal: 9001,
      taxes: [],
      total: 9001,
    })
    // A double would hold 1.005 as a little less than it is: 100.5 has to become 101.
    expect(totalsOf(quote([line(1005, 100)])).lines).toEqual([101])
  })

  test('a discount on the whole lowers what each tax is on, in proportion and to the cent', () => {
    const totals = totalsOf(
      quote([line(1000, 1000, 22_000), line(1000, 1000, 10_000), line(1000, 1000, 4_000)], {
        discountAmount: 100,
      }),
    )
    expect(totals).toEqual({
      lines: [1000, 1000, 1000],
      subtotal: 3000,
      discount: 100,
      net: 2900,
      // A third of 100 each; the cent that is left over goes to the first.
      taxes: [
        { rate: 4_000, on: 966, amount: 39 },
        { rate: 10_000, on: 967, amount: 97 },
        { rate: 22_000, on: 967, amount: 213 },
      ],
      tax: 349,
      total: 3249,
    })
  })

  test('no discount makes it less than nothing', () => {
    expect(
      totalsOf(quote([line(1000, 500, 22_000)], { discountRate: 50_000, discountAmount: 900 })),
    ).toMatchObject({ discount: 500, net: 0, tax: 0, total: 0 })
  })

  test('a part of a percent, as some taxes have', () => {
    // 8.875% of 1,000.00
    expect(totalsOf(quote([line(1000, 100_000, 8_875)])).tax).toBe(8_875)
  })

  test('what is beyond counting is refused, and never not a number', () => {
    const much = totalsOf(quote(Array.from({ length: 100 }, () => line(1_000_000_000, 100_000_000_000))))
    expect(much.total).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => mustBeCountable(much)).toThrow(DomainError)
  })
})

const lines = fc.array(
  fc.record({
    quantity: fc.integer({ min: 0, max: 10_000_000 }),
    price: fc.integer({ min: 0, max: 100_000_000 }),
    discount: fc.integer({ min: 0, max: 100_000 }),
    tax: fc.constantFrom(0, 4_000, 8_875, 10_000, 19_000, 22_000, 100_000),
  }),
  { maxLength: 20 },
)
const priced: fc.Arbitrary<Priced> = fc.record({
  lines,
  discountRate: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 })),
  discountAmount: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_000_000_000 })),
})
const sum = (amounts: number[]) => amounts.reduce((all, each) => all + each, 0)

describe('for any quote', () => {
  test('the parts come to the whole, exactly', () => {
    fc.assert(
      fc.property(priced, (any) => {
        const { lines: nets, subtotal, discount, net, taxes, tax, total } = totalsOf(any)
        expect(sum(nets)).toBe(subtotal)
        expect(subtotal - discount).toBe(net)
        expect(net + tax).toBe(total)
        expect(sum(taxes.map(({ amount }) => amount))).toBe(tax)
        if (taxes.length > 0) expect(sum(taxes.map(({ on }) => on))).toBe(net)
        for (const each of [
          ...nets,
          discount,
          net,
          total,
          ...taxes.flatMap(({ on, amount }) => [on, amount]),
        ])
          expect(Number.isSafeInteger(each) && each >= 0).toBe(true)
      }),
    )
  })

  test('each amount is within half a unit of what is exact', () => {
    fc.assert(
      fc.property(priced, (any) => {
        const totals = totalsOf(any)
        any.lines.forEach(({ quantity, price, discount }, i) => {
          // In units of 1/100,000,000 of the smallest one: whole numbers of any size.
          const exact = BigInt(quantity) * BigInt(price) * BigInt(100_000 - discount)
          const off = BigInt(totals.lines[i]!) * 100_000_000n - exact
          expect(off > -50_000_000n && off <= 50_000_000n).toBe(true)
        })
        for (const { rate, on, amount } of totals.taxes) {
          const off = BigInt(amount) * 100_000n - BigInt(on) * BigInt(rate)
          expect(off > -50_000n && off <= 50_000n).toBe(true)
        }
      }),
    )
  })

  test('no tax is on more or less than its share by a whole unit, and the order of lines changes no sum', () => {
    fc.assert(
      fc.property(priced, (any) => {
        const totals = totalsOf(any)
        for (const { rate, on } of totals.taxes) {
          const own = sum(totals.lines.filter((_, i) => any.lines[i]!.tax === rate))
          if (totals.subtotal === 0) continue
          const off = BigInt(on) * BigInt(totals.subtotal) - BigInt(own) * BigInt(totals.net)
          const one = BigInt(totals.subtotal)
          expect(off > -one && off < one).toBe(true)
        }
        const { lines: _own, ...sums } = totals
        const { lines: _other, ...turned } = totalsOf({ ...any, lines: [...any.lines].reverse() })
        expect(turned).toEqual(sums)
      }),
    )
  })
})
