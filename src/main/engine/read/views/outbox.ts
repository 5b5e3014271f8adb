import type { NamedView } from './view.ts'

/** What waits to leave, failed, or is unknown. */
export const outbox: NamedView = { key: 'outbox', lists: 'outbox' }
