export { unfilledTokens, type FoundToken } from '@contract/tokens.ts'

/** Whether a word is part of such a token, and so no web address, although `.name` is a top-level domain. */
export const isTokenPart = (word: string): boolean =>
  /^(?:https?:\/\/)?(?:contact|company|deal|ticket|sender|inbox)\.[\p{L}\p{N}_]+$/u.test(word)
