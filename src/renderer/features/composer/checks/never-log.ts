import { aboutRecipients, list, type SendCheck } from './types.ts'

/** The mail would be logged to the CRM, but somebody it goes to stands on the Never Log list. */
export const neverLog: SendCheck = (mail, known) => {
  const found = aboutRecipients(
    mail,
    known.neverLog.map(({ address }) => address),
  )
  const patterns = [...new Set(known.neverLog.map(({ pattern }) => pattern))]
  return found && { ...found, words: { ...found.words, patterns: list(patterns) } }
}
