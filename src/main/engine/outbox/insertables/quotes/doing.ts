import type { z } from 'zod'
import type { QuoteState, quotes } from '../../../../../contract/quotes.ts'
import { DomainError } from '../../../lib/domain-error.ts'
import { uuidV7 } from '../../../lib/uuid.ts'
import { appendOp, type Scalar } from '../../../store/ops.ts'
import type { ReadableDb } from '../../../store/statements.ts'
import type { Store, Write } from '../../../store/store.ts'
import type { CountedItemRow } from '../../../store/tables/library.ts'
import {
  quoteById,
  quoteLines,
  quoteOfLine,
  type QuoteLineRow,
  type QuoteRow,
} from '../../../store/tables/quotes.ts'
import { collectUndo, type UndoCollector } from '../../../store/undo.ts'
import { homeOf, mustSeeItem } from '../library.ts'
import { nextNumber, numberText } from './number.ts'
import { mustBeCountable, totalsOf } from './totals.ts'

/** What is done to quotes. Whoever calls has checked that the user sees the record. */

type SaveInput = z.output<(typeof quotes)['save']['~orpc']['inputSchema'] & z.ZodType>
type LineInput = SaveInput['lines'][number]
type Saved = { id: string; undo: string | null }

/** The entry and the quote. @throws DomainError NOT_FOUND where it is not there, or not for them */
export function mustSeeQuote(
  db: ReadableDb,
  userId: string,
  id: string,
): { item: CountedItemRow; quote: QuoteRow } {
  const item = mustSeeItem(db, userId, id)
  const quote = quoteById(db, id)
  if (!quote) throw new DomainError('NOT_FOUND', `"${item.name}" is no quote.`)
  return { item, quote }
}

/**
 * Makes or changes a quote.
 * @throws DomainError BAD_INPUT, NOT_FOUND, CONFLICT where it is not a draft any more
 */
export function saveQuote(store: Store, userId: string, input: SaveInput): Saved {
  mustBePayable(input)
  return store.write(
    (write) => {
      const { db, now } = write
      const undo = collectUndo(write, store, userId)
      const before = input.id === undefined ? null : mustSeeQuote(db, userId, input.id)
      if (before) mustBeDraft(before.quote)
      const home = homeOf(db, userId, input)
      const texts = { name: input.name, content: input.notes, folder: input.folder, ...home }
      const values = {
        deal_id: input.record.type === 'deal' ? input.record.id : null,
        contact_id: input.record.type === 'contact' ? input.record.id : null,
        currency: input.currency,
        discount_rate: input.discountRate,
        discount_amount: input.discountAmount,
        seller: input.seller,
        customer: input.customer,
        issued_on: input.issuedOn,
        valid_until: input.validUntil,
        language: input.language,
      }
      if (!before)
        return { id: create(write, store, undo, userId, texts, values, input.lines), undo: undo.id() }
      const { item, quote } = before
      const fields = differing(quote, values)
      const isPriced = changeLines(write, undo, quote.id, input.lines)
      const words = differing(item, texts)
      const isChanged = isPriced || Object.keys(fields).length + Object.keys(words).length > 0
      if (!isChanged) return { id: quote.id, undo: null }
      // The file that was attached last says something else now.
      if (quote.pdf_hash !== null) fields['pdf_hash'] = null
      if (Object.keys(fields).length > 0)
        undo.append({ entity: 'quote', id: quote.id, kind: 'set', values: fields })
      undo.append({
        entity: 'library_item',
        id: quote.id,
        kind: 'set',
        values: { ...words, updated_at: now },
      })
      write.changed('library', quote.id)
      if ('owner_id' in words || 'team_id' in words) write.changedAll('library')
      return { id: quote.id, undo: undo.id() }
    },
    { durable: true },
  )
}

/** @throws DomainError BAD_INPUT with the field, in words for who writes it */
function mustBePayable(input: SaveInput): void {
  mustBeCountable(totalsOf(input))
  try {
    new Intl.NumberFormat('en', { style: 'currency', currency: input.currency })
  } catch {
    throw new DomainError('BAD_INPUT', `"${input.currency}" is no currency.`, { field: 'currency' })
  }
  const empty = input.lines.findIndex(({ text }) => text === '')
  if (empty >= 0)
    throw new DomainError(
      'BAD_INPUT',
      `Line ${empty + 1} says nothing. Describe what is offered, or remove it.`,
      {
        field: 'lines',
      },
    )
  if (input.validUntil !== '' && input.validUntil < input.issuedOn)
    throw new DomainError('BAD_INPUT', 'It would end before it begins. Choose a later day.', {
      field: 'validUntil',
    })
}

function mustBeDraft(quote: QuoteRow): void {
  if (quote.state === 'draft') return
  throw new DomainError(
    'CONFLICT',
    `${numberText(quote)} is not a draft any more: what the customer has must not change. Duplicate it to offer something else.`,
  )
}

