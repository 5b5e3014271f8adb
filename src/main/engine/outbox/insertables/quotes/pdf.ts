import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as PdfMake from 'pdfmake'
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import type { QuoteLanguage, QuoteTotals } from '../../../../../contract/quotes.ts'
import { QUOTE_WORDS } from './words.ts'

/** A quote as it is read: all of it is text, whatever is in it. */
export type QuotePaper = {
  number: string
  name: string
  /** "2026-11-21"; `validUntil` may be empty. */
  issuedOn: string
  validUntil: string
  language: QuoteLanguage
  currency: string
  seller: string
  customer: string
  notes: string
  lines: readonly { text: string; quantity: number; price: number; discount: number; tax: number }[]
  totals: QuoteTotals
}

/** Not `require`: the bundle of the engine has one of its own. */
const fromHere = createRequire(import.meta.url)
let made: typeof PdfMake | undefined

/** Read from disk when the first quote is written. It loads no address, and no file but its font's. */
function pdfMake(): typeof PdfMake {
  if (made) return made
  const fonts = join(dirname(fromHere.resolve('pdfmake/package.json')), 'fonts', 'Roboto')
  made = fromHere('pdfmake') as typeof PdfMake
  made.setUrlAccessPolicy(() => false)
  made.setLocalAccessPolicy((path) => dirname(path) === fonts)
  // Latin, with all that Polish needs, Greek and Cyrillic.
  made.setFonts({
    Roboto: { normal: join(fonts, 'Roboto-Regular.ttf'), bold: join(fonts, 'Roboto-Medium.ttf') },
  })
  return made
}

/** Characters that no font has a picture of, and a blank that Roboto lacks. What is too long for a line may break. */
const plain = (text: string): string =>
  text
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Surrogate}]/gu, '')
    .replaceAll('\u202f', '\u00a0')
    .replace(/\S{31,}/gu, (word) => word.replace(/.{12}(?=.)/gu, '$&\u200b'))

/** The PDF of a quote, on A4. */
export async function renderQuote(paper: QuotePaper): Promise<Buffer> {
  const pdf = pdfMake().createPdf(documentOf(paper))
  return Buffer.from(await pdf.getBuffer())
}

function documentOf(paper: QuotePaper): TDocumentDefinitions {
  const words = QUOTE_WORDS[paper.language]
  const title = plain(`${words.quote} ${paper.number}`)
  const say = writers(paper)
  const hasDiscount = paper.lines.some(({ discount }) => discount > 0)
  const hasTax = paper.totals.taxes.length > 0

  const head = (text: string, right = true): TableCell => ({
    text,
    bold: true,
    color: '#555b64',
    ...(right && { alignment: 'right' }),
  })
  const right = (text: string): TableCell => ({ text, alignment: 'right', noWrap: true })
  const rows = paper.lines.map((line, i): TableCell[] => [
    { text: plain(line.text) },
    right(say.quantity(line.quantity)),
    right(say.amount(line.price)),
    ...(hasDiscount ? [right(line.discount > 0 ? say.rate(line.discount) : '')] : []),
    ...(hasTax ? [right(say.rate(line.tax))] : []),
    right(say.amount(paper.totals.lines[i] ?? 0)),
  ])
  const heads = [
    head(words.text, false),
    head(words.quantity),
    head(words.price),
    ...(hasDiscount ? [head(words.discount)] : []),
    ...(hasTax ? [head(words.tax)] : []),
    head(words.amount),
  ]
  const facts: [string, string][] = [[words.date, say.day(paper.issuedOn)]]
  if (paper.validUntil !== '') facts.push([words.validUntil, say.day(paper.validUntil)])

  const content: Content[] = [
    {
      columns: [
        { text: plain(paper.seller), color: '#555b64', width: '*' },
        { text: title, fontSize: 20, bold: true, alignment: 'right', width: 'auto' },
      ],
    },
    {
      margin: [0, 24, 0, 0],
      columns: [
        {
          width: '*',
          stack:
            paper.customer === ''
              ? []
              : [{ text: words.customer, color: '#555b64', fontSize: 9 }, { text: plain(paper.customer) }],
        },
        {
          width: 'auto',
          layout: 'noBorders',
          table: {
            body: facts.map(([name, value]) => [
              { text: name, color: '#555b64' },
              { text: value, alignment: 'right' },
            ]),
          },
        },
      ],
    },
    { text: plain(paper.name), fontSize: 13, bold: true, margin: [0, 24, 0, 8] },
    {
      layout: 'lightHorizontalLines',
      table: {
        headerRows: 1,
        dontBreakRows: true,
        widths: ['*', ...heads.slice(1).map(() => 'auto')],
        body: [heads, ...rows],
      },
    },
    sums(paper, say),
  ]
  if (paper.notes !== '') content.push({ text: plain(paper.notes), margin: [0, 24, 0, 0] })
  return {
    pageSize: 'A4',
    pageMargins: [48, 48, 48, 56],
    language: paper.language,
    info: { title: `${title}: ${plain(paper.name)}`, creator: 'Anteroom', producer: 'Anteroom' },
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.15 },
    content,
    footer: (page, of) => ({
      text: `${title} · ${words.page(page, of)}`,
      alignment: 'center',
      fontSize: 8,
      color: '#555b64',
      margin: [0, 24, 0, 0],
    }),
  }
}

/** What it comes to, at the right and on one page. */
function sums(paper: QuotePaper, say: ReturnType<typeof writers>): Content {
  const words = QUOTE_WORDS[paper.language]
  const { subtotal, discount, net, taxes, total } = paper.totals
  const rows: [string, string][] = []
  if (discount > 0) rows.push([words.subtotal, say.amount(subtotal)], [words.discount, say.amount(-discount)])
  if (taxes.length > 0) {
    rows.push([words.net, say.amount(net)])
    for (const { rate, on, amount } of taxes)
      rows.push([words.taxOn(say.rate(rate), say.amount(on)), say.amount(amount)])
  }
  const line = ([name, value]: [string, string], bold: boolean): TableCell[] => [
    { text: plain(name), bold, alignment: 'right' },
    { text: value, bold, alignment: 'right', noWrap: true },
  ]
  return {
    margin: [0, 12, 0, 0],
    unbreakable: true,
    columns: [
      { text: '', width: '*' },
      {
        width: 'auto',
        layout: 'noBorders',
        table: {
          body: [...rows.map((row) => line(row, false)), line([words.total, say.amount(total)], true)],
        },
      },
    ],
  }
}

/** How numbers, rates and days are written in its language. */
function writers({ language, currency }: QuotePaper) {
  const money = new Intl.NumberFormat(language, { style: 'currency', currency })
  const digits = money.resolvedOptions().maximumFractionDigits ?? 2
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 3 })
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 })
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' })
  return {
    amount: (minor: number) => plain(money.format(minor / 10 ** digits)),
    rate: (rate: number) => plain(percent.format(rate / 100_000)),
    quantity: (thousandths: number) => plain(number.format(thousandths / 1000)),
    day: (day: string) => {
      const at = Date.parse(`${day}T00:00:00Z`)
      return Number.isNaN(at) ? plain(day) : plain(date.format(at))
    },
  }
}
