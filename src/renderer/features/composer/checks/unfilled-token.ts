import { unfilledTokens } from '../unfilled.ts'
import { list, type SendCheck } from './types.ts'

/** A template's token that nothing filled in. The engine refuses it too, unless the writer sends it knowing. */
export const unfilledToken: SendCheck = ({ subject, text }) => {
  const tokens = [...new Set(unfilledTokens(`${subject}\n${text}`).map(({ token }) => token))]
  if (tokens.length === 0) return null
  const inSubject = unfilledTokens(subject).length > 0
  return {
    words: { tokens: list(tokens.map((token) => `{{ ${token} }}`)) },
    count: tokens.length,
    place: inSubject ? 'subject' : 'body',
  }
}
