import type { NamedView } from './view.ts'

/** What was sent from the inboxes that the user can see, also by other mail clients (C6). */
export const sent: NamedView = { key: 'sent', lists: 'sent' }
