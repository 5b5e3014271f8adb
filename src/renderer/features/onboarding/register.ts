import { fillSlot } from '@/shell/slots.ts'

/** The first screen of a machine that has no workspace yet. */
export function register(): void {
  fillSlot('welcome', () => import('./WelcomeScreen.vue'))
}
