import type { Migration } from './index.ts'

/** What is known of personal mail, and why it was logged or not. */
export const personalMail: Migration = {
  version: 8,
  name: 'personal-mail',
  sql: '',
}
