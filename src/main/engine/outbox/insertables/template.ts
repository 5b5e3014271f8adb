import { fill } from './liquid.ts'
import type { Insertable } from './registry.ts'

/** A whole mail with its subject. */
export const template: Insertable = {
  kind: 'template',
  ways: () => ['text'],
  check: (text, samples) => void fill(text, samples),
  insert: (item, { values }) => ({ ...fill(item, values()), files: [] }),
}
