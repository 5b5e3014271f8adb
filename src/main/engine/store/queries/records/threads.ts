import type { ReadableDb } from '../../statements.ts'

/** The ids of conversations that were found to be part of one: what was said about them holds for it. */
export const aliasesOfThread = (db: ReadableDb, threadId: string): string[] =>
  db
    .all<{ alias_id: string }>(
      'SELECT alias_id FROM thread_aliases INDEXED BY thread_aliases_thread WHERE thread_id = ?',
      [threadId],
    )
    .map(({ alias_id }) => alias_id)
