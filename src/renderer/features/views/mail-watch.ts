import type { ThreadRowView } from '@contract/threads.ts'

/**
 * Recognises new mail among the newest unread conversations: what is newer than anything seen before. The
 * first look only takes its bearings, and so does a first sync, whose newest messages come first. Looks
 * run one after the other; a call during one leads to one more after it.
 */
export function createMailWatch(options: {
  newest: () => Promise<readonly ThreadRowView[]>
  notify: (rows: readonly ThreadRowView[]) => void
}) {
  let seenUntil: number | null = null
  let running = false
  let again = false

  async function look(): Promise<void> {
    again = true
    if (running) return
    running = true
    while (again) {
      again = false
      try {
        const rows = await options.newest()
        const until = seenUntil
        seenUntil = rows.reduce((newest, { at }) => Math.max(newest, at), until ?? 0)
        if (until !== null && until > 0) {
          const fresh = rows.filter(({ at }) => at > until)
          if (fresh.length > 0) options.notify(fresh)
        }
      } catch {
        // No connection, or no user yet: the bar says the first, and there is nothing to tell in the second.
      }
    }
    running = false
  }

  return { look }
}
