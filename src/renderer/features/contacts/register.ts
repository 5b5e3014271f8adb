import { fillSlot } from '@/shell/slots.ts'

/** Brings the contact beside the conversation. */
export function register(): void {
  fillSlot('record', () => import('./ContactPanel.vue'))
}