function create(
  write: Write,
  store: Store,
  undo: UndoCollector,
  userId: string,
  texts: Record<string, Scalar>,
  values: Record<string, Scalar>,
  lines: readonly Omit<LineInput, 'id'>[],
): string {
  const { db, now } = write
  const id = uuidV7(now)
  undo.append({
    entity: 'library_item',
    id,
    kind: 'create',
    values: { ...texts, kind: 'quote', author_id: userId, created_at: now, updated_at: now },
  })
  const number = nextNumber(db, store)
  appendOp(write, store.hlc, userId, {
    entity: 'quote',
    id,
    kind: 'create',
    values: { ...values, ...number, author_id: userId, state: 'draft', state_at: now, created_at: now },
  })
  lines.forEach((line, position) =>
    appendOp(write, store.hlc, userId, {
      entity: 'quote_line',
      id: uuidV7(now),
      kind: 'create',
      values: { quote_id: id, ...lineValues(line, position) },
    }),
  )
  write.changed('library', id)
  return id
}

const lineValues = ({ text, quantity, price, discount, tax }: Omit<LineInput, 'id'>, position: number) => ({
  position,
  text,
  quantity,
  price,
  discount,
  tax,
})

/** Makes the lines of a quote those. @returns whether anything is different now */
function changeLines(
  write: Write,
  undo: UndoCollector,
  quoteId: string,
  lines: readonly LineInput[],
): boolean {
  const known = new Map(quoteLines(write.db, quoteId).map((row) => [row.id, row]))
  const left = new Map(known)
  let isChanged = false
  const append = (id: string, values: Record<string, Scalar>, kind: 'create' | 'set') => {
    undo.append({ entity: 'quote_line', id, kind, values })
    isChanged = true
  }
  lines.forEach((line, position) => {
    const row = line.id === undefined ? undefined : known.get(line.id)
    const values = lineValues(line, position)
    if (!row) return append(uuidV7(write.now), { quote_id: quoteId, ...values }, 'create')
    left.delete(row.id)
    const fields = differing<QuoteLineRow>(row, values)
    if (Object.keys(fields).length > 0) append(row.id, fields, 'set')
  })
  for (const id of left.keys()) append(id, { removed_at: write.now }, 'set')
  return isChanged
}

const differing = <Row extends object>(row: Row, values: Record<string, Scalar>): Record<string, Scalar> =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => row[field as keyof Row] !== value))

/** @throws DomainError NOT_FOUND; BAD_INPUT for one without lines */
export function setQuoteState(store: Store, userId: string, id: string, state: QuoteState): string | null {
  return store.write(
    (write) => {
      const { quote } = mustSeeQuote(write.db, userId, id)
      if (quote.state === state) return null
      if (quoteLines(write.db, id).length === 0)
        throw new DomainError('BAD_INPUT', `${numberText(quote)} offers nothing yet. Add a line first.`)
      const undo = collectUndo(write, store, userId)
      undo.append({ entity: 'quote', id, kind: 'set', values: { state, state_at: write.now } })
      write.changed('library', id)
      return undo.id()
    },
    { durable: true },
  )
}

/** A new draft that offers the same, with the next number. @param today "2026-11-21" */
export function duplicateQuote(store: Store, userId: string, id: string, today: string): Saved {
  return store.write(
    (write) => {
      const { item, quote } = mustSeeQuote(write.db, userId, id)
      const undo = collectUndo(write, store, userId)
      const { name, content, folder, owner_id, team_id } = item
      const { deal_id, contact_id, currency, discount_rate, discount_amount, seller, customer, language } =
        quote
      const days = Date.parse(quote.valid_until) - Date.parse(quote.issued_on)
      const until = Number.isNaN(days) ? '' : new Date(Date.parse(today) + days).toISOString().slice(0, 10)
      const made = create(
        write,
        store,
        undo,
        userId,
        { name, content, folder, owner_id, team_id },
        {
          deal_id,
          contact_id,
          currency,
          discount_rate,
          discount_amount,
          seller,
          customer,
          language,
          issued_on: today,
          valid_until: until,
        },
        quoteLines(write.db, id),
      )
      return { id: made, undo: undo.id() }
    },
    { durable: true },
  )
}

/** What may change of a quote that is not a draft any more. */
const ALWAYS = ['state', 'state_at', 'pdf_hash', 'folder', 'owner_id', 'team_id', 'updated_at', 'removed_at']

/**
 * Whether fields of an entry, its quote or one of its lines may be set back.
 * @throws DomainError CONFLICT where that would change what a customer has
 */
export function mustStayQuote(
  db: ReadableDb,
  entity: 'library_item' | 'quote' | 'quote_line',
  id: string,
  fields: Iterable<string>,
): void {
  const quote = quoteById(db, entity === 'quote_line' ? (quoteOfLine(db, id) ?? '') : id)
  if (!quote) return
  const isFree = entity !== 'quote_line' && [...fields].every((field) => ALWAYS.includes(field))
  if (!isFree) mustBeDraft(quote)
}
