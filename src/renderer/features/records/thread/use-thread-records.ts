import { computed, type MaybeRefOrGetter, toValue } from 'vue'
import type { ThreadId } from '@contract/ids.ts'
import type { AssociationView, RecordRef } from '@contract/records.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { useThread } from '@/stores/queries.ts'
import { doUndoable, offerUndo } from '@/stores/undoable.ts'

/** The records that a conversation belongs to beside its contact (D4), and how to change them. */
export function useThreadRecords(threadId: MaybeRefOrGetter<string | null>) {
  const id = computed(() => toValue(threadId) as ThreadId | null)
  const known = (): ThreadId => {
    if (id.value === null) throw new Error('There is no conversation to ask for.')
    return id.value
  }
  const { data: thread } = useThread(id)
  const { data: associations } = useEngineQuery({
    key: () => ['thread-records', id.value ?? ''],
    query: ({ signal }) => rpc.records.ofThread({ threadId: known() }, { signal }),
    on: () => ({ threads: [id.value ?? ''], contacts: true, companies: true, deals: true, tickets: true }),
    enabled: () => id.value !== null,
  })
  const change = (ref: RecordRef, on: boolean) => rpc.records.associateThread({ threadId: known(), ref, on })

  return {
    /** Undefined until the engine first answered. */
    associations,
    /** Why they cannot be changed, or null (A3). */
    reason: computed(() => thread.value?.refusal ?? null),
    remove: ({ ref, name }: AssociationView) =>
      doUndoable(
        () => change(ref, false),
        t('records.association.removed', { name: name || t('records.unnamed') }),
      ),
    /** Rejects with what went wrong. */
    async add(picked: { ref: RecordRef; name: string }): Promise<void> {
      offerUndo(await change(picked.ref, true), t('records.association.added', { name: picked.name }))
    },
  }
}
