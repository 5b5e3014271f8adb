import { onBeforeUnmount, shallowRef } from 'vue'
import { Editor } from '@tiptap/vue-3'
import { Placeholder } from '@tiptap/extension-placeholder'
import { documentToMailHtml, mailHtmlToEditor } from '../mail-html.ts'
import { mailExtensions } from './mail-extensions.ts'
import type { ImageSource } from './mail-image.ts'
import { MarkUnfilled } from './mark-unfilled.ts'
import { readPasted } from './pasted-html.ts'

export type MailEditorOptions = {
  html: string
  /** The accessible name of the text box, and its visible hint while it is empty. */
  label: string
  placeholder: string
  missingImageText: string
  /** The accessible name of the handle that makes a picture larger and smaller. */
  imageWidthLabel: string
  source: ImageSource
  onChange(html: string): void
  onBlur(): void
  /** Starts the upload of a picture for the body under `id`. */
  onImage(id: string, file: File): void
  /** Files that are no pictures, or came from the clipboard or a drop without being asked into the text. */
  onFiles(files: File[]): void
  onImagesLeftOut(count: number): void
}

/** Characters of a document that is too long to be saved between a key and its paint. */
const LONG = 100_000
/** Until such a one is saved, in ms: a few frames, and far below what may be lost (300 ms). */
const AFTER_PAINT = 50

const isPicture = (file: File) => /^image\/(?:png|jpeg|gif|webp)$/.test(file.type)
let uploads = 0
const newUploadId = () => `u${Date.now().toString(36)}${(uploads += 1)}`

/**
 * The editor of a mail body. Its output is plain mail HTML (`documentToMailHtml`); pictures are handed
 * out as files and refer to their upload until `imageUploaded` gives them their content id.
 */
export function useMailEditor(options: MailEditorOptions) {
  /** What was typed into a long document and not told yet. */
  let unreported: ReturnType<typeof setTimeout> | null = null
  function report(): void {
    if (unreported === null) return
    clearTimeout(unreported)
    unreported = null
    options.onChange(documentToMailHtml(editor.value.state.doc))
  }

  const editor = shallowRef(
    new Editor({
      extensions: [
        ...mailExtensions({
          source: options.source,
          missingText: options.missingImageText,
          widthLabel: options.imageWidthLabel,
        }),
        Placeholder.configure({ placeholder: options.placeholder, showOnlyWhenEditable: false }),
        MarkUnfilled,
      ],
      content: mailHtmlToEditor(options.html),
      editorProps: {
        attributes: {
          role: 'textbox',
          'aria-multiline': 'true',
          'aria-label': options.label,
          spellcheck: 'true',
          class: 'mail-editor',
        },
        // Sends or saves: no line break is put in the place of what is selected before.
        handleKeyDown: (_view, event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return false
          report()
          return true
        },
        transformPastedHTML: (html) => {
          const pasted = readPasted(html, newUploadId)
          for (const { id, file } of pasted.files) options.onImage(id, file)
          if (pasted.left > 0) options.onImagesLeftOut(pasted.left)
          return pasted.html
        },
        handlePaste: (_view, event) => {
          const files = [...(event.clipboardData?.files ?? [])]
          // Office programs put a picture of the text beside the text itself: the text is what was meant.
          if (files.length === 0 || (event.clipboardData?.getData('text/html') ?? '') !== '') return false
          insertFiles(files, null)
          return true
        },
        handleDrop: (view, event, _slice, moved) => {
          const files = [...(event.dataTransfer?.files ?? [])]
          if (moved || files.length === 0) return false
          event.preventDefault()
          event.stopPropagation()
          insertFiles(files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null)
          return true
        },
      },
      onUpdate: ({ editor: current }) => {
        unreported ??= setTimeout(report, AFTER_PAINT)
        if (current.state.doc.content.size <= LONG) report()
      },
      onBlur: () => {
        report()
        options.onBlur()
      },
    }),
  )

  /** Pictures go into the text at `position` (or the cursor), everything else becomes an attachment. */
  function insertFiles(files: readonly File[], position: number | null): void {
    const pictures = files.filter(isPicture)
    const others = files.filter((file) => !isPicture(file))
    for (const file of pictures) {
      const pending = newUploadId()
      options.onImage(pending, file)
      const node = { type: 'image', attrs: { pending, alt: file.name.replace(/\.[^.]+$/, '') } }
      const chain = editor.value.chain()
      if (position === null) chain.focus().insertContent(node).run()
      else chain.insertContentAt(position, node).run()
    }
    if (others.length > 0) options.onFiles(others)
  }

  /** Every image of an upload, as document positions, last first so that removing keeps the rest in place. */
  function positionsOf(pending: string): number[] {
    const found: number[] = []
    editor.value.state.doc.descendants((node, position) => {
      if (node.type.name === 'image' && node.attrs.pending === pending) found.push(position)
    })
    return found.reverse()
  }

  /** The upload is complete: its images have a content id from now on. Not a step that Undo takes back. */
  function imageUploaded(pending: string, cid: string): void {
    const { state, view } = editor.value
    const transaction = state.tr.setMeta('addToHistory', false)
    for (const position of positionsOf(pending)) {
      const node = state.doc.nodeAt(position)
      if (node) transaction.setNodeMarkup(position, null, { ...node.attrs, cid, pending: null })
    }
    if (transaction.docChanged) view.dispatch(transaction)
  }

  /** The upload failed or was given up: its images go. */
  function imageFailed(pending: string): void {
    const { state, view } = editor.value
    const transaction = state.tr.setMeta('addToHistory', false)
    for (const position of positionsOf(pending)) transaction.delete(position, position + 1)
    if (transaction.docChanged) view.dispatch(transaction)
  }

  /** Puts another text in, as after a restore; nothing is reported as typed. */
  function setHtml(html: string): void {
    if (unreported !== null) clearTimeout(unreported)
    unreported = null
    editor.value.commands.setContent(mailHtmlToEditor(html), { emitUpdate: false })
  }

  onBeforeUnmount(() => {
    report()
    editor.value.destroy()
  })

  return { editor, insertFiles, imageUploaded, imageFailed, setHtml }
}

export type MailEditor = ReturnType<typeof useMailEditor>
