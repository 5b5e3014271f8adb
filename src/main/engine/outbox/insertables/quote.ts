import { DomainError } from '../../lib/domain-error.ts'
import { quoteById } from '../../store/tables/quotes.ts'
import { notePdf } from './quotes/noting.ts'
import { paperName, paperOf } from './quotes/papers.ts'
import { renderQuote } from './quotes/pdf.ts'
import type { Insertable } from './registry.ts'

/** An offer, which is attached as it stands now. */
export const quote: Insertable = {
  kind: 'quote',
  ways: () => ['attachment'],
  check() {
    throw new DomainError('BAD_INPUT', 'A quote has lines and a customer: it is written in its own editor.', {
      field: 'kind',
    })
  },
  async insert(item, { db, user }) {
    const row = quoteById(db, item.id)
    if (!row) throw new DomainError('NOT_FOUND', `"${item.name}" is no quote.`)
    const paper = paperOf(db, item, row)
    if (paper.lines.length === 0)
      throw new DomainError('BAD_INPUT', `${paper.number} offers nothing yet. Add a line first.`)
    return {
      subject: '',
      html: '',
      unfilled: [],
      files: [
        {
          name: paperName(row),
          mimeType: 'application/pdf',
          content: await renderQuote(paper),
          attached: (write, store, hash) => notePdf(write, store, user.id, item.id, hash),
        },
      ],
    }
  },
}
