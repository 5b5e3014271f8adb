import { Extension, type AnyExtension } from '@tiptap/core'
import { TextAlign } from '@tiptap/extension-text-align'
import { TableRow } from '@tiptap/extension-table'
import { StarterKit } from '@tiptap/starter-kit'
import { safeHref } from '../mail-html.ts'
import { isTokenPart } from '../unfilled.ts'
import { MailImage } from './mail-image.ts'
import type { MailImageOptions } from './mail-image.ts'
import { MailCell, MailHeaderCell, MailTable } from './mail-table.ts'
import { MailTextStyle } from './mail-text-style.ts'
import { ALIGNMENTS } from './mail-values.ts'

/** As in Gmail: what would be a quotation's key here adds Bcc in the composer around. */
const QuoteKey = Extension.create({
  name: 'quoteKey',
  addKeyboardShortcuts() {
    return { 'Mod-Shift-9': () => this.editor.commands.toggleBlockquote() }
  },
})

/** Everything that a mail may hold: the schema, with the keys and rules that belong to it. */
export const mailExtensions = (image: Partial<MailImageOptions> = {}): AnyExtension[] => [
  StarterKit.configure({
    heading: { levels: [1, 2, 3] },
    link: {
      openOnClick: false,
      autolink: true,
      shouldAutoLink: (url) => !isTokenPart(url),
      defaultProtocol: 'https',
      isAllowedUri: (uri) => safeHref(uri ?? '') !== null || /^[^:]+$/.test(uri ?? ''),
      HTMLAttributes: { target: null, rel: null },
    },
  }),
  QuoteKey,
  MailTextStyle,
  // Its keys are those of what is inserted here; the toolbar has alignment.
  TextAlign.extend({ addKeyboardShortcuts: () => ({}) }).configure({
    types: ['paragraph', 'heading'],
    alignments: [...ALIGNMENTS],
  }),
  MailTable.configure({ View: null }),
  TableRow,
  MailCell,
  MailHeaderCell,
  MailImage.configure(image),
]
