import { createStore, update } from 'idb-keyval'
import type { TaskView } from '@contract/activities.ts'

const store = createStore('anteroom-reminders', 'announced')
const KEY = 'announced'
/** As many are remembered; older ones are long answered. */
const MOST = 500

/** What this window has told already, for where the browser keeps nothing for us. */
const told = new Set<string>()

/**
 * The reminders that no window on this machine has announced to this person yet; they count as announced from now on. One
 * that was put off to another time is a new one.
 *
 * Several windows hear of a reminder at once, and only the first may tell it. Transactions of IndexedDB that write come one
 * after the other over all windows (Indexed Database API 3.0, section 2.7.1); what one window writes to localStorage
 * reaches the others some time later, whatever lock they hold.
 */
export async function takeFresh(userId: string, reminders: readonly TaskView[]): Promise<TaskView[]> {
  const keyOf = ({ id, remindAt }: TaskView) => `${userId} ${id} ${remindAt}`
  let fresh = reminders.filter((task) => !told.has(keyOf(task)))
  if (fresh.length === 0) return []
  try {
    await update<unknown>(
      KEY,
      (stored) => {
        const known = Array.isArray(stored) ? stored.map(String) : []
        fresh = fresh.filter((task) => !known.includes(keyOf(task)))
        return [...known, ...fresh.map(keyOf)].slice(-MOST)
      },
      store,
    )
  } catch {
    // Without storage each window tells it, once: better than not at all.
  }
  for (const task of reminders) told.add(keyOf(task))
  return fresh
}
