import { alignmentOf, colourOf, widthOf } from './mail-values.ts'

/** Of the rules of a sheet's style sheet, those for cells by tag or class: `td`, `.xl65`, `td.xl65`. */
const RULE = /([^{}]{1,500})\{([^{}]{0,5000})\}/g
const CELL_SELECTOR = /^(td|th)?(?:\.([\w-]{1,60}))?$/i
/** What of them is looked at, as the style attribute of the cell. */
const LOOKED_AT = /^(?:color|background|background-color|font-weight|font-style|text-align|text-decoration)$/

/**
 * Excel gives its cells their look by classes: what the style sheet beside them says is written into the cells. What
 * the values hold is checked later, as for any style.
 */
export function inlineSheet(body: HTMLElement, sheet: string): void {
  const cells = [...body.querySelectorAll<HTMLElement>('td, th')]
  if (cells.length === 0 || sheet === '') return
  const byClass = new Map<string, string>()
  for (const [, selectors = '', rules = ''] of sheet.replace(/<!--|-->/g, '').matchAll(RULE)) {
    const kept = rules
      .split(';')
      .map((rule) => rule.trim())
      .filter((rule) =>
        LOOKED_AT.test(
          rule
            .slice(0, Math.max(0, rule.indexOf(':')))
            .trim()
            .toLowerCase(),
        ),
      )
      // The colour of a sheet's grid and ink, not of this cell.
      .filter((rule) => !/:\s*(?:windowtext|auto|general|none)\s*$/i.test(rule))
    if (kept.length === 0) continue
    for (const selector of selectors.split(',')) {
      const match = CELL_SELECTOR.exec(selector.trim())
      if (match?.[2] !== undefined) byClass.set(match[2], `${byClass.get(match[2]) ?? ''};${kept.join(';')}`)
    }
  }
  for (const cell of cells) {
    const styles = [...cell.classList].flatMap((name) => byClass.get(name) ?? [])
    if (styles.length > 0)
      cell.setAttribute('style', `${styles.join(';')};${cell.getAttribute('style') ?? ''}`)
  }
}

/** Gives tables the shape that the editor has: rows of cells, each with its own alignment, background and width. */
export function tidyTables(body: HTMLElement): void {
  // From the inside out, so that what is unwrapped is whole.
  for (const table of [...body.querySelectorAll('table')].reverse()) {
    for (const caption of table.querySelectorAll(':scope > caption')) {
      const line = body.ownerDocument.createElement('p')
      line.append(...caption.childNodes)
      table.before(line)
      caption.remove()
    }
    const rows = [...table.rows]
    if (isLayout(table, rows)) unwrap(table, rows)
    else {
      handDown(rows)
      setWidths(table, rows)
    }
  }
}

/** Pages and mails put their text into tables that nobody sees; such a one has one column, or tables within. */
function isLayout(table: HTMLTableElement, rows: readonly HTMLTableRowElement[]): boolean {
  const isVisible = table.border !== '' && table.border !== '0'
  if (rows.length === 0 || table.getAttribute('role') === 'presentation') return true
  if (table.querySelector('td table, th table') !== null) return true
  return !isVisible && rows.every(({ cells }) => cells.length <= 1) && !isSheet(table)
}

const isSheet = (table: HTMLTableElement): boolean =>
  table.querySelector('col, colgroup') !== null || table.closest('google-sheets-html-origin') !== null

function unwrap(table: HTMLTableElement, rows: readonly HTMLTableRowElement[]): void {
  const parts = rows.flatMap(({ cells }) =>
    [...cells].map((cell) => {
      const part = table.ownerDocument.createElement('div')
      part.append(...cell.childNodes)
      return part
    }),
  )
  table.replaceWith(...parts)
}

/** A row says how its cells stand and what lies behind them, unless they say so themselves. */
function handDown(rows: readonly HTMLTableRowElement[]): void {
  for (const row of rows) {
    const align = alignmentOf(row.style.textAlign) ?? alignmentOf(row.getAttribute('align'))
    const background = colourOf(row.style.backgroundColor) ?? colourOf(row.getAttribute('bgcolor'))
    for (const cell of row.cells) {
      const own = alignmentOf(cell.style.textAlign) ?? alignmentOf(cell.getAttribute('align')) ?? align
      if (own !== null) cell.style.textAlign = own
      if (cell.style.backgroundColor === '') {
        const behind = colourOf(cell.getAttribute('bgcolor')) ?? background
        if (behind !== null) cell.style.backgroundColor = behind
      }
      cell.removeAttribute('align')
      cell.removeAttribute('bgcolor')
      cell.removeAttribute('width')
    }
  }
}

const MOST_COLUMNS = 100

/** The widths of a sheet's columns, as its first row has them. */
function setWidths(table: HTMLTableElement, [first]: readonly HTMLTableRowElement[]): void {
  const widths = [...table.querySelectorAll<HTMLElement>('col, colgroup[width]')].flatMap((column) => {
    const width = widthOf(column.getAttribute('width')) ?? widthOf(column.style.width)
    const span = Math.min(MOST_COLUMNS, Math.max(1, Number(column.getAttribute('span')) || 1))
    return Array.from({ length: span }, () => width)
  })
  for (const column of table.querySelectorAll('colgroup, col')) column.remove()
  if (!first || widths.length !== first.cells.length || widths.length > MOST_COLUMNS) return
  if ([...first.cells].some(({ colSpan }) => colSpan > 1) || widths.some((width) => width === null)) return
  for (const [index, cell] of [...first.cells].entries()) cell.setAttribute('width', String(widths[index]))
}
