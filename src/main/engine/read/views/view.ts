import type { ViewKey } from '../../../../contract/threads.ts'
import type { ThreadQuery } from '../../store/queries/thread-queries.ts'
import type { ThreadScope } from '../../store/queries/thread-lists.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Access } from '../../team/access.ts'

/**
 * A view is a value: what it lists, for one user. Threads are described by a scope or, where one does not do, by conditions (at
 * that moment, in ms); the other lists have a query of their own, chosen by `lists`.
 */
export type View =
  | { lists: 'threads'; scope(access: Access): ThreadScope }
  | { lists: 'query'; query(db: ReadableDb, access: Access, now: number): ThreadQuery }
  | { lists: 'sent' }
  | { lists: 'drafts' }
  | { lists: 'mentions' }
  | { lists: 'outbox' }

/** A named view of the registry. */
export type NamedView = View & { key: Exclude<ViewKey, `${'inbox' | 'tag' | 'view'}-${string}`> }
