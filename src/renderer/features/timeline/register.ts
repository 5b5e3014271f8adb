import { fillSlot } from '@/shell/slots.ts'

/** What happened on a record, and what people write down there. */
export function register(): void {
  fillSlot('recordMain', () => import('./RecordTimeline.vue'))
  fillSlot('recordActions', () => import('./RecordActions.vue'))
  fillSlot('contact', () => import('./ContactActions.vue'), -1)
  fillSlot('contactTimeline', () => import('./ContactEntries.vue'))
  fillSlot('layers', () => import('./ActivityDialogs.vue'))
}
