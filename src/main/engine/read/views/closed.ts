import type { NamedView } from './view.ts'

/** Every closed conversation. */
export const closed: NamedView = { key: 'closed', lists: 'threads', scope: () => ({ status: 'closed' }) }
