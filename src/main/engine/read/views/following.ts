import type { NamedView } from './view.ts'

/** Open conversations that the current user follows. */
export const following: NamedView = {
  key: 'following',
  lists: 'query',
  query: (_db, access) => ({
    listedAs: ['open'],
    branches: [[{ on: 'follower', id: access.user.id }]],
  }),
}
