import { appendOp } from '../../../store/ops.ts'
import type { Store, Write } from '../../../store/store.ts'
import { quoteById, quotesInDraft } from '../../../store/tables/quotes.ts'

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
    write.changed('library', id)
  }
}
