import type { NamedView } from './view.ts'

/** What somebody said is spam, or came from a blocked sender: no other list shows it. */
export const spam: NamedView = { key: 'spam', lists: 'threads', scope: () => ({ status: 'spam' }) }
