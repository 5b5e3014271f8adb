import type { Editor } from '@tiptap/core'
import { mergeAttributes, Node } from '@tiptap/core'
import { closeHistory } from '@tiptap/pm/history'
import { NodeSelection } from '@tiptap/pm/state'
import type { EditorState } from '@tiptap/pm/state'
import { drawImage } from './image-view.ts'
import { FIRST_WIDTH, fitWidth } from './image-width.ts'
import { widthOf } from './mail-values.ts'

/** Where the picture of an inline image comes from while it is edited; null where there is none. */
export type ImageSource = (image: { cid: string | null; pending: string | null }) => string | null

export type MailImageOptions = {
  source: ImageSource
  missingText: string
  /** The accessible name of the handle by which a picture is made larger and smaller. */
  widthLabel: string
}

const PENDING = 'pending:'

export type ChosenImage = { position: number; alt: string; width: number | null; natural: number | null }

/** The picture that is selected by itself; null for none. */
export function chosenImage({ state, view }: Editor): ChosenImage | null {
  const at = selectedImage(state)
  if (!at) return null
  const { attrs } = at.node
  const dom = view.nodeDOM(at.position)
  const image = dom instanceof HTMLElement ? dom.querySelector('img') : null
  return {
    position: at.position,
    alt: typeof attrs.alt === 'string' ? attrs.alt : '',
    width: typeof attrs.width === 'number' ? attrs.width : null,
    natural: image !== null && image.naturalWidth > 0 ? image.naturalWidth : null,
  }
}

function selectedImage({ selection }: EditorState) {
  return selection instanceof NodeSelection && selection.node.type.name === 'image'
    ? { node: selection.node, position: selection.from }
    : null
}

/** Changes the selected picture by one step of the history, and keeps it selected. */
export function changeImage(editor: Editor, change: { alt?: string; width?: number }): boolean {
  const at = selectedImage(editor.state)
  if (!at) return false
  const width = change.width === undefined ? {} : { width: fitWidth(change.width) }
  const transaction = editor.state.tr.setNodeMarkup(at.position, null, {
    ...at.node.attrs,
    ...change,
    ...width,
  })
  transaction.setSelection(NodeSelection.create(transaction.doc, at.position))
  editor.view.dispatch(closeHistory(transaction))
  return true
}

/** Makes the selected picture larger or smaller by a tenth, or by a pixel. */
function grow(editor: Editor, direction: 1 | -1, finely: boolean): boolean {
  const image = chosenImage(editor)
  if (!image) return false
  const width = image.width ?? image.natural ?? FIRST_WIDTH
  return changeImage(editor, {
    width: width + direction * (finely ? 1 : Math.max(4, Math.round(width / 10))),
  })
}

/**
 * An inline image of a mail. In the document it is a content id (RFC 2392), or, while its bytes are on
 * their way, the id of the upload; never an address on the net, so that writing loads nothing.
 */
export const MailImage = Node.create<MailImageOptions>({
  name: 'image',
  group: 'inline',
  inline: true,
  atom: true,
  draggable: true,

  addOptions: () => ({ source: () => null, missingText: '', widthLabel: '' }),

  addAttributes: () => ({
    cid: { default: null },
    pending: { default: null },
    alt: { default: '' },
    width: { default: null },
  }),

  parseHTML() {
    return ['cid:', PENDING].map((scheme) => ({
      tag: `img[src^="${scheme}"]`,
      getAttrs: (element: HTMLElement) => {
        const rest = (element.getAttribute('src') ?? '').slice(scheme.length)
        return {
          cid: scheme === PENDING ? null : rest,
          pending: scheme === PENDING ? rest : null,
          alt: element.getAttribute('alt') ?? '',
          width: widthOf(element.getAttribute('width')),
        }
      },
    }))
  },

  renderHTML({ node, HTMLAttributes }) {
    const { cid, pending } = node.attrs as { cid: string | null; pending: string | null }
    const { alt, width } = HTMLAttributes as { alt?: string; width?: number | null }
    return ['img', mergeAttributes({ src: cid === null ? PENDING + pending : `cid:${cid}`, alt, width })]
  },

  addKeyboardShortcuts() {
    return {
      'Alt-ArrowUp': () => grow(this.editor, 1, false),
      'Alt-ArrowDown': () => grow(this.editor, -1, false),
      'Alt-Shift-ArrowUp': () => grow(this.editor, 1, true),
      'Alt-Shift-ArrowDown': () => grow(this.editor, -1, true),
    }
  },

  addNodeView() {
    return drawImage(this.options)
  },
})
