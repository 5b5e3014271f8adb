/** A token as the library's texts have them, which nothing filled in: {{ contact.first_name }}. */
const TOKEN = /\{\{\s*((?:contact|company|deal|ticket|sender|inbox)\.[\p{L}\p{N}_]{1,100})\s*\}\}/gu

export type FoundToken = { token: string; from: number; to: number }

/** The unfilled tokens of a text, with their places in it. */
export const unfilledTokens = (text: string): FoundToken[] =>
  text.includes('{{')
    ? [...text.matchAll(TOKEN)].map((match) => ({
        token: match[1] ?? '',
        from: match.index,
        to: match.index + match[0].length,
      }))
    : []

/** Whether a word is part of such a token, and so no web address, although `.name` is a top-level domain. */
export const isTokenPart = (word: string): boolean =>
  /^(?:https?:\/\/)?(?:contact|company|deal|ticket|sender|inbox)\.[\p{L}\p{N}_]+$/u.test(word)
