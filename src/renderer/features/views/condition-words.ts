import type { ThreadCondition } from '@contract/organising.ts'

type On = ThreadCondition['on']

/** What a view can ask for, in the order in which it is offered. */
export const CONDITIONS = [
  'inbox',
  'assignee',
  'team',
  'tag',
  'priority',
  'unread',
  'attachment',
  'following',
  'sender',
  'domain',
  'words',
  'older',
  'newer',
] as const satisfies readonly On[]

/** A condition while it is written: its value as text, whatever it is of. */
export type Draft = { key: number; on: On; not: boolean; value: string }

/** Those that a value belongs to. */
export const hasValue = (on: On): boolean => !['unread', 'attachment', 'following'].includes(on)
/** Those that are written, not chosen. */
export const isWritten = (on: On): boolean => ['sender', 'domain', 'words', 'older', 'newer'].includes(on)
/** Those that are in days. */
export const isDays = (on: On): boolean => on === 'older' || on === 'newer'

/** The key under which the contract has the value. */
const VALUE_KEYS: Partial<Record<On, string>> = {
  inbox: 'inboxId',
  assignee: 'assignee',
  team: 'team',
  tag: 'tagId',
  priority: 'priority',
  sender: 'address',
  domain: 'domain',
  words: 'words',
  older: 'days',
  newer: 'days',
}

export function draftOf(condition: ThreadCondition, key: number): Draft {
  const valueKey = VALUE_KEYS[condition.on]
  const value = valueKey === undefined ? '' : (condition as Record<string, unknown>)[valueKey]
  return { key, on: condition.on, not: condition.not, value: String(value ?? '') }
}

/** Whether the value can be used. */
export function isValid({ on, value }: Draft): boolean {
  if (!hasValue(on)) return true
  if (isDays(on)) return /^[1-9]\d{0,3}$/.test(value.trim())
  return value.trim() !== ''
}

/** The condition of a valid draft. */
export function conditionOf({ on, not, value }: Draft): ThreadCondition {
  const valueKey = VALUE_KEYS[on]
  const typed = isDays(on) ? Number(value) : value.trim()
  return { on, not, ...(valueKey !== undefined && { [valueKey]: typed }) } as ThreadCondition
}
