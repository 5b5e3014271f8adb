import { QuoteState } from '../../../../contract/quotes.ts'
import { seesItem } from '../../outbox/insertables/library.ts'
import { numberText } from '../../outbox/insertables/quotes/number.ts'
import { totalsOfQuote } from '../../outbox/insertables/quotes/papers.ts'
import { timelineHistory, type HistoryEntryRow } from '../../store/queries/timeline/history.ts'
import { libraryItemById, teamIdsOf } from '../../store/tables/library.ts'
import { quoteById, quoteLines, quotesOf, type QuoteRow } from '../../store/tables/quotes.ts'
import { dealById } from '../../store/tables/deals.ts'
import type { RecordEntryShape } from '../shapes.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource } from './source.ts'

/** What was offered to whom a record is about: made, sent, accepted, declined. What the reader does not see is not told. */
export const quotes = defineSource<HistoryEntryRow>({
  filter: 'quote',
  start: [LATEST],
  read(scope, [before], limit) {
    const { db, access, record, contactIds } = scope
    const found = [
      ...(record.type === 'deal' ? quotesOf(db, 'deal_id', record.rowIds) : []),
      ...quotesOf(db, 'contact_id', contactIds),
    ]
    if (found.length === 0) return []
    const reader = { userId: access.user.id, teamIds: teamIdsOf(db, access.user.id) }
    const ids = found.filter((row) => seesItem(reader, row)).map(({ id }) => id)
    return timelineHistory(db, 'quote', ids, 'state', Number(before), limit).map((row) => ({
      at: row.at,
      position: [row.seq],
      row,
    }))
  },
  show: (scope, rows) =>
    rows.map((row) => {
      const quote = quoteById(scope.db, row.entity_id)
      const item = libraryItemById(scope.db, row.entity_id)
      const { state } = JSON.parse(row.change) as { state?: unknown }
      const then = QuoteState.safeParse(state)
      if (!quote || !item || !then.success) return []
      return [
        {
          ...blank,
          key: `${row.id}-quote`,
          filter: 'quote',
          kind: `quote_${then.data}`,
          at: row.at,
          actorId: row.actor_id,
          title: item.name,
          record: recordOf(scope, quote),
          quote: {
            id: quote.id,
            number: numberText(quote),
            state: quote.state,
            currency: quote.currency,
            total: totalsOfQuote(quote, quoteLines(scope.db, quote.id)).total,
          },
        },
      ]
    }),
})

/** Whom it is for, where that is another record than the timeline's. */
function recordOf(scope: TimelineScope, quote: QuoteRow): RecordEntryShape['record'] {
  if (quote.contact_id !== null) return scope.recordOfRow(quote.contact_id)
  if (quote.deal_id === null || quote.deal_id === scope.record.id) return null
  return { type: 'deal', id: quote.deal_id, name: dealById(scope.db, quote.deal_id)?.name ?? '' }
}
