import { announcedAttachment } from '../attachment-words.ts'
import type { SendCheck } from './types.ts'

const ANSWER = /^\s*(?:re|aw|sv|r|rif|odp|rv|antw|fwd?|wg|tr|i|pd)\s*(?:\[\d+\])?\s*:/i

/** The text speaks of an attachment, and there is none. An answer's subject is the other side's, so it does not count. */
export const forgottenAttachment: SendCheck = (mail) => {
  if (mail.attachmentCount > 0) return null
  // Lines that were quoted by hand, as in plain text (RFC 3676 section 4.5), are somebody else's words.
  const own = mail.text.replace(/^[ \t]*>.*$/gm, '')
  const subject = mail.hasQuote || ANSWER.test(mail.subject) ? '' : mail.subject
  const words = announcedAttachment(`${subject}\n${own}`)
  return words === null ? null : { words: { words }, place: 'attach' }
}
