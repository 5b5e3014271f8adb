import type { NamedView } from './view.ts'

/** Every open conversation. */
export const open: NamedView = { key: 'open', lists: 'threads', scope: () => ({ status: 'open' }) }
