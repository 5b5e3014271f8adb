import type { InboxId, TagId, UserId } from '@contract/ids.ts'
import type { ThreadCondition, ThreadViewSettings, ThreadViewView } from '@contract/organising.ts'
import type { ThreadFilter, ViewKey } from '@contract/threads.ts'
import { inboxOf, ownOf, tagOf } from './view-keys.ts'

const is = (condition: Record<string, unknown> & { on: ThreadCondition['on'] }): ThreadCondition =>
  ({ not: false, ...condition }) as ThreadCondition

function conditionsOf(filter: ThreadFilter, meId: UserId | null): ThreadCondition[] {
  const { unread, hasAttachment, assigneeId, teamId, tagId, priority } = filter
  const all: ThreadCondition[] = []
  if (unread !== undefined) all.push({ ...is({ on: 'unread' }), not: !unread })
  if (hasAttachment !== undefined) all.push({ ...is({ on: 'attachment' }), not: !hasAttachment })
  if (assigneeId !== undefined)
    all.push(
      is({
        on: 'assignee',
        assignee: assigneeId === null ? 'nobody' : assigneeId === meId ? 'me' : assigneeId,
      }),
    )
  if (teamId !== undefined) all.push(is({ on: 'team', team: teamId ?? 'none' }))
  if (tagId !== undefined) all.push(is({ on: 'tag', tagId }))
  if (priority !== undefined) all.push(is({ on: 'priority', priority }))
  return all
}

/**
 * What a list shows now, as the settings of a view. Null where there is no such view: it lists no conversations, or its
 * alternatives cannot be had together with a filter.
 * @param own  the view that somebody made, where `view` is one
 */
export function settingsOf(
  view: ViewKey,
  filter: ThreadFilter,
  meId: UserId | null,
  own: ThreadViewView | null,
): ThreadViewSettings | null {
  const filtered = conditionsOf(filter, meId)
  const from = (
    conditions: readonly ThreadCondition[],
    status: ThreadViewSettings['status'] = 'open',
  ): ThreadViewSettings => ({ status, match: 'all', conditions: [...conditions, ...filtered] })

  const [inboxId, tagId] = [inboxOf(view), tagOf(view)]
  if (inboxId !== null) return from([is({ on: 'inbox', inboxId: inboxId as InboxId })])
  if (tagId !== null) return from([is({ on: 'tag', tagId: tagId as TagId })])
  if (ownOf(view) !== null) {
    if (own === null) return null
    const { match, status, conditions } = own.settings
    if (match === 'all' || conditions.length < 2) return from(conditions, status)
    return filtered.length > 0 ? null : own.settings
  }
  switch (view) {
    case 'unassigned':
      return from([is({ on: 'assignee', assignee: 'nobody' })])
    case 'mine':
      return from([is({ on: 'assignee', assignee: 'me' })])
    case 'following':
      return from([is({ on: 'following' })])
    case 'open':
    case 'snoozed':
    case 'closed':
      return from([], view)
    default:
      return null
  }
}
