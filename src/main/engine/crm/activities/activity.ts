import type { RecordType } from '../../../../contract/records.ts'
import { uuidV7 } from '../../lib/uuid.ts'
import { appendOp, type Op } from '../../store/ops.ts'
import type { Store, Write } from '../../store/store.ts'
import { collectUndo } from '../../store/undo.ts'

type Kind = 'note' | 'call' | 'task'
type Values = (Op & { kind: 'set' })['values']

/**
 * Writes an activity down on a record, or on none, durably.
 * @param fields  what is its own, besides who wrote it and where
 * @returns its id
 */
export function addActivity(
  store: Store,
  kind: Kind,
  actorId: string,
  record: { type: RecordType; id: string } | null,
  fields: (write: Write) => Values,
): string {
  return store.write(
    (write) => {
      const id = uuidV7(write.now)
      appendOp(write, store.hlc, actorId, {
        entity: kind,
        id,
        kind: 'create',
        values: {
          record_type: record?.type ?? null,
          record_id: record?.id ?? null,
          author_id: actorId,
          ...fields(write),
        },
      })
      write.changed('activities', id)
      return id
    },
    { durable: true },
  )
}

/** Sets what changes of an activity. @returns what takes that back, or null where nothing changes */
export function setActivity(
  write: Write,
  store: Store,
  kind: Kind,
  actorId: string,
  id: string,
  values: Values,
): string | null {
  if (Object.keys(values).length === 0) return null
  const undo = collectUndo(write, store, actorId)
  undo.append({ entity: kind, id, kind: 'set', values })
  write.changed('activities', id)
  return undo.id()
}
