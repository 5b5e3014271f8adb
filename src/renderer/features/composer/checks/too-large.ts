import type { SendCheck } from './types.ts'

/** The server would refuse it (RFC 1870), after all of it was sent there. */
export const tooLarge: SendCheck = (mail) =>
  mail.tooLarge === null ? null : { words: mail.tooLarge, place: 'attach' }
