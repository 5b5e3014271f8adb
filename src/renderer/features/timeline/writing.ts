import { shallowRef } from 'vue'
import type { CallView, NoteView, TaskView } from '@contract/activities.ts'
import type { ThreadId } from '@contract/ids.ts'
import type { RecordRef } from '@contract/records.ts'

/** What is being written down, and on which record. */
export type Writing =
  | { kind: 'note'; record: RecordRef; note?: NoteView }
  | { kind: 'call'; record: RecordRef; threadId?: ThreadId; call?: CallView }
  | { kind: 'task'; record: RecordRef | null; task?: TaskView }

export const writing = shallowRef<Writing | null>(null)

const keyOf = ({ type, id }: RecordRef) => `anteroom.note.${type}.${id}`

/** The text of a note that was begun on a record: it outlives the window. */
export const keptNote = (record: RecordRef): string => {
  try {
    return localStorage.getItem(keyOf(record)) ?? ''
  } catch {
    return ''
  }
}

/** False where this browser keeps nothing. */
export function keepNote(record: RecordRef, text: string): boolean {
  try {
    if (text.trim() === '') localStorage.removeItem(keyOf(record))
    else localStorage.setItem(keyOf(record), text)
    return true
  } catch {
    return false
  }
}
