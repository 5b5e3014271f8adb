/** Tokens of the library's texts, seen from both sides. Without imports: the first screen loads no schema for it. */

const TOKEN = /\{\{\s*((?:contact|company|deal|ticket|sender|inbox)\.[\p{L}\p{N}_]{1,100})\s*\}\}/gu

export type FoundToken = { token: string; from: number; to: number }

/** The tokens of a text that nothing filled in, such as `{{ contact.first_name }}`, with their places in it. */
export const unfilledTokens = (text: string): FoundToken[] =>
  text.includes('{{')
    ? [...text.matchAll(TOKEN)].map((match) => ({
        token: match[1] ?? '',
        from: match.index,
        to: match.index + match[0].length,
      }))
    : []
