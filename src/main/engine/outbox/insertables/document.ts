import { DomainError } from '../../lib/domain-error.ts'
import type { Insertable } from './registry.ts'

/** A file, which is attached. */
export const document: Insertable = {
  kind: 'document',
  check() {},
  insert(item) {
    if (item.hash === null)
      throw new DomainError('NOT_FOUND', `The file of "${item.name}" is not there any more.`)
    const { name, mime_type: mimeType, hash } = item
    return { subject: '', html: '', unfilled: [], file: { name, mimeType, hash } }
  },
}
