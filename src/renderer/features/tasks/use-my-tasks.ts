import { onScopeDispose, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { rpc } from '@/rpc/client.ts'
import { firstScreenStands } from '@/shell/first-screen.ts'
import { useEngineQuery } from '@/stores/engine-query.ts'
import { useSessionStore } from '@/stores/session.ts'

/** As many as one answer holds. */
export const MOST_TASKS = 200

/** One's own tasks, open or done, and the reminders that are due. */
export function useMyTasks({
  done = false,
  when = true,
}: { done?: boolean; when?: MaybeRefOrGetter<boolean> } = {}) {
  const session = useSessionStore()
  return useEngineQuery({
    key: () => ['my-tasks', session.me?.id ?? '', done ? 'done' : 'open'],
    query: ({ signal }) => rpc.activities.myTasks({ done, limit: MOST_TASKS }, { signal }),
    // A task names its record.
    on: { activities: true, contacts: true, companies: true, deals: true, tickets: true },
    enabled: () => firstScreenStands.value && session.me !== null && toValue(when),
  })
}

/** How often it is looked whether something has become due, in ms. */
const MINUTE = 60_000

/** The time in ms, to the minute. */
export function useNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), MINUTE)
  onScopeDispose(() => clearInterval(timer))
  return now
}
