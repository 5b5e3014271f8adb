import { fillSlot } from '@/shell/slots.ts'

/** Who else is in a conversation: at its top, beside an answer, and in the list (D5). */
export function register(): void {
  fillSlot('threadMarks', () => import('./ThreadPresence.vue'), 100)
  fillSlot('composerPeople', () => import('./AnswerPresence.vue'))
  fillSlot('rowMarks', () => import('./RowPresence.vue'), 100)
}
