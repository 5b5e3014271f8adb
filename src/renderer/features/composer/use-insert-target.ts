import { onBeforeUnmount, type ShallowRef } from 'vue'
import type { Editor } from '@tiptap/core'
import type { Transaction } from '@tiptap/pm/state'
import type { InsertTarget, TypedWord } from '@/shell/insert-target.ts'
import type { ComposerSession } from './composer-session.ts'
import { insertHtml, typedWord } from './editor/insert-html.ts'

/** The mail of a composer, for what other features put into it. */
export function useInsertTarget(
  editor: Readonly<ShallowRef<Editor>>,
  session: ComposerSession,
): InsertTarget {
  const listeners = new Set<(typed: TypedWord) => void>()
  const onUpdate = ({ transaction }: { transaction: Transaction }) => {
    if (listeners.size === 0) return
    const typed = typedWord(editor.value, transaction)
    if (typed) for (const listener of listeners) listener(typed)
  }
  const { value } = editor
  value.on('update', onUpdate)
  onBeforeUnmount(() => value.off('update', onUpdate))

  return {
    save: async () => void (await session.saver.flush()),
    insertHtml: (html, range) => insertHtml(editor.value, html, range),
    textAt({ from, to }) {
      const { doc } = editor.value.state
      return to <= doc.content.size ? doc.textBetween(from, to, '\n') : ''
    },
    subject: () => session.fields.subject,
    setSubject: (subject) => session.change({ subject }),
    attached: (attachment) => session.attached(attachment),
    focus: () => void editor.value.commands.focus(),
    onTyped(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
