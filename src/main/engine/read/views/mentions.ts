import type { NamedView } from './view.ts'

/** Comments that mention the current user. */
export const mentions: NamedView = { key: 'mentions', lists: 'mentions' }
