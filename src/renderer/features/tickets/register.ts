import { fillSlot } from '@/shell/slots.ts'

/** The ticket beside its conversation. */
export function register(): void {
  fillSlot('ticket', () => import('./TicketPanel.vue'))
}
