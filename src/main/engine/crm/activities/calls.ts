import type { CallOutcome } from '../../../../contract/activities.ts'
import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import type { Store } from '../../store/store.ts'
import { callById } from '../../store/tables/activities.ts'
import { addActivity, setActivity } from './activity.ts'
import { mustBeOwn, type Actor } from './actor.ts'

export type NewCall = {
  direction: 'in' | 'out'
  number: string
  outcome: CallOutcome
  /** Seconds. */
  duration: number
  text: string
  /** ms; now when it is left out. */
  at?: number | undefined
  threadId?: string | undefined
}

/** Writes down a call on a record, durably. @param call.number  as it is to be kept. @returns its id */
export function logCall(
  store: Store,
  actorId: string,
  record: { type: RecordType; id: string },
  call: NewCall,
): string {
  return addActivity(store, 'call', actorId, record, ({ now }) => ({
    direction: call.direction,
    number: call.number,
    outcome: call.outcome,
    duration: call.duration,
    text: call.text,
    at: call.at ?? now,
    thread_id: call.threadId ?? null,
  }))
}

export type CallChanges = {
  outcome?: CallOutcome | undefined
  duration?: number | undefined
  text?: string | undefined
  removed?: boolean | undefined
}

/**
 * Changes what was written down about a call, or takes it away; its author and admins only.
 * @returns what takes that back, or null when nothing changed
 * @throws DomainError NOT_FOUND, NOT_ALLOWED
 */
export function updateCall(store: Store, actor: Actor, id: string, changes: CallChanges): string | null {
  return store.write(
    (write) => {
      const call = callById(write.db, id)
      if (!call || (call.removed_at !== null && changes.removed !== false)) {
        throw new DomainError('NOT_FOUND', 'This call does not exist any more.')
      }
      mustBeOwn(actor, call.author_id, 'call')
      const { removed, ...fields } = changes
      const values: Record<string, string | number | null> = {}
      for (const [field, value] of Object.entries(fields) as [keyof typeof fields, string | number][]) {
        if (value !== undefined && value !== call[field]) values[field] = value
      }
      if (removed !== undefined && removed !== (call.removed_at !== null)) {
        values.removed_at = removed ? write.now : null
      }
      return setActivity(write, store, 'call', actor.id, id, values)
    },
    { durable: true },
  )
}
