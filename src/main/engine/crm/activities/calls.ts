import type { CallOutcome } from '../../../../contract/activities.ts'
import type { RecordType } from '../../../../contract/records.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { appendOp } from '../../store/ops.ts'
import type { Store } from '../../store/store.ts'
import { callById } from '../../store/tables/activities.ts'
import { collectUndo } from '../../store/undo.ts'
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
  return store.write(
    (write) => {
      const id = uuidV7(write.now)
      appendOp(write, store.hlc, actorId, {
        entity: 'call',
        id,
        kind: 'create',
        values: {
          record_type: record.type,
          record_id: record.id,
          author_id: actorId,
          direction: call.direction,
          number: call.number,
          outcome: call.outcome,
          duration: call.duration,
          text: call.text,
          at: call.at ?? write.now,
          thread_id: call.threadId ?? null,
        },
      })
      write.changed('activities', id)
      return id
    },
    { durable: true },
  )
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
      if (Object.keys(values).length === 0) return null
      const undo = collectUndo(write, store, actor.id)
      undo.append({ entity: 'call', id, kind: 'set', values })
      write.changed('activities', id)
      return undo.id()
    },
    { durable: true },
  )
}
