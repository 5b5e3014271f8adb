import { fillSlot } from '@/shell/slots.ts'

/** Brings the conversation and the window of one message. */
export function register(): void {
  // Loaded as soon as the first screen stands, so it is there before the first key press.
  fillSlot('thread', () => import('./ThreadPane.vue'))
  fillSlot('message', () => import('./FullMessage.vue'))
}
