import { z } from 'zod'
import { base } from './base.ts'
import { Timestamp, Undoable } from './common.ts'
import { LibraryItemId, QuoteLineId, TeamId, UserId } from './ids.ts'
import { LibraryAudience, LibraryFolder, Sharing } from './library-sharing.ts'
import { RecordRef } from './records.ts'

/**
 * Quotes: what is offered to a customer, at what price. Amounts are in the currency's smallest unit, rates in thousandths
 * of a percent (22% is 22000), quantities in thousandths. As entries of the library they have a name, a folder and an
 * audience, too.
 */

export const QuoteState = z.enum(['draft', 'sent', 'accepted', 'declined'])
export type QuoteState = z.infer<typeof QuoteState>

/** In which language its PDF is written. */
export const QuoteLanguage = z.enum(['en', 'it', 'es', 'pl'])
export type QuoteLanguage = z.infer<typeof QuoteLanguage>

/** What a list shows of a quote. */
export const QuoteSummary = z.object({
  /** "Q-0007": no other quote of the workspace has it. */
  number: z.string(),
  state: QuoteState,
  currency: z.string(),
  total: z.number().int(),
})
export type QuoteSummary = z.infer<typeof QuoteSummary>

/** ISO 4217. */
export const Currency = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, { error: 'A currency has three letters, like EUR.' })

const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'Choose a day.' })
/** Not above a hundred percent. */
const Rate = z.number().int().min(0).max(100_000)
/** The largest amount: beyond it sums of a hundred lines would not be exact any more. */
const Amount = z.number().int().min(0).max(1_000_000_000_00)

export const QuoteLine = z.object({
  /** Left out for a new one. */
  id: QuoteLineId.optional(),
  text: z.string().trim().max(500),
  /** Thousandths: 1500 is one and a half. */
  quantity: z.number().int().min(0).max(1_000_000_000),
  /** Of one, in the smallest unit. */
  price: Amount,
  discount: Rate.default(0),
  tax: Rate.default(0),
})
export type QuoteLine = z.infer<typeof QuoteLine>

const Priced = z.object({
  currency: Currency,
  lines: z.array(QuoteLine).max(100),
  /** On the whole, after the discounts of the lines. */
  discountRate: Rate.default(0),
  /** On the whole, after that rate; at most what is left. */
  discountAmount: Amount.default(0),
})

const Fields = Priced.extend({
  /** The deal or contact that it belongs to. */
  record: RecordRef.refine(({ type }) => type === 'deal' || type === 'contact', {
    error: 'A quote belongs to a deal or a contact.',
  }),
  /** Who offers, with address and tax number as they are to be read; lines of plain text. */
  seller: z.string().trim().max(1000).default(''),
  /** Whom it is for, likewise. */
  customer: z.string().trim().max(1000).default(''),
  issuedOn: Day,
  /** Empty: for good. */
  validUntil: z.union([Day, z.literal('')]).default(''),
  language: QuoteLanguage.default('en'),
  notes: z.string().trim().max(5000).default(''),
})

export const QuoteTotals = z.object({
  /** What each line comes to, after its discount, without tax; in the order of the lines. */
  lines: z.array(z.number().int()),
  subtotal: z.number().int(),
  /** On the whole. */
  discount: z.number().int(),
  net: z.number().int(),
  /** By rate, the lowest first; rates of zero are left out where there is no other. */
  taxes: z.array(z.object({ rate: z.number().int(), on: z.number().int(), amount: z.number().int() })),
  tax: z.number().int(),
  total: z.number().int(),
})
export type QuoteTotals = z.infer<typeof QuoteTotals>

export const QuoteView = Fields.extend({
  id: LibraryItemId,
  number: z.string(),
  name: z.string(),
  folder: z.string(),
  audience: LibraryAudience,
  teamId: TeamId.nullable(),
  authorId: UserId.nullable(),
  state: QuoteState,
  stateAt: Timestamp,
  recordName: z.string(),
  lines: z.array(QuoteLine.required()),
  totals: QuoteTotals,
  uses: z.number().int(),
  /** Its PDF as it is now. */
  pdfUrl: z.string(),
})
export type QuoteView = z.infer<typeof QuoteView>

/** What a new quote begins with: the record's names and currency, the seller and currency of the last one. */
export const QuoteStart = Fields.pick({ currency: true, seller: true, customer: true }).extend({
  record: RecordRef.nullable(),
  recordName: z.string(),
})
export type QuoteStart = z.infer<typeof QuoteStart>

export const quotes = {
  get: base.input(z.object({ id: LibraryItemId })).output(QuoteView),
  start: base.input(z.object({ record: RecordRef.optional() })).output(QuoteStart),
  /** CONFLICT for one that is not a draft any more: what a customer has does not change. */
  save: base
    .input(
      Fields.extend(Sharing.shape).extend({
        id: LibraryItemId.optional(),
        name: z.string().trim().min(1, 'Give it a name.').max(200),
        folder: LibraryFolder.default(''),
      }),
    )
    .output(Undoable.extend({ id: LibraryItemId })),
  setState: base.input(z.object({ id: LibraryItemId, state: QuoteState })).output(Undoable),
  /** A new draft with the same lines and the next number. */
  duplicate: base.input(z.object({ id: LibraryItemId })).output(Undoable.extend({ id: LibraryItemId })),
  /** What it comes to, while it is written. */
  totals: base.input(Priced).output(QuoteTotals),
}
