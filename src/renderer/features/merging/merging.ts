import { shallowRef } from 'vue'
import type { RecordRef, RecordType } from '@contract/records.ts'

export const MERGEABLE = ['contact', 'company'] as const
export type MergeableType = (typeof MERGEABLE)[number]

export const isMergeable = (type: unknown): type is MergeableType => MERGEABLE.includes(type as MergeableType)

/** A merge being decided on. Without `other` it is asked for first; `stay`: the kept record is not opened afterwards. */
export type Merging = { keep: RecordRef; other?: RecordRef; stay?: boolean }

export const merging = shallowRef<Merging | null>(null)

/** The address of the duplicates of a type. */
export const duplicatesPath = (type: RecordType) => ({ path: '/duplicates', query: { type } })
