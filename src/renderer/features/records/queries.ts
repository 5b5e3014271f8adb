import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import type { PropertyView, RecordRef, RecordType } from '@contract/records.ts'
import { rpc } from '@/rpc/client.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { pageDependencies } from './record-types.ts'

/** The properties of a type, built-in and the company's own. */
export function useProperties(type: MaybeRefOrGetter<RecordType>) {
  const { data, error } = useEngineQuery({
    key: () => ['record-properties', toValue(type)],
    query: ({ signal }) => rpc.records.properties({ type: toValue(type) }, { signal }),
    on: { properties: true },
  })
  const properties = computed<readonly PropertyView[]>(() => data.value ?? [])
  const byKey = computed(() => new Map(properties.value.map((property) => [property.key, property])))
  return { properties, byKey, loaded: computed(() => data.value !== undefined), error }
}

/** The pipelines of deals with their stages. */
export function usePipelines(enabled: MaybeRefOrGetter<boolean> = true) {
  const { data, error } = useEngineQuery({
    key: ['record-pipelines'],
    query: ({ signal }) => rpc.records.pipelines({}, { signal }),
    on: { properties: true },
    enabled,
  })
  return {
    pipelines: computed(() => data.value ?? []),
    loaded: computed(() => data.value !== undefined),
    error,
  }
}

/** A record with everything that its page shows. */
export function useRecord(ref: MaybeRefOrGetter<RecordRef | null>) {
  const wanted = computed(() => toValue(ref))
  return useEngineQuery({
    key: () => ['record', wanted.value?.type ?? '', wanted.value?.id ?? ''],
    query: ({ signal }) => {
      if (wanted.value === null) throw new Error('There is no record to ask for.')
      return rpc.records.get(wanted.value, { signal })
    },
    on: () => (wanted.value ? pageDependencies(wanted.value) : {}),
    enabled: () => wanted.value !== null,
  })
}

/** The saved views of a type: one's own, and those shared with everyone. */
export function useRecordViews(type: RecordType) {
  return useEngineQuery({
    key: ['record-views', type],
    query: ({ signal }) => rpc.recordViews.list({ type }, { signal }),
    on: { recordViews: true },
  })
}
