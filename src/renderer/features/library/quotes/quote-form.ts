import type { QuoteLineId } from '@contract/ids.ts'
import type { QuoteLanguage, QuoteLine, QuoteView } from '@contract/quotes.ts'
import type { RecordRef } from '@contract/records.ts'
import { amountInput, parseAmount } from '@/ui/amount.ts'
import { audienceValue, type AudienceValue } from '../entries.ts'

/** A line as it is typed. */
export type LineForm = {
  /** Of this form, so that a line keeps its fields while others come and go. */
  key: number
  id: QuoteLineId | null
  text: string
  quantity: string
  price: string
  discount: string
  tax: string
}

export type QuoteForm = {
  name: string
  record: RecordRef | null
  recordName: string
  currency: string
  issuedOn: string
  validUntil: string
  language: QuoteLanguage
  seller: string
  customer: string
  lines: LineForm[]
  discountRate: string
  discountAmount: string
  notes: string
  folder: string
  audience: AudienceValue
}

let keys = 0
const decimal = (value: number, places: number): string => (value === 0 ? '' : String(value / 10 ** places))

/** A new line; its tax is that of the one before. */
export const blankLine = (tax: string): LineForm => ({
  key: (keys += 1),
  id: null,
  text: '',
  quantity: '1',
  price: '',
  discount: '',
  tax,
})

export const formOf = (quote: QuoteView): QuoteForm => ({
  name: quote.name,
  record: quote.record,
  recordName: quote.recordName,
  currency: quote.currency,
  issuedOn: quote.issuedOn,
  validUntil: quote.validUntil,
  language: quote.language,
  seller: quote.seller,
  customer: quote.customer,
  lines: quote.lines.map((line) => ({
    key: (keys += 1),
    id: line.id,
    text: line.text,
    quantity: String(line.quantity / 1000),
    price: amountInput(line.price, quote.currency),
    discount: decimal(line.discount, 3),
    tax: decimal(line.tax, 3),
  })),
  discountRate: decimal(quote.discountRate, 3),
  discountAmount: quote.discountAmount === 0 ? '' : amountInput(quote.discountAmount, quote.currency),
  notes: quote.notes,
  folder: quote.folder,
  audience: audienceValue(quote.audience, quote.teamId),
})

/** What was typed in thousandths: "1,5" is 1500. Null for what is no such number. */
export function parseThousandths(text: string, most: number): number | null {
  const plain = text.trim().replace(/\s*%$/, '').replace(',', '.')
  if (plain === '') return 0
  if (!/^\d{1,7}(?:\.\d{1,3})?$/.test(plain)) return null
  const value = Math.round(Number(plain) * 1000)
  return value <= most ? value : null
}
/** Thousandths of a percent. */
const MOST_RATE = 100_000
const MOST_QUANTITY = 1_000_000_000

/** Where something that was typed is no number: "price 2". */
export type FormFault = {
  field: 'quantity' | 'price' | 'discount' | 'tax' | 'discountRate' | 'discountAmount'
  line: number
}

export type PricedForm = { lines: QuoteLine[]; discountRate: number; discountAmount: number }

/** What a form offers in numbers, or the first thing that is none. */
export function pricedOf(form: QuoteForm): { priced: PricedForm } | { fault: FormFault } {
  const lines: QuoteLine[] = []
  for (const [line, { id, ...typed }] of form.lines.entries()) {
    const price = typed.price.trim() === '' ? 0 : parseAmount(typed.price, form.currency)
    const quantity = parseThousandths(typed.quantity, MOST_QUANTITY)
    const discount = parseThousandths(typed.discount, MOST_RATE)
    const tax = parseThousandths(typed.tax, MOST_RATE)
    if (quantity === null) return { fault: { field: 'quantity', line } }
    if (price === null || price < 0) return { fault: { field: 'price', line } }
    if (discount === null) return { fault: { field: 'discount', line } }
    if (tax === null) return { fault: { field: 'tax', line } }
    lines.push({ ...(id !== null && { id }), text: typed.text, quantity, price, discount, tax })
  }
  const discountRate = parseThousandths(form.discountRate, MOST_RATE)
  if (discountRate === null) return { fault: { field: 'discountRate', line: -1 } }
  const discountAmount =
    form.discountAmount.trim() === '' ? 0 : parseAmount(form.discountAmount, form.currency)
  if (discountAmount === null || discountAmount < 0) return { fault: { field: 'discountAmount', line: -1 } }
  return { priced: { lines, discountRate, discountAmount } }
}

const two = (value: number) => String(value).padStart(2, '0')

/** The day that it is here, or some days later: "2026-11-22". */
export function dayFromNow(days: number): string {
  const date = new Date()
  date.setDate(date.getDate() + days)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
