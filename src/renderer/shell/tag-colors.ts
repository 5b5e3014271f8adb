import type { TagColor } from '@contract/organising.ts'

/** The colours of tags, in the order in which they are offered: pairs for light and dark. */
export const TAG_COLORS: Record<TagColor, string> = {
  grey: 'light-dark(#7b8580, #8d9893)',
  red: 'light-dark(#c93a32, #f0837a)',
  orange: 'light-dark(#d0681b, #f0a263)',
  yellow: 'light-dark(#b08a00, #e3c44e)',
  green: 'light-dark(#2f8a4c, #74d195)',
  teal: 'light-dark(#14857c, #58c9bf)',
  blue: 'light-dark(#2c6fd1, #7fb0f5)',
  violet: 'light-dark(#7a4fd0, #b498f2)',
  pink: 'light-dark(#c2407f, #f08cbb)',
}
