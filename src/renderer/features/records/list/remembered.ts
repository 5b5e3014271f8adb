import { reactive, watch } from 'vue'
import type { RecordType } from '@contract/records.ts'

/** Narrowest and widest that a column can be made, in CSS pixels. */
export const NARROWEST = 72
export const WIDEST = 640

type Remembered = {
  /** Of a column, by "type.key", in CSS pixels. */
  widths: Record<string, number>
  /** Chosen where no saved view says which. */
  columns: Partial<Record<RecordType, string[]>>
}

const KEY = 'anteroom.record-lists'

/** How this person likes the lists of records on this machine; it never leaves it. */
export const remembered = reactive<Remembered>(read())
watch(remembered, (now) => localStorage.setItem(KEY, JSON.stringify(now)))
// Several windows share it: what one of them keeps does not take back what another one did.
window.addEventListener('storage', (event) => {
  if (event.key === KEY) Object.assign(remembered, read())
})

// Another window, an older version or an edited entry: only what has the right shape is taken.
function read(): Remembered {
  const fresh: Remembered = { widths: {}, columns: {} }
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    const { widths = {}, columns = {} } = stored as Partial<Remembered>
    for (const [key, width] of Object.entries(widths))
      if (typeof width === 'number' && width >= NARROWEST && width <= WIDEST) fresh.widths[key] = width
    for (const [type, keys] of Object.entries(columns))
      if (Array.isArray(keys) && keys.every((key) => typeof key === 'string'))
        fresh.columns[type as RecordType] = keys
  } catch {
    return { widths: {}, columns: {} }
  }
  return fresh
}
