import { TextStyle } from '@tiptap/extension-text-style'
import { fontStack } from '@contract/mail-fonts.ts'
import { colourOf, fontOf, sizeOf } from './mail-values.ts'

/** How text may look. Each value was read by `mail-values`, so that none can hold anything but what it says. */
export type TextLook = {
  color: string | null
  backgroundColor: string | null
  fontFamily: string | null
  /** Pixels. */
  fontSize: number | null
}

/**
 * Colours, font and size of text, as one mark. On screen the colour also is a variable, by which the dark theme makes
 * it light enough to be read.
 */
export const MailTextStyle = TextStyle.extend({
  addAttributes() {
    return {
      color: {
        default: null,
        parseHTML: (element) => colourOf(element.style.color || element.getAttribute('color')),
        renderHTML: ({ color }) =>
          typeof color === 'string' ? { style: `color: ${color}; --mail-color: ${color}` } : {},
      },
      backgroundColor: {
        default: null,
        parseHTML: (element) => colourOf(element.style.backgroundColor),
        renderHTML: ({ backgroundColor }) =>
          typeof backgroundColor === 'string' ? { style: `background-color: ${backgroundColor}` } : {},
      },
      fontFamily: {
        default: null,
        parseHTML: (element) => fontOf(element.style.fontFamily || element.getAttribute('face')),
        renderHTML: ({ fontFamily }) =>
          typeof fontFamily === 'string' ? { style: `font-family: ${fontStack(fontFamily)}` } : {},
      },
      fontSize: {
        default: null,
        parseHTML: (element) => sizeOf(element.style.fontSize),
        renderHTML: ({ fontSize }) =>
          typeof fontSize === 'number' ? { style: `font-size: ${fontSize}px` } : {},
      },
    }
  },

  parseHTML() {
    return [...(this.parent?.() ?? []), { tag: 'font', consuming: false }]
  },

  addCommands() {
    return {
      ...this.parent?.(),
      setTextLook:
        (look: Partial<TextLook>) =>
        ({ chain }) =>
          chain().setMark(this.name, look).removeEmptyTextStyle().run(),
    }
  },
})

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    mailTextStyle: {
      /** Sets what is given of the look of the selected text; null takes it off. */
      setTextLook: (look: Partial<TextLook>) => ReturnType
    }
  }
}
