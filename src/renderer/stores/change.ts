import type { z } from 'zod'
import type { ChangeEvent, EntityName } from '@contract/events.ts'

export type Change = z.infer<typeof ChangeEvent>
export type Entity = z.infer<typeof EntityName>

/** What an answer is made of: all of an entity (`true`), or those with these ids. */
export type Dependencies = { readonly [E in Entity]?: true | readonly string[] }

/** Every entity of the contract, whose own list would bring zod into what the first screen loads. */
export const ALL: readonly Entity[] = [
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
  'properties',
  'recordViews',
  'activities',
  'drafts',
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
  'blockedSenders',
]

/** Whether `change` touches what `on` names; `ids: null` touches every id. */
export function touches(change: Change, on: Dependencies): boolean {
  return change.changes.some(({ entity, ids }) => {
    const wanted = on[entity]
    if (wanted === undefined) return false
    return wanted === true || ids === null || ids.some((id) => wanted.includes(id))
  })
}

/** Folds several events into one: the newest `rev`, the union of the ids. */
export function fold(events: readonly Change[]): Change {
  const ids = new Map<Entity, Set<string> | null>()
  for (const { changes } of events) {
    for (const change of changes) {
      const known = ids.get(change.entity)
      if (change.ids === null || known === null) ids.set(change.entity, null)
      else ids.set(change.entity, new Set([...(known ?? []), ...change.ids]))
    }
  }
  return {
    rev: events.reduce((newest, { rev }) => Math.max(newest, rev), 0),
    changes: [...ids].map(([entity, set]) => ({ entity, ids: set && [...set] })),
  }
}
