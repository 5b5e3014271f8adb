import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import type { Node } from '@tiptap/pm/model'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import { unfilledTokens } from '../unfilled.ts'

/** Where a document has tokens that nothing filled in. */
export function unfilledIn(doc: Node): { token: string; from: number; to: number }[] {
  const found: { token: string; from: number; to: number }[] = []
  doc.descendants((node, position) => {
    if (!node.isTextblock) return true
    // What is no text counts one position, as it does in the document.
    const text = node.textBetween(0, node.content.size, undefined, '\ufffc')
    for (const { token, from, to } of unfilledTokens(text))
      found.push({ token, from: position + 1 + from, to: position + 1 + to })
    return false
  })
  return found
}

/** Marks tokens that nothing filled in, so that they are seen before they are sent. */
export const MarkUnfilled = Extension.create({
  name: 'markUnfilled',
  addProseMirrorPlugins() {
    const key = new PluginKey<DecorationSet>('markUnfilled')
    const draw = (doc: Node) =>
      DecorationSet.create(
        doc,
        unfilledIn(doc).map(({ from, to }) => Decoration.inline(from, to, { class: 'unfilled-token' })),
      )
    return [
      new Plugin({
        key,
        state: {
          init: (_, { doc }) => draw(doc),
          apply: (transaction, before) => (transaction.docChanged ? draw(transaction.doc) : before),
        },
        props: { decorations: (state) => key.getState(state) },
      }),
    ]
  },
})
