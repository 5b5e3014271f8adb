import { aboutRecipients, type SendCheck } from './types.ts'

/** Our mail to an address came back for good. */
export const bouncedAddress: SendCheck = (mail, known) =>
  aboutRecipients(
    mail,
    known.bounced.map(({ address }) => address),
  )
