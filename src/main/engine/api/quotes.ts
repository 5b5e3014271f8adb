import { createHash } from 'node:crypto'
import type { z } from 'zod'
import type { QuoteStart, QuoteView } from '../../../contract/quotes.ts'
import type { RecordRef } from '../../../contract/records.ts'
import { duplicateQuote, mustSeeQuote, saveQuote, setQuoteState } from '../outbox/insertables/quotes/doing.ts'
import { numberText } from '../outbox/insertables/quotes/number.ts'
import { paperName, paperOf } from '../outbox/insertables/quotes/papers.ts'
import { renderQuote } from '../outbox/insertables/quotes/pdf.ts'
import { mustBeCountable, totalsOf } from '../outbox/insertables/quotes/totals.ts'
import { quoteStart } from '../read/quotes.ts'
import { lastQuoteOf, quoteLines, type QuoteRow } from '../store/tables/quotes.ts'
import type { Access } from '../team/access.ts'
import { mustSeeRecord, mustWriteOn, recordOf } from '../team/activity-records.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { fileResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'

const refOf = ({ deal_id, contact_id }: QuoteRow): RecordRef | null =>
  deal_id !== null
    ? { type: 'deal', id: deal_id }
    : contact_id !== null
      ? { type: 'contact', id: contact_id }
      : null

export const quoteHandlers = (deps: ApiDeps) => {
  const { store, files, clock } = deps

  const view = (access: Access, id: string): z.input<typeof QuoteView> => {
    const { item, quote } = mustSeeQuote(store.read, access.user.id, id)
    const lines = quoteLines(store.read, id)
    const ref = refOf(quote)
    const record = ref && recordOf(store.read, ref)
    const paper = paperOf(store.read, item, quote)
    return {
      ...paper,
      id,
      folder: item.folder,
      audience: item.owner_id !== null ? 'me' : item.team_id !== null ? 'team' : 'everyone',
      teamId: item.owner_id === null ? item.team_id : null,
      authorId: item.author_id,
      state: quote.state,
      stateAt: quote.state_at,
      // What was merged away since is its survivor now.
      record: ref && record ? { type: ref.type, id: record.id } : ref!,
      recordName: record?.name ?? '',
      discountRate: quote.discount_rate,
      discountAmount: quote.discount_amount,
      lines,
      uses: item.uses,
      pdfUrl: files.url({ kind: 'quote', userId: access.user.id, id, name: paperName(quote) }),
    }
  }

  return {
    get: os.quotes.get.handler(({ input, context }) => view(mustAccess(context), input.id)),
    start: os.quotes.start.handler(({ input, context }): z.input<typeof QuoteStart> => {
      const access = mustAccess(context)
      const last = lastQuoteOf(store.read, access.user.id)
      const record = input.record ? mustSeeRecord(store.read, access, input.record) : null
      return quoteStart(store.read, record, last)
    }),
    save: os.quotes.save.handler(({ input, context }) => {
      const access = mustAccess(context)
      const record = mustWriteOn(store.read, access, input.record)
      const ref = { type: input.record.type, id: record.id } as typeof input.record
      return { ...saveQuote(store, access.user.id, { ...input, record: ref }), rev: store.rev }
    }),
    setState: os.quotes.setState.handler(({ input, context }) => {
      const undo = setQuoteState(store, mustAccess(context).user.id, input.id, input.state)
      return { undo, rev: store.rev }
    }),
    duplicate: os.quotes.duplicate.handler(({ input, context }) => {
      const today = new Date(clock.now()).toISOString().slice(0, 10)
      return { ...duplicateQuote(store, mustAccess(context).user.id, input.id, today), rev: store.rev }
    }),
    totals: os.quotes.totals.handler(({ input, context }) => {
      mustAccess(context)
      const totals = totalsOf(input)
      mustBeCountable(totals)
      return totals
    }),
  }
}

/** The PDF of a quote as it is now. */
export async function serveQuote(
  { store }: Pick<ApiDeps, 'store'>,
  access: Access,
  ref: FileRef,
  request: Request,
  download: boolean,
): Promise<Response> {
  const { item, quote } = mustSeeQuote(store.read, access.user.id, ref.id)
  const bytes = await renderQuote(paperOf(store.read, item, quote))
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`
  return fileResponse(
    request,
    { name: `${numberText(quote)}.pdf`, mimeType: 'application/pdf', bytes, etag },
    download,
  )
}
