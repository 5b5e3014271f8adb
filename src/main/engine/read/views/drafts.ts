import type { NamedView } from './view.ts'

/** What the current user has begun to write. */
export const drafts: NamedView = { key: 'drafts', lists: 'drafts' }
