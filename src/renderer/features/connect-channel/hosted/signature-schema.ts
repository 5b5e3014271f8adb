import { mergeAttributes, Node } from '@tiptap/core'
import { isPicture, TOKENS } from './signature-html.ts'

/** The name of the sender, as it is filled in when the mail is sent. One piece: it cannot be cut in two. */
export const TokenNode = Node.create<{ words: (token: string) => string }>({
  name: 'token',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,

  addOptions: () => ({ words: (token) => token }),
  addAttributes: () => ({
    token: {
      default: TOKENS[0],
      parseHTML: (element: HTMLElement) => element.dataset['token'] ?? null,
      renderHTML: (attributes: Record<string, unknown>) => ({ 'data-token': attributes['token'] }),
    },
  }),
  parseHTML: () => TOKENS.map((token) => ({ tag: `span[data-token="${token}"]` })),
  renderHTML: ({ HTMLAttributes }) => ['span', HTMLAttributes],
  renderText: ({ node }) => `{{${String(node.attrs['token'])}}}`,

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement('span')
      dom.className = 'signature-token'
      dom.textContent = this.options.words(String(node.attrs['token']))
      return { dom }
    }
  },
})

/** A picture that lies in the signature itself. Others are not taken: nothing is fetched, here or at the recipient's. */
export const PictureNode = Node.create({
  name: 'picture',
  group: 'inline',
  inline: true,
  atom: true,
  draggable: true,

  addAttributes: () => ({ src: { default: null }, alt: { default: '' }, width: { default: null } }),
  parseHTML: () => [
    {
      tag: 'img[src^="data:"]',
      getAttrs: (element: HTMLElement) => (isPicture(element.getAttribute('src') ?? '') ? null : false),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ['img', mergeAttributes(HTMLAttributes)],
})
