import type { TaskView } from '@contract/activities.ts'

const KEY = 'anteroom.reminders'
const LOCK = 'anteroom-reminders'

/**
 * The reminders that no window on this machine has announced to this person yet; they count as announced from now on. One
 * that was put off to another time is a new one.
 * @param reminders  all that are due now: what is not among them is forgotten
 */
export function takeFresh(userId: string, reminders: readonly TaskView[]): Promise<TaskView[]> {
  // Several windows hear of a reminder at once; only the first may tell it.
  return navigator.locks.request(LOCK, () => {
    const mine = `${userId} `
    const keyOf = ({ id, remindAt }: TaskView) => `${mine}${id} ${remindAt}`
    const known = new Set(read())
    const fresh = reminders.filter((task) => !known.has(keyOf(task)))
    const others = [...known].filter((key) => !key.startsWith(mine))
    localStorage.setItem(KEY, JSON.stringify([...others, ...reminders.map(keyOf)]))
    return fresh
  })
}

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((each) => typeof each === 'string') : []
  } catch {
    // What cannot be read is announced again, which is better than not at all.
    return []
  }
}
