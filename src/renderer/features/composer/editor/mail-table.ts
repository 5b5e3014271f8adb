import type { Attribute, Editor } from '@tiptap/core'
import type { TagParseRule } from '@tiptap/pm/model'
import { Table, TableCell, TableHeader } from '@tiptap/extension-table'
import { alignmentOf, colourOf, widthOf } from './mail-values.ts'

/** A table of a mail, written without the columns and the wrapper that only an application has. */
export const MailTable = Table.extend({
  renderHTML() {
    return ['table', ['tbody', 0]]
  },
})

const BLOCKS = 'p, div, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre'

/** What a cell says about its alignment, said by its paragraphs, as the editor has it. */
function alignParagraphs(cell: HTMLElement): HTMLElement {
  const align = alignmentOf(cell.style.textAlign) ?? alignmentOf(cell.getAttribute('align'))
  if (align === null || align === 'left') return cell
  const blocks = cell.querySelectorAll<HTMLElement>('p, h1, h2, h3')
  for (const block of blocks) if (block.style.textAlign === '') block.style.textAlign = align
  if (cell.querySelector(BLOCKS) === null) {
    const paragraph = cell.ownerDocument.createElement('p')
    paragraph.style.textAlign = align
    paragraph.append(...cell.childNodes)
    cell.append(paragraph)
  }
  return cell
}

const rulesOf = (rules: readonly unknown[] | undefined): TagParseRule[] =>
  ((rules ?? []) as TagParseRule[]).map((rule) =>
    rule.getContent ? rule : { ...rule, contentElement: (cell) => alignParagraphs(cell as HTMLElement) },
  )

const attributes: Record<string, Attribute> = {
  backgroundColor: {
    default: null,
    parseHTML: (cell) => colourOf(cell.style.backgroundColor) ?? colourOf(cell.getAttribute('bgcolor')),
    renderHTML: ({ backgroundColor }) =>
      typeof backgroundColor === 'string' ? { style: `background-color: ${backgroundColor}` } : {},
  },
  colwidth: {
    default: null,
    parseHTML: (cell) => {
      const width = widthOf(cell.style.width) ?? widthOf(cell.getAttribute('width'))
      return width === null || Number(cell.getAttribute('colspan') ?? 1) > 1 ? null : [width]
    },
    renderHTML: ({ colwidth, colspan }) =>
      Array.isArray(colwidth) && colspan === 1 ? { style: `width: ${Number(colwidth[0])}px` } : {},
  },
}

const own = (parent: (() => Record<string, Attribute>) | undefined): Record<string, Attribute> => {
  // Alignment belongs to the paragraphs, so that the same buttons set it everywhere.
  const { align: _, ...rest } = parent?.() ?? {}
  return { ...rest, ...attributes }
}

export const MailCell = TableCell.extend({
  addAttributes() {
    return own(this.parent as (() => Record<string, Attribute>) | undefined)
  },
  parseHTML() {
    return rulesOf(this.parent?.())
  },
})

export const MailHeaderCell = TableHeader.extend({
  addAttributes() {
    return own(this.parent as (() => Record<string, Attribute>) | undefined)
  },
  parseHTML() {
    return rulesOf(this.parent?.())
  },
})

/** Pixels that a new table may be wide, and each of its columns at most and at least. */
const ROOM = { table: 560, most: 160, least: 40 }

/** Puts an empty table at the cursor, its columns wide enough to be seen. */
export function insertTable(
  editor: Editor,
  { rows, columns, heading }: { rows: number; columns: number; heading: boolean },
): void {
  const width = Math.max(ROOM.least, Math.min(ROOM.most, Math.floor(ROOM.table / columns)))
  editor
    .chain()
    .focus()
    .insertTable({ rows, cols: columns, withHeaderRow: heading })
    .command(({ tr }) => {
      const { $from } = tr.selection
      for (let depth = $from.depth; depth > 0; depth -= 1) {
        if ($from.node(depth).type.name !== 'tableRow') continue
        $from.node(depth).forEach((cell, offset) => {
          tr.setNodeMarkup($from.start(depth) + offset, null, { ...cell.attrs, colwidth: [width] })
        })
        break
      }
      return true
    })
    .run()
}
