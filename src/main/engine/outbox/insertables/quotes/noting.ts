import { appendOp } from '../../../store/ops.ts'
import type { Store, Write } from '../../../store/store.ts'
import { quoteById, quotesInDraft, type QuoteRow } from '../../../store/tables/quotes.ts'

/** Says to clients that a quote changed, and with it what the record tells of it. */
export function noteQuote(write: Write, quote: Pick<QuoteRow, 'id' | 'deal_id' | 'contact_id'>): void {
  write.changed('library', quote.id)
  if (quote.deal_id !== null) write.changed('deals', quote.deal_id)
  if (quote.contact_id !== null) write.changed('contacts', quote.contact_id)
}

/** Notes which file says what a quote says now. */
export function notePdf(
  write: Write,
  store: Pick<Store, 'hlc'>,
  userId: string,
  id: string,
  hash: string,
): void {
  if (quoteById(write.db, id)?.pdf_hash === hash) return
  appendOp(write, store.hlc, userId, { entity: 'quote', id, kind: 'set', values: { pdf_hash: hash } })
}

/** Somebody got a mail: what it offered is sent from now on. */
export function noteQuotesSent(
  write: Write,
  store: Pick<Store, 'hlc'>,
  userId: string | null,
  draftId: string,
): void {
  for (const id of quotesInDraft(write.db, draftId)) {
    appendOp(write, store.hlc, userId, {
      entity: 'quote',
      id,
      kind: 'set',
      values: { state: 'sent', state_at: write.now },
    })
    const quote = quoteById(write.db, id)
    if (quote) noteQuote(write, quote)
  }
}
