import { aboutRecipients, type SendCheck } from './types.ts'

/** Somebody who took no part in the conversation so far would read the earlier mail below the answer. */
export const newRecipient: SendCheck = (mail, known) =>
  mail.hasQuote ? aboutRecipients(mail, known.strangers) : null
