import { shallowRef } from 'vue'
import type { ThreadViewSettings, ThreadViewView } from '@contract/organising.ts'

/** The view that is being made (`view` null) or changed; null while none is. */
export const viewDialog = shallowRef<{
  view: ThreadViewView | null
  settings: ThreadViewSettings
} | null>(null)

export const newView = (settings: ThreadViewSettings): void =>
  void (viewDialog.value = { view: null, settings })
export const editView = (view: ThreadViewView): void =>
  void (viewDialog.value = { view, settings: view.settings })
