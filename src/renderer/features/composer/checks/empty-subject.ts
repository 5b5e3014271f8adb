import type { SendCheck } from './types.ts'

/** Nothing, or only spaces, stands in the subject. */
export const emptySubject: SendCheck = (mail) => (mail.subject.trim() === '' ? { place: 'subject' } : null)
