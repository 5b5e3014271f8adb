import { computed, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import type { z } from 'zod'
import type { EmptyReason } from '@contract/common.ts'
import type { ListSettings, RecordRowView, RecordType, RecordViewView } from '@contract/records.ts'
import { rpc } from '@/rpc/client.ts'
import { touches } from '@/stores/change.ts'
import { onEngineChange } from '@/stores/changes.ts'
import { attempt } from '@/stores/report.ts'
import { useProperties, useRecordViews } from '../queries.ts'
import { FIRST_COLUMNS, listDependencies } from '../record-types.ts'
import { queryOf, sameSettings, settingsOf } from './list-address.ts'
import { RecordWindow } from './record-window.ts'
import { remembered } from './remembered.ts'

export type ListExtra = {
  count: number
  capped: boolean
  emptyReason: z.infer<typeof EmptyReason> | null
}

/** As many as one call for everything that is chosen can hold. */
const MOST_CHOSEN = 100_000
/** Rows of one call while everything is being chosen. */
const MOST_ROWS = 200

/** The address that each list was last left with, so that the way back leads there. */
const lastQueries = new Map<RecordType, LocationQuery>()
export const lastQueryOf = (type: RecordType): LocationQuery => lastQueries.get(type) ?? {}

/**
 * The state of a list of records: what it shows (kept in the address), its window on the engine, where the keyboard
 * stands and what is chosen. `shown` is false while a record's page covers it.
 */
export function useRecordList(type: RecordType, shown: () => boolean) {
  const route = useRoute()
  const router = useRouter()
  const { properties, byKey, loaded: propertiesLoaded } = useProperties(type)
  const { data: views } = useRecordViews(type)

  const query = shallowRef<LocationQuery>({})
  watch(
    () => [shown(), route.query] as const,
    ([here, now]) => {
      if (!here) return
      query.value = now
      lastQueries.set(type, now)
    },
    { immediate: true },
  )

  const view = computed<RecordViewView | null>(
    () => views.value?.find(({ id }) => id === query.value['view']) ?? null,
  )
  /** Its id, also while it is not known which views there are. */
  const shownView = computed(() => (views.value ? view.value?.id : query.value['view']))
  /** A view that is no longer there shows as everything. */
  const base = computed<ListSettings>(() => {
    if (view.value) return view.value.settings
    const chosen = remembered.columns[type]?.filter((key) => byKey.value.has(key))
    const first = FIRST_COLUMNS[type].filter((key) => byKey.value.has(key))
    return {
      columns: chosen?.length ? chosen : first,
      filters: [],
      sort: firstSort.value,
    }
  })
  const firstSort = computed(() => {
    const key = ['name', 'subject'].find((each) => byKey.value.get(each)?.sortable)
    return { key: key ?? 'name', descending: false }
  })
  const settings = computed<ListSettings>(() => settingsOf(query.value, base.value))
  const words = computed(() => (typeof query.value['q'] === 'string' ? query.value['q'] : ''))
  const changed = computed(() => !sameSettings(settings.value, base.value))

  const addressOf = (next: { settings: ListSettings; words: string }) => ({
    ...(shownView.value && { view: shownView.value }),
    ...queryOf(next.settings, base.value),
    ...(next.words !== '' && { q: next.words }),
  })
  function set(part: Partial<ListSettings>): void {
    const next = { ...settings.value, ...part }
    if (part.columns && !view.value) remembered.columns[type] = [...part.columns]
    void router.replace({ query: addressOf({ settings: next, words: words.value }) })
  }

  const list = new RecordWindow<RecordRowView, ListExtra>(async (cursor, limit) => {
    const { rows, nextCursor, count, capped, emptyReason } = await rpc.records.list({
      type,
      settings: settings.value,
      query: words.value,
      cursor,
      limit,
    })
    return { rows, nextCursor, extra: { count, capped, emptyReason } }
  })

  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  const active = ref(0)
  /** Where the last range began, by id: rows move. */
  let anchor: string | null = null

  // The engine is asked once it is known which columns there are, and only when the answer would be another one.
  const asked = computed(() =>
    propertiesLoaded.value && views.value !== undefined
      ? JSON.stringify([settings.value.filters, settings.value.sort, settings.value.columns, words.value])
      : null,
  )
  let startedWith = ''
  watch(
    asked,
    (now) => {
      if (now === null) return
      // While somebody types into the search, the last rows stay until the next are there.
      const typing = startedWith === JSON.stringify(settings.value)
      startedWith = JSON.stringify(settings.value)
      list.reset(typing)
      chosen.value = new Set()
      active.value = 0
      anchor = null
    },
    { immediate: true },
  )
  onEngineChange((change) => {
    if (startedWith !== '' && touches(change, listDependencies(type))) list.touch()
  })

  const activeRow = computed(() => list.at(active.value))

  function toggle(index: number): void {
    const row = list.at(index)
    if (!row) return
    const next = new Set(chosen.value)
    if (!next.delete(row.ref.id)) next.add(row.ref.id)
    chosen.value = next
    active.value = index
    anchor = row.ref.id
  }

  /** Chooses everything from where the last choice began to `index`. */
  function extendTo(index: number): void {
    anchor ??= activeRow.value?.ref.id ?? null
    const from = anchor === null ? -1 : list.indexOf(anchor)
    if (from < 0) return toggle(index)
    const rows = list.slice(Math.min(from, index), Math.max(from, index))
    chosen.value = new Set(rows.flatMap((row) => (row ? [row.ref.id] : [])))
    active.value = index
  }

  /** How many were found so far while everything is being chosen; null otherwise. */
  const choosing = ref<number | null>(null)
  /** Chooses every record of the list, also those that were never on screen. */
  async function chooseAll(): Promise<void> {
    if (choosing.value !== null) return
    choosing.value = 0
    const wanted = asked.value
    const before = chosen.value
    const found = new Set<string>()
    let cursor: string | undefined
    do {
      const from = cursor
      const page = await attempt(() =>
        rpc.records.list({
          type,
          settings: settings.value,
          query: words.value,
          cursor: from,
          limit: MOST_ROWS,
        }),
      )
      // Or something else was chosen meanwhile, or nothing any more.
      if (!page || asked.value !== wanted || chosen.value !== before) {
        choosing.value = null
        return
      }
      page.rows.forEach(({ ref: { id } }) => found.add(id))
      choosing.value = found.size
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined && found.size < MOST_CHOSEN)
    choosing.value = null
    chosen.value = found
    anchor = null
  }

  return {
    list,
    properties,
    byKey,
    views: computed(() => views.value ?? []),
    view,
    base,
    settings,
    /** What is searched for. */
    words,
    /** Whether it shows something else than its saved view, or than everything. */
    changed,
    set,
    search: (text: string) =>
      void router.replace({ query: addressOf({ settings: settings.value, words: text }) }),
    openView: (id: string | null) => void router.push({ query: id === null ? {} : { view: id } }),
    chosen,
    choosing,
    active,
    activeRow,
    toggle,
    extendTo,
    chooseAll,
    choose: (ids: Iterable<string>) => (chosen.value = new Set(ids)),
    clear: () => {
      chosen.value = new Set()
      anchor = null
    },
    /** Moves the keyboard to a row. */
    moveTo(index: number, extend: boolean): void {
      const to = Math.max(0, Math.min(list.length.value - 1, index))
      if (extend) extendTo(to)
      else {
        active.value = to
        anchor = null
      }
    },
  }
}
