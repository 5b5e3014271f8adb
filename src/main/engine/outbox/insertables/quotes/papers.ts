import type { QuoteTotals } from '../../../../../contract/quotes.ts'
import type { ReadableDb } from '../../../store/statements.ts'
import type { LibraryItemRow } from '../../../store/tables/library.ts'
import { quoteLines, type QuoteLineRow, type QuoteRow } from '../../../store/tables/quotes.ts'
import { numberText } from './number.ts'
import type { QuotePaper } from './pdf.ts'
import { totalsOf } from './totals.ts'

/** What a stored quote comes to. */
export const totalsOfQuote = (quote: QuoteRow, lines: readonly QuoteLineRow[]): QuoteTotals =>
  totalsOf({ lines, discountRate: quote.discount_rate, discountAmount: quote.discount_amount })

/** A stored quote as it is read. */
export function paperOf(
  db: ReadableDb,
  item: Pick<LibraryItemRow, 'name' | 'content'>,
  quote: QuoteRow,
): QuotePaper {
  const lines = quoteLines(db, quote.id)
  return {
    number: numberText(quote),
    name: item.name,
    issuedOn: quote.issued_on,
    validUntil: quote.valid_until,
    language: quote.language,
    currency: quote.currency,
    seller: quote.seller,
    customer: quote.customer,
    notes: item.content,
    lines,
    totals: totalsOfQuote(quote, lines),
  }
}

/** The name of its file: "Q-0007.pdf". */
export const paperName = (quote: QuoteRow): string => `${numberText(quote)}.pdf`
