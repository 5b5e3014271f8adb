import type { Attribute } from '@tiptap/core'
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
