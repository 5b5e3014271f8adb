import { fill } from './liquid.ts'
import type { Insertable } from './registry.ts'

/** A few words or paragraphs; it has no subject. */
export const snippet: Insertable = {
  kind: 'snippet',
  ways: () => ['text'],
  check: ({ content }, samples) => void fill({ subject: '', content }, samples),
  insert: (item, { values }) => ({ ...fill({ subject: '', content: item.content }, values()), files: [] }),
}
