import type { View } from './view.ts'

/** The open conversations of one inbox. */
export const inbox = (inboxId: string): View => ({
  lists: 'threads',
  scope: () => ({ status: 'open', inboxId }),
})
