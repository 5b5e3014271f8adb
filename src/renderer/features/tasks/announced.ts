import type { TaskView } from '@contract/activities.ts'

const KEY = 'anteroom.reminders'
const LOCK = 'anteroom-reminders'
/** As many are remembered; older ones are long answered. */
const MOST = 500

/**
 * The reminders that no window on this machine has announced to this person yet; they count as announced from now on. One
 * that was put off to another time is a new one.
 */
export async function takeFresh(userId: string, reminders: readonly TaskView[]): Promise<TaskView[]> {
  const keyOf = ({ id, remindAt }: TaskView) => `${userId} ${id} ${remindAt}`
  const take = () => {
    const known = read()
    const fresh = reminders.filter((task) => !known.includes(keyOf(task)))
    if (fresh.length > 0)
      localStorage.setItem(KEY, JSON.stringify([...known, ...fresh.map(keyOf)].slice(-MOST)))
    return fresh
  }
  // Several windows hear of a reminder at once; only the first may tell it. Pages of an insecure origin have no locks.
  return 'locks' in navigator ? await navigator.locks.request(LOCK, take) : take()
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
