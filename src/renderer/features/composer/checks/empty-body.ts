import type { SendCheck } from './types.ts'

/** Nothing would be in the mail but its subject. */
export const emptyBody: SendCheck = (mail) =>
  mail.text.trim() === '' && !mail.hasImage && !mail.hasQuote && mail.attachmentCount === 0
    ? { place: 'body' }
    : null
