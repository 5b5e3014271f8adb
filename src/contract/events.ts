import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { base } from './base.ts'

/** What can change, named as `<entity>.changed` on the stream. */
export const EntityName = z.enum([
  'workspace',
  'users',
  'teams',
  'inboxes',
  'channels',
  'threads',
  'tickets',
  'messages',
  'comments',
  'contacts',
  'companies',
  'deals',
  /** A company's own properties, and the pipelines of deals. */
  'properties',
  'recordViews',
  /** Notes, calls and tasks. */
  'activities',
  'drafts',
  /** What is being written in a conversation of an inbox; named by the conversation. */
  'answers',
  'outbox',
  'refusedMail',
  'domains',
  'receiver',
  'imports',
  'logging',
  'library',
  'tags',
  'threadViews',
  /** The senders whose new mail is spam. */
  'blockedSenders',
])
export type EntityName = z.infer<typeof EntityName>

/** One commit. An event names entities and ids, never rows; `ids: null` means "too many to name". */
export const ChangeEvent = z.object({
  rev: z.number().int(),
  changes: z.array(z.object({ entity: EntityName, ids: z.array(z.string()).nullable() })),
})
export type ChangeEvent = z.infer<typeof ChangeEvent>

export const events = {
  /**
   * Commits from now on. A client that was away passes its last `rev`: what it missed comes first,
   * folded into one event (with `ids: null` where the engine no longer knows the ids).
   */
  stream: base.input(z.object({ sinceRev: z.number().int().optional() })).output(eventIterator(ChangeEvent)),
}
