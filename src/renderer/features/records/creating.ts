import { shallowRef } from 'vue'
import type { PropertyValues, RecordRef, RecordType } from '@contract/records.ts'

export type NewRecord = {
  type: RecordType
  /** What is filled in already. */
  values?: PropertyValues
  associate?: readonly RecordRef[]
  /** Does not go to the page of the new record. */
  stay?: boolean
}

/** The record that is being made in the dialog; null while there is none. */
export const creating = shallowRef<NewRecord | null>(null)
