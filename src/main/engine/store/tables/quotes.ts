import type { QuoteLanguage, QuoteState } from '../../../../contract/quotes.ts'
import { marks, type ReadableDb } from '../statements.ts'

/** A quote beside its entry in library_items, which has its name, its notes and whose it is. */
export type QuoteRow = {
  /** The entry's. */
  id: string
  /** Empty on the machine that the workspace was made on; else the id of the machine that it was made on. */
  series: string
  serial: number
  author_id: string | null
  deal_id: string | null
  contact_id: string | null
  currency: string
  /** Thousandths of a percent. */
  discount_rate: number
  /** In the currency's smallest unit. */
  discount_amount: number
  seller: string
  customer: string
  /** "2026-11-21". */
  issued_on: string
  /** The same, or empty. */
  valid_until: string
  language: QuoteLanguage
  state: QuoteState
  state_at: number
  /** Of the PDF that was attached last, in hexadecimal; null where it was changed since. */
  pdf_hash: string | null
  created_at: number
}

export type QuoteLineRow = {
  id: string
  quote_id: string
  position: number
  text: string
  /** Thousandths. */
  quantity: number
  price: number
  discount: number
  tax: number
  removed_at: number | null
}

export const quoteById = (db: ReadableDb, id: string): QuoteRow | undefined =>
  db.get<QuoteRow>('SELECT * FROM quotes WHERE id = ?', [id])

export const quotesById = (db: ReadableDb, ids: readonly string[]): Map<string, QuoteRow> =>
  new Map(
    db
      .all<QuoteRow>('SELECT * FROM quotes WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify(ids),
      ])
      .map((row) => [row.id, row]),
  )

export const quoteLinesSql = `SELECT * FROM quote_lines INDEXED BY quote_lines_by_quote
  WHERE quote_id = ? AND removed_at IS NULL ORDER BY position, id`

/** Its lines in order. */
export const quoteLines = (db: ReadableDb, quoteId: string): QuoteLineRow[] =>
  db.all<QuoteLineRow>(quoteLinesSql, [quoteId])

/** Whose line it is. */
export const quoteOfLine = (db: ReadableDb, lineId: string): string | undefined =>
  db.get<{ quote_id: string }>('SELECT quote_id FROM quote_lines WHERE id = ?', [lineId])?.quote_id

/** The serial number of the next quote of a series. */
export const nextSerial = (db: ReadableDb, series: string): number =>
  db.get<{ n: number }>('SELECT coalesce(max(serial), 0) + 1 AS n FROM quotes WHERE series = ?', [series])!.n

/** What somebody wrote last. */
export const lastQuoteOf = (db: ReadableDb, authorId: string): QuoteRow | undefined =>
  db.get<QuoteRow>(
    `SELECT q.* FROM quotes q INDEXED BY quotes_by_author
     JOIN library_items i ON i.id = q.id AND i.removed_at IS NULL
     WHERE q.author_id = ? ORDER BY q.created_at DESC LIMIT 1`,
    [authorId],
  )

export const quotesOfSql = (column: 'deal_id' | 'contact_id', count: number): string =>
  `SELECT q.id, i.owner_id, i.team_id FROM quotes q INDEXED BY ${column === 'deal_id' ? 'quotes_by_deal' : 'quotes_by_contact'}
   CROSS JOIN library_items i ON i.id = q.id AND i.removed_at IS NULL
   WHERE q.${column} IN (${marks(count)})`

/** The quotes of some deals or contacts, and whose each is. */
export const quotesOf = (
  db: ReadableDb,
  column: 'deal_id' | 'contact_id',
  ids: readonly string[],
): { id: string; owner_id: string | null; team_id: string | null }[] =>
  ids.length === 0 ? [] : db.all(quotesOfSql(column, ids.length), [...ids])

export const quotesInDraftSql = `SELECT q.id FROM draft_attachments a
  CROSS JOIN quotes q INDEXED BY quotes_by_pdf ON q.pdf_hash = lower(hex(a.hash))
  WHERE a.draft_id = ? AND q.pdf_hash IS NOT NULL AND q.state = 'draft'`

/** Of the quotes that are attached to a draft as they are now, those that nobody got yet. */
export const quotesInDraft = (db: ReadableDb, draftId: string): string[] =>
  db.all<{ id: string }>(quotesInDraftSql, [draftId]).map(({ id }) => id)

/** The machine that the workspace was made on, by the clock of the op that made it. */
export const workspaceMadeAt = (db: ReadableDb): string | undefined =>
  db.get<{ hlc: string }>(
    `SELECT hlc FROM field_clocks WHERE entity = 'workspace' AND entity_id = 'workspace' AND field = 'created'`,
  )?.hlc
