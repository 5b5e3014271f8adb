import { ThreadViewSettings, type ThreadCondition } from '../../../../contract/organising.ts'
import type {
  ListedAs,
  ThreadCondition as Condition,
  ThreadTest,
} from '../../store/queries/thread-conditions.ts'
import type { ThreadQuery } from '../../store/queries/thread-queries.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { tagById } from '../../store/tables/tags.ts'
import type { Access } from '../../team/access.ts'
import { mustReachView } from '../../team/thread-view-actions.ts'
import type { View } from './view.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LISTED: Record<ThreadViewSettings['status'], readonly ListedAs[]> = {
  open: ['open'],
  snoozed: ['snoozed'],
  closed: ['closed'],
  any: ['open', 'snoozed', 'closed'],
}

/** A condition as this user means it at this moment. */
function testOf(db: ReadableDb, access: Access, condition: ThreadCondition, now: number): ThreadTest {
  switch (condition.on) {
    case 'inbox':
      return { on: 'inbox', id: condition.inboxId }
    case 'assignee': {
      const { assignee } = condition
      return {
        on: 'assignee',
        id: assignee === 'me' ? access.user.id : assignee === 'nobody' ? null : assignee,
      }
    }
    case 'team':
      return { on: 'team', id: condition.team === 'none' ? null : condition.team }
    case 'tag':
      return tagById(db, condition.tagId)?.removed_at === null
        ? { on: 'tag', id: condition.tagId }
        : { on: 'nothing' }
    case 'priority':
      return { on: 'priority', value: condition.priority }
    case 'unread':
    case 'attachment':
      return { on: condition.on }
    case 'following':
      return { on: 'follower', id: access.user.id }
    case 'sender':
      return { on: 'sender', address: condition.address.toLowerCase() }
    case 'domain':
      return { on: 'domain', domain: condition.domain.replace(/^@/, '').toLowerCase() }
    case 'words':
      return { on: 'words', words: condition.words.split(/\s+/).filter(Boolean) }
    case 'older':
      return { on: 'before', at: now - condition.days * DAY_MS }
    case 'newer':
      return { on: 'after', at: now - condition.days * DAY_MS }
  }
}

/** What settings of a view ask for, for one user now. */
export function queryOf(
  db: ReadableDb,
  access: Access,
  settings: ThreadViewSettings,
  now: number,
): ThreadQuery {
  const all = settings.conditions.map((condition): Condition => ({
    ...testOf(db, access, condition, now),
    not: condition.not,
  }))
  const branches = settings.match === 'any' && all.length > 0 ? all.map((one) => [one]) : [all]
  return { listedAs: LISTED[settings.status], branches }
}

/** A view that somebody made. */
export const own = (id: string): View => ({
  lists: 'query',
  query(db, access, now) {
    const row = mustReachView(db, access.user.id, id)
    return queryOf(db, access, ThreadViewSettings.parse(JSON.parse(row.settings)), now)
  },
})
