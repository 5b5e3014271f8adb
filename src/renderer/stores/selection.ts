import { computed, ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { ThreadId } from '@contract/ids.ts'

/** Which conversations the next command is about, shared by the list, the reader and the commands. */
export const useSelectionStore = defineStore('selection', () => {
  /** Ticked in the list. */
  const chosen = shallowRef<ReadonlySet<ThreadId>>(new Set())
  /** The row that the keyboard stands on. */
  const active = ref<ThreadId | null>(null)
  /** Shown in the reader. */
  const open = ref<ThreadId | null>(null)

  const targets = computed<ThreadId[]>(() => {
    if (chosen.value.size > 0) return [...chosen.value]
    const one = open.value ?? active.value
    return one ? [one] : []
  })

  return {
    chosen,
    active,
    open,
    /** The ticked ones, or else the open one, or else the one under the keyboard. */
    targets,
    choose: (ids: Iterable<ThreadId>) => (chosen.value = new Set(ids)),
    clear: () => {
      if (chosen.value.size > 0) chosen.value = new Set()
    },
    /** Something was done with these: what was chosen meanwhile stays chosen. */
    letGo: (ids: readonly ThreadId[]) => {
      const done = new Set(ids)
      const left = [...chosen.value].filter((id) => !done.has(id))
      if (left.length < chosen.value.size) chosen.value = new Set(left)
    },
  }
})
