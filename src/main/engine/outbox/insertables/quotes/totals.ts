import type { QuoteTotals } from '../../../../../contract/quotes.ts'
import { DomainError } from '../../../lib/domain-error.ts'

/**
 * What a quote comes to. Amounts are whole numbers of the currency's smallest unit; each is rounded once, half up, from
 * what is exact (integers of any size: a product of quantity, price and rate is beyond what a double holds).
 */

export type PricedLine = {
  /** Thousandths. */
  quantity: number
  price: number
  /** Thousandths of a percent, and so is the tax. */
  discount: number
  tax: number
}
export type Priced = { lines: readonly PricedLine[]; discountRate: number; discountAmount: number }

/** Thousandths of a percent in a whole. */
const WHOLE = 100_000n
/** More than any offer, less than where sums of doubles stop being exact. */
const MOST = 10 ** 15
/** Two machines may each have added lines that are too much together: still something to be shown. */
const shown = (amount: bigint): number => Number(amount < MAX_SAFE ? amount : MAX_SAFE)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** n / d of what is not negative, rounded half up. */
const divided = (n: bigint, d: bigint): bigint => (2n * n + d) / (2n * d)

/** What it comes to; exact as long as `mustBeCountable` says nothing. */
export function totalsOf({ lines, discountRate, discountAmount }: Priced): QuoteTotals {
  const nets = lines.map(({ quantity, price, discount }) =>
    divided(BigInt(quantity) * BigInt(price) * (WHOLE - BigInt(discount)), 1000n * WHOLE),
  )
  const subtotal = sum(nets)
  const byRate = divided(subtotal * BigInt(discountRate), WHOLE)
  const left = subtotal - byRate
  const discount = byRate + (BigInt(discountAmount) < left ? BigInt(discountAmount) : left)

  const groups = new Map<number, bigint>()
  lines.forEach(({ tax }, i) => groups.set(tax, (groups.get(tax) ?? 0n) + nets[i]!))
  const rates = [...groups.keys()].sort((a, b) => a - b)
  const shares = shared(
    discount,
    rates.map((rate) => groups.get(rate)!),
  )
  const taxes = rates.map((rate, i) => {
    const on = groups.get(rate)! - shares[i]!
    return { rate, on, amount: divided(on * BigInt(rate), WHOLE) }
  })
  const net = subtotal - discount
  const tax = sum(taxes.map(({ amount }) => amount))
  const isTaxed = rates.some((rate) => rate > 0)
  return {
    lines: nets.map(shown),
    subtotal: shown(subtotal),
    discount: shown(discount),
    net: shown(net),
    taxes: isTaxed
      ? taxes.map(({ rate, on, amount }) => ({ rate, on: shown(on), amount: shown(amount) }))
      : [],
    tax: shown(tax),
    total: shown(net + tax),
  }
}

/** @throws DomainError BAD_INPUT where it comes to more than can be counted exactly */
export function mustBeCountable({ subtotal, total }: QuoteTotals): void {
  if (subtotal <= MOST && total <= MOST) return
  throw new DomainError(
    'BAD_INPUT',
    'The lines come to more than can be counted. Check quantities and prices.',
    { field: 'lines' },
  )
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, each) => all + each, 0n)

/**
 * Shares an amount out in proportion to some weights, so that the shares are whole and come to exactly that amount: what
 * is left after rounding down goes to those that lost most by it (the largest remainder), the first of equals.
 */
function shared(amount: bigint, weights: readonly bigint[]): bigint[] {
  const all = sum(weights)
  if (all === 0n) return weights.map(() => 0n)
  const shares = weights.map((weight) => (amount * weight) / all)
  const remainders = weights.map((weight, i) => ({ i, lost: (amount * weight) % all }))
  remainders.sort((a, b) => (a.lost === b.lost ? a.i - b.i : a.lost < b.lost ? 1 : -1))
  const missing = Number(amount - sum(shares))
  for (const { i } of remainders.slice(0, missing)) shares[i]! += 1n
  return shares
}
