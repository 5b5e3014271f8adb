import type { Editor } from '@tiptap/core'
import { closeHistory } from '@tiptap/pm/history'
import { DOMParser as ModelParser } from '@tiptap/pm/model'
import { Selection, TextSelection, type Transaction } from '@tiptap/pm/state'
import type { TextRange, TypedWord } from '@/shell/insert-target.ts'
import { mailHtmlToEditor } from '../mail-html.ts'
import { unfilledIn } from './mark-unfilled.ts'

/** Where the cursor belongs in what is inserted: the contract's FilledView. */
const CURSOR = '\uE000'

/**
 * Puts mail HTML at the selection, or in the place of `range`, as one step of the editor's history. The cursor goes where
 * the text says, else to the first token that wants filling in, else behind it.
 */
export function insertHtml(editor: Editor, html: string, range?: TextRange): void {
  if (editor.isDestroyed) return
  const { state, view } = editor
  // Inert: nothing of it is loaded or run.
  const { body } = new DOMParser().parseFromString(mailHtmlToEditor(html), 'text/html')
  const slice = ModelParser.fromSchema(state.schema).parseSlice(body)
  const { from, to } = range ?? state.selection
  const transaction = closeHistory(state.tr)
  transaction.replaceRange(from, to, slice)
  const end = transaction.mapping.map(to, 1)
  placeCursor(transaction, from, end)
  view.dispatch(transaction.scrollIntoView())
  view.focus()
}

function placeCursor(transaction: Transaction, from: number, end: number): void {
  let mark: number | null = null
  transaction.doc.nodesBetween(from, Math.min(end, transaction.doc.content.size), (node, position) => {
    if (node.isText && mark === null) {
      const at = node.text?.indexOf(CURSOR) ?? -1
      if (at >= 0) mark = position + at
    }
  })
  if (mark !== null) {
    transaction.delete(mark, mark + 1)
    transaction.setSelection(Selection.near(transaction.doc.resolve(mark)))
    return
  }
  const open = unfilledIn(transaction.doc).find((token) => token.from >= from && token.to <= end)
  transaction.setSelection(
    open
      ? TextSelection.create(transaction.doc, open.from, open.to)
      : Selection.near(transaction.doc.resolve(Math.min(end, transaction.doc.content.size)), -1),
  )
}

const TYPED = /(?:^|[\s(])#([\p{L}\p{N}][\p{L}\p{N}_-]{0,39})([\s.,;:!?)]?)$/u

/** The "#word" before the cursor that a transaction completed by typing; null for none. */
export function typedWord(editor: Editor, transaction: Transaction): TypedWord | null {
  // Undo brings words back that were expanded; they are not typed anew.
  if (!transaction.docChanged || transaction.getMeta('history$')) return null
  if (transaction.doc.content.size <= transaction.before.content.size) return null
  const { $from, empty } = editor.state.selection
  if (!empty || !$from.parent.isTextblock || $from.parent.type.spec.code) return null
  const before = $from.parent.textBetween(
    Math.max(0, $from.parentOffset - 50),
    $from.parentOffset,
    undefined,
    '\ufffc',
  )
  const match = TYPED.exec(before)
  if (!match) return null
  const [, word = '', after = ''] = match
  const to = $from.pos - after.length
  return { word: word.toLowerCase(), from: to - word.length - 1, to, ended: after !== '' }
}
