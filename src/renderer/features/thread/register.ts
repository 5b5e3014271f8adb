import { fillSlot } from '@/shell/slots.ts'
import ThreadPane from './ThreadPane.vue'

/** Brings the conversation and the window of one message. */
export function register(): void {
  // Opened with the first key press, so not left to be loaded then.
  fillSlot('thread', ThreadPane)
  fillSlot('message', () => import('./FullMessage.vue'))
}
