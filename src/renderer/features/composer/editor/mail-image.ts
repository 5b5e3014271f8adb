import { mergeAttributes, Node } from '@tiptap/core'

/** Where the picture of an inline image comes from while it is edited; null where there is none. */
export type ImageSource = (image: { cid: string | null; pending: string | null }) => string | null

export type MailImageOptions = { source: ImageSource; missingText: string }

const PENDING = 'pending:'

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

  addOptions: () => ({ source: () => null, missingText: '' }),

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
        const width = Number(element.getAttribute('width'))
        return {
          cid: scheme === PENDING ? null : rest,
          pending: scheme === PENDING ? rest : null,
          alt: element.getAttribute('alt') ?? '',
          width: Number.isInteger(width) && width > 0 ? width : null,
        }
      },
    }))
  },

  renderHTML({ node, HTMLAttributes }) {
    const { cid, pending } = node.attrs as { cid: string | null; pending: string | null }
    const { alt, width } = HTMLAttributes as { alt?: string; width?: number | null }
    return ['img', mergeAttributes({ src: cid === null ? PENDING + pending : `cid:${cid}`, alt, width })]
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement('span')
      dom.className = 'mail-image'
      const draw = (attrs: Record<string, unknown>) => {
        const cid = typeof attrs.cid === 'string' ? attrs.cid : null
        const pending = typeof attrs.pending === 'string' ? attrs.pending : null
        const source = this.options.source({ cid, pending })
        dom.replaceChildren()
        dom.dataset.state = source === null ? 'missing' : pending === null ? 'ready' : 'pending'
        if (source === null) {
          dom.textContent = this.options.missingText
          return
        }
        const image = document.createElement('img')
        image.src = source
        image.alt = typeof attrs.alt === 'string' ? attrs.alt : ''
        if (typeof attrs.width === 'number') image.width = attrs.width
        dom.append(image)
      }
      draw(node.attrs)
      return {
        dom,
        update(next) {
          if (next.type !== node.type) return false
          draw(next.attrs)
          return true
        },
      }
    }
  },
})
