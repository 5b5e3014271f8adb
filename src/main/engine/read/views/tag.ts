import { DomainError } from '../../lib/domain-error.ts'
import { tagById } from '../../store/tables/tags.ts'
import type { View } from './view.ts'

/** Open conversations that have a tag. */
export const tag = (id: string): View => ({
  lists: 'query',
  query(db) {
    if (tagById(db, id)?.removed_at !== null)
      throw new DomainError('NOT_FOUND', 'This tag does not exist any more.')
    return { listedAs: ['open'], branches: [[{ on: 'tag', id }]] }
  },
})
