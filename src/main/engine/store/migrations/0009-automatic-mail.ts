import type { Migration } from './index.ts'

/** Automatic mail, forwards and what they are about. */
export const automaticMail: Migration = {
  version: 9,
  name: 'automatic-mail',
  sql: '',
}
