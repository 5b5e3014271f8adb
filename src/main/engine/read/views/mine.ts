import type { NamedView } from './view.ts'

/** Open conversations of the current user. */
export const mine: NamedView = {
  key: 'mine',
  lists: 'threads',
  scope: (access) => ({ status: 'open', assigneeId: access.user.id }),
}
