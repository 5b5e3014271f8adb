import type { NamedView } from './view.ts'

/** Conversations that come back later: until then no list of open ones shows them. */
export const snoozed: NamedView = {
  key: 'snoozed',
  lists: 'threads',
  scope: () => ({ status: 'snoozed' }),
}
