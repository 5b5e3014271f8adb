import { DomainError } from '../../lib/domain-error.ts'
import { recordIdOf } from '../../store/record-ids.ts'
import { recordOfRow } from '../../store/queries/merging.ts'
import { appendOp } from '../../store/ops.ts'
import type { ReadableDb } from '../../store/statements.ts'
import { collectUndo, mergeBehind, stepsOf, takeBack } from '../../store/undo.ts'
import type { Store, Write } from '../../store/store.ts'
import { mergeFields, takeoverOf } from './fields.ts'
import { MERGEABLE, mustBeRecord, type MergeableType } from './mergeable.ts'

/**
 * Merges one record into another. Nothing moves: the row that goes in says where it lives now, and everything that
 * belongs to it shows there. Taken over values are ordinary edits of the kept record.
 * @param keep, other  any row of either record
 * @param take  keys of the fields whose value comes from the other record
 * @returns what `undo.run` is called with
 * @throws DomainError NOT_FOUND, BAD_INPUT when they are one record already, or a key is none of the merge's
 */
export function mergeRecords(
  store: Store,
  actorId: string,
  type: MergeableType,
  { keep, other, take }: { keep: string; other: string; take: readonly string[] },
): string {
  return store.write(
    (write) => {
      const { db } = write
      const kept = mustBeRecord(db, type, keep)
      const goes = mustBeRecord(db, type, other)
      if (kept === goes) throw new DomainError('BAD_INPUT', 'These two are one record already.')
      const fields = mergeFields(db, type, kept, goes)
      for (const key of take) {
        if (!fields.some((field) => field.key === key))
          throw new DomainError(
            'BAD_INPUT',
            `"${key}" is nothing that this merge can take over. Leave it out.`,
            {
              field: 'take',
            },
          )
      }
      const { columns, values } = takeoverOf(db, type, kept, goes, take)
      const undo = collectUndo(write, store, actorId)
      undo.append({
        entity: type,
        id: goes,
        kind: 'set',
        values: { merged_into: kept, merged_at: write.now },
      })
      if (Object.keys(columns).length > 0)
        undo.append({ entity: type, id: kept, kind: 'set', values: columns })
      for (const { id, propertyId, value } of values) {
        undo.append({
          entity: 'property_value',
          id,
          kind: 'create',
          values: { property_id: propertyId, of_id: kept, value },
        })
      }
      noteChanged(write, type, [kept, goes])
      return undo.id()!
    },
    { durable: true },
  )
}

/**
 * Takes a row out of the record that it was merged into, with all that was merged into the row before. Where the merge was
 * done on this machine, what it took over goes back too, as far as nobody changed it since.
 * @throws DomainError NOT_FOUND, BAD_INPUT when it is not merged
 */
export function unmergeRecord(store: Store, actorId: string, type: MergeableType, id: string): void {
  store.write(
    (write) => {
      const { db } = write
      const table = MERGEABLE[type]
      const survivor = recordOfRow(db, table, id)
      if (!survivor) throw new DomainError('NOT_FOUND', `This ${type} does not exist.`)
      if (survivor.id === id)
        throw new DomainError('BAD_INPUT', `This ${type} is not merged into another one.`)
      const command = mergeBehind(db, type, id)
      if (command !== undefined && isOneMerge(db, type, command)) takeBack(write, store, actorId, command)
      const takeOut = (row: string): void =>
        void appendOp(write, store.hlc, actorId, {
          entity: type,
          id: row,
          kind: 'set',
          values: { merged_into: null, merged_at: null, is_alias: 0 },
        })
      if (recordOfRow(db, table, id)?.id !== id) takeOut(id)
      // Two machines merged each into the other: then the survivor was merged as well, into what is taken out.
      if (survivor.merged_into !== null && recordIdOf(db, table, survivor.id) !== survivor.id)
        takeOut(survivor.id)
      noteChanged(write, type, [survivor.id, id])
    },
    { durable: true },
  )
}

/** Whether a command did this one merge and nothing else: then taking the row out takes all of it back. */
function isOneMerge(db: ReadableDb, type: MergeableType, undoId: string): boolean {
  const steps = stepsOf(db, undoId)
  return (
    steps.filter((step) => step.field === 'merged_into').length === 1 &&
    // What added an address may have changed the contact in other ways too.
    !steps.some((step) => step.field === 'is_alias') &&
    steps.every(({ entity }) => entity === type || entity === 'property_value')
  )
}

/** Whoever shows one of these looks again; contacts show their company's name. */
function noteChanged(write: Write, type: MergeableType, ids: readonly string[]): void {
  for (const id of ids) write.changed(MERGEABLE[type], id)
  if (type === 'company') write.changedAll('contacts')
}
