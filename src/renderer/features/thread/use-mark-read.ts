import { watch, type Ref } from 'vue'
import type { ThreadView } from '@contract/threads.ts'
import { rpc } from '@/rpc/client.ts'
import { attempt } from '@/stores/report.ts'
import { messagesOf } from './thread-window.ts'
import { useFocused } from './use-focused.ts'

/**
 * Marks a thread read as soon as it is open in a window that has the focus, once for each message: what the
 * user then marks unread stays so.
 */
export function useMarkRead(thread: Ref<ThreadView | undefined>): void {
  const focused = useFocused()
  let of: string | null = null
  let marked = new Set<string>()
  watch(
    [thread, focused],
    ([now, here]) => {
      if (now && of !== now.id) {
        of = now.id
        marked = new Set()
      }
      // Who may only look must not change what the team sees as unread (A2).
      if (!now?.unread || !here || now.refusal !== null) return
      const unseen = messagesOf(now.items)
        .filter((message) => message.direction === 'in' && !message.seen)
        .map((message) => message.id)
      // Unread further up than the window reaches counts as well, once.
      const ids = unseen.length > 0 ? unseen : ['older']
      if (ids.every((id) => marked.has(id))) return
      for (const id of ids) marked.add(id)
      void attempt(() => rpc.threads.markRead({ ids: [now.id], read: true }))
    },
    { immediate: true },
  )
}
