import { DomainError } from '../../lib/domain-error.ts'
import { insertedFile, insertedLink } from './link.ts'
import type { Insertable } from './registry.ts'

/** A file, which is attached; where it lies on the web too, it can be linked to. Nothing here would serve it. */
export const document: Insertable = {
  kind: 'document',
  ways: ({ hash, url }) => [
    ...(hash === null ? [] : (['attachment'] as const)),
    ...(url === '' ? [] : (['link'] as const)),
  ],
  check({ mimeType }) {
    if (mimeType !== null) return
    throw new DomainError('BAD_INPUT', 'A document begins with its file: upload it first.', { field: 'kind' })
  },
  insert: (item, { way }) => (way === 'link' ? insertedLink(item) : insertedFile(item)),
}
