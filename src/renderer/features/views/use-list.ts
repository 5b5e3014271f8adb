import { computed, ref, watch, type Ref } from 'vue'
import type { ThreadId } from '@contract/ids.ts'
import type { ThreadFilter, ThreadRowView, ViewKey } from '@contract/threads.ts'
import { runCommand } from '@/shell/commands.ts'
import { usePlace } from '@/shell/place.ts'
import { touches } from '@/stores/change.ts'
import { onEngineChange } from '@/stores/changes.ts'
import { LIST_DEPENDS_ON } from '@/stores/queries.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { fetchFrom, type ListSort, type ListSource } from './list-source.ts'
import { ListWindow } from './list-window.ts'
import { holdsThreads } from './view-names.ts'

/** What the list needs of the component that draws it. */
export type ListScreen = { reveal(key: string): void; toTop(): void; focus(): void; pageSize(): number }

/**
 * The state of the list in the middle: its window on the engine, where the keyboard stands, what is chosen.
 * `screen` is the drawn list, once it is there.
 */
export function useList(
  place: { view: () => ViewKey | null; query: () => string | null },
  screen: Ref<ListScreen | null>,
) {
  const selection = useSelectionStore()
  const { threadId, openThread, closeThread } = usePlace()

  const filter = ref<ThreadFilter>({})
  const sort = ref<ListSort>('newest')
  const source = computed<ListSource>(() => {
    const view = place.view()
    return view === null ? { query: place.query() ?? '' } : { view, filter: filter.value, sort: sort.value }
  })
  const multi = computed(() => place.view() === null || holdsThreads(place.view() ?? 'open'))

  const list = new ListWindow(fetchFrom(() => source.value))
  const { rows } = list
  const activeKey = ref<string | null>(null)
  /** Where the last range began. */
  let anchorKey: string | null = null
  /** Those that `closeAnd` closes, for as long as they are shown. */
  const leaving = new Set<ThreadId>()

  watch(place.view, () => {
    filter.value = {}
  })
  watch(
    source,
    (now, before) => {
      const sameSearch = before !== undefined && 'query' in now && 'query' in before
      // While a search is typed, the last rows stay until the next are there.
      list.reset(sameSearch)
      selection.clear()
      activeKey.value = null
      anchorKey = null
      leaving.clear()
      screen.value?.toTop()
    },
    { immediate: true },
  )
  onEngineChange((change) => {
    if (touches(change, LIST_DEPENDS_ON)) list.touch()
  })

  const indexOf = (key: string | null) => (key === null ? -1 : rows.value.findIndex((row) => row.key === key))
  const active = computed(() => rows.value.find(({ key }) => key === activeKey.value) ?? null)
  watch(active, (row) => (selection.active = row?.threadId ?? null))

  // The row under the keyboard went (closed, say): the next one that is still there follows.
  watch(rows, (now, before) => {
    for (const id of leaving) if (!now.some((row) => row.threadId === id)) leaving.delete(id)
    if (activeKey.value === null || now.some(({ key }) => key === activeKey.value)) return
    const left = new Set(now.map(({ key }) => key))
    const index = before.findIndex(({ key }) => key === activeKey.value)
    const next =
      before.slice(index + 1).find(({ key }) => left.has(key)) ??
      before.slice(0, Math.max(index, 0)).findLast(({ key }) => left.has(key))
    activeKey.value = next?.key ?? null
  })
  // Opened from elsewhere (a link, the record): the keyboard goes on from there.
  watch([threadId, rows], ([id]) => {
    if (id === null || active.value?.threadId === id) return
    const row = rows.value.find((each) => each.threadId === id)
    if (row && activeKey.value === null) activeKey.value = row.key
  })

  const openKey = computed(() => {
    if (threadId.value === null) return null
    if (active.value?.threadId === threadId.value) return active.value.key
    return rows.value.find((row) => row.threadId === threadId.value)?.key ?? null
  })
  const chosenKeys = computed<ReadonlySet<string>>(
    () =>
      new Set(
        rows.value.flatMap(({ key, threadId: id }) =>
          id && selection.chosen.has(id) && multi.value ? [key] : [],
        ),
      ),
  )

  function open(row: ThreadRowView): void {
    activeKey.value = row.key
    anchorKey = row.key
    if (row.draftId) void runCommand('composer.openDraft', { draftId: row.draftId, threadId: row.threadId })
    else if (row.outboxId) void runCommand('outbox.open', { outboxId: row.outboxId })
    else if (row.threadId) void openThread(row.threadId)
  }

  function toggle(row: ThreadRowView): void {
    if (!row.threadId || !multi.value) return
    const next = new Set(selection.chosen)
    if (!next.delete(row.threadId)) next.add(row.threadId)
    selection.choose(next)
    activeKey.value = row.key
    anchorKey = row.key
  }

  /** Chooses everything from where the last choice began to `row`. */
  function extendTo(row: ThreadRowView): void {
    if (!multi.value) return
    const from = indexOf(anchorKey ?? activeKey.value ?? row.key)
    const to = indexOf(row.key)
    anchorKey ??= activeKey.value ?? row.key
    activeKey.value = row.key
    const range = rows.value.slice(Math.min(from, to), Math.max(from, to) + 1)
    selection.choose(range.flatMap(({ threadId: id }) => (id ? [id] : [])))
  }

  /** Moves the keyboard by rows; with a conversation open, the reader follows. */
  function move(by: number, extend = false): void {
    const from = indexOf(activeKey.value ?? openKey.value)
    const target = from < 0 ? 0 : Math.max(0, Math.min(rows.value.length - 1, from + by))
    const row = rows.value[target]
    if (!row) return
    if (extend) extendTo(row)
    else {
      activeKey.value = row.key
      anchorKey = null
      if (threadId.value !== null && row.threadId && row.threadId !== threadId.value) {
        void openThread(row.threadId, true)
      }
    }
    screen.value?.reveal(row.key)
  }

  /**
   * Closes what the keyboard stands on and goes on in the list as it was then: to the row below or above, or where there
   * is none that way, the other way. What was only looked at in the list stays so; after the last one the list remains.
   */
  async function closeAnd(by: 1 | -1): Promise<void> {
    const at = indexOf(activeKey.value ?? openKey.value)
    const id = rows.value[at]?.threadId
    if (!id) return
    const wasOpen = threadId.value !== null
    const stays = (row: ThreadRowView) => row.threadId === null || !leaving.has(row.threadId)
    const below = rows.value.slice(at + 1).find(stays)
    const above = rows.value.slice(0, at).findLast(stays)
    const next = by === 1 ? (below ?? above) : (above ?? below)
    leaving.add(id)
    // The keyboard goes on at once: the next key is for the next one, however long the engine takes.
    const closed = runCommand('conversation.close', { ids: [id] })
    if (next) {
      activeKey.value = next.key
      anchorKey = null
      screen.value?.reveal(next.key)
      if (wasOpen && next.threadId) await openThread(next.threadId, true)
    } else if (wasOpen) await closeThread()
    await closed
  }

  /** Puts the keyboard on the open row, or else on the first. */
  function begin(): void {
    activeKey.value = openKey.value ?? rows.value[0]?.key ?? null
  }

  function toEdge(end: 'first' | 'last'): void {
    if (end === 'first' && !list.atStart.value) {
      list.reset()
      activeKey.value = null
      screen.value?.toTop()
    } else move(end === 'first' ? -rows.value.length : rows.value.length)
  }

  return {
    list,
    rows,
    filter,
    sort,
    multi,
    activeKey,
    active,
    openKey,
    chosenKeys,
    open,
    toggle,
    extendTo,
    move,
    begin,
    closeAnd,
    toEdge,
    chooseAll: () => {
      if (multi.value)
        selection.choose(rows.value.flatMap(({ threadId: id }): ThreadId[] => (id ? [id] : [])))
    },
  }
}
