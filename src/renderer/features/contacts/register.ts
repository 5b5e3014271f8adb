import { fillSlot } from '@/shell/slots.ts'
import ContactPanel from './ContactPanel.vue'

/** Brings the contact beside the conversation. */
export function register(): void {
  fillSlot('record', ContactPanel)
}
