import type { NamedView } from './view.ts'

/** Open conversations that nobody has taken. */
export const unassigned: NamedView = {
  key: 'unassigned',
  lists: 'threads',
  scope: () => ({ status: 'open', assigneeId: null }),
}
