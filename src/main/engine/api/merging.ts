import type { RecordRef } from '../../../contract/records.ts'
import { dismissDuplicate, findDuplicates } from '../crm/merging/duplicates.ts'
import { mergeFields } from '../crm/merging/fields.ts'
import { mergeRecords, unmergeRecord } from '../crm/merging/merge.ts'
import { MERGEABLE, mustBeRecord, type MergeableType } from '../crm/merging/mergeable.ts'
import { DomainError } from '../lib/domain-error.ts'
import { recordRows, type RecordRowShape } from '../read/records/rows.ts'
import { belongingsOf } from '../store/queries/merging.ts'
import type { ReadableDb } from '../store/statements.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** @throws DomainError BAD_INPUT */
function mustBeMergeable({ type }: RecordRef): MergeableType {
  if (type in MERGEABLE) return type as MergeableType
  throw new DomainError('BAD_INPUT', 'Only contacts and companies can be merged.', { field: 'type' })
}

/** Two of one kind. @throws DomainError BAD_INPUT */
function mustMatch(one: RecordRef, other: RecordRef): MergeableType {
  const type = mustBeMergeable(one)
  if (one.type === other.type) return type
  throw new DomainError('BAD_INPUT', 'Contacts are merged with contacts, and companies with companies.', {
    field: 'type',
  })
}

/** Contacts and companies are the whole workspace's: whoever works in it merges them. */
export const mergingHandlers = ({ store }: ApiDeps) => ({
  mergePreview: os.records.mergePreview.handler(({ input, context }) => {
    mustAccess(context)
    const type = mustMatch(input.keep, input.other)
    const db = store.read
    const keep = mustBeRecord(db, type, input.keep.id)
    const other = mustBeRecord(db, type, input.other.id)
    if (keep === other) throw new DomainError('BAD_INPUT', 'These two are one record already.')
    const [kept, others] = recordRows(db, type, [keep, other]) as [RecordRowShape, RecordRowShape]
    return {
      kept,
      other: others,
      fields: mergeFields(db, type, keep, other),
      brings: belongingsOf(db, MERGEABLE[type], type, other),
    }
  }),
  merge: os.records.merge.handler(({ input, context }) => {
    const { user } = mustAccess(context)
    const type = mustMatch(input.keep, input.other)
    const { keep, other, take } = input
    const undo = mergeRecords(store, user.id, type, { keep: keep.id, other: other.id, take })
    return { rev: store.rev, undo }
  }),
  unmerge: os.records.unmerge.handler(({ input, context }) => {
    const { user } = mustAccess(context)
    unmergeRecord(store, user.id, mustBeMergeable(input), input.id)
    return { rev: store.rev }
  }),
  duplicates: os.records.duplicates.handler(({ input, context }) => {
    mustAccess(context)
    const { type, limit } = input
    return withRows(store.read, type, findDuplicates(store.read, type, limit))
  }),
  dismissDuplicate: os.records.dismissDuplicate.handler(({ input, context }) => {
    const { user } = mustAccess(context)
    const type = mustMatch(input.a, input.b)
    const undo = dismissDuplicate(store, user.id, type, input.a.id, input.b.id)
    return { rev: store.rev, undo }
  }),
})

/** Pairs of records with their rows, all read at once. */
function withRows(
  db: ReadableDb,
  type: MergeableType,
  pairs: readonly { a: string; b: string; reason: string }[],
): { a: RecordRowShape; b: RecordRowShape; reason: string }[] {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const rows = new Map(recordRows(db, type, ids).map((row) => [row.ref.id as string, row]))
  return pairs.flatMap(({ a, b, reason }) => {
    const [first, second] = [rows.get(a), rows.get(b)]
    return first && second ? [{ a: first, b: second, reason }] : []
  })
}
