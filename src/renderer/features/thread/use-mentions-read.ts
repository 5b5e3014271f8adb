import { computed, watch, type Ref } from 'vue'
import type { ThreadItemView, ThreadView } from '@contract/threads.ts'
import { rpc } from '@/rpc/client.ts'
import { attempt } from '@/stores/report.ts'
import { useFocused } from './use-focused.ts'

/** Tells the engine that the user has seen what mentions them, as soon as it is open in a window that has the focus. */
export function useMentionsRead(
  thread: Ref<ThreadView | undefined>,
  items: Ref<readonly ThreadItemView[]>,
): void {
  const focused = useFocused()
  const told = new Set<string>()
  const unread = computed(() =>
    items.value.flatMap((item) => (item.type === 'comment' && item.comment.unread ? [item.comment.id] : [])),
  )
  watch(
    [unread, focused],
    ([ids, here]) => {
      const now = thread.value
      if (!now || !here || ids.every((id) => told.has(id))) return
      for (const id of ids) told.add(id)
      void attempt(() => rpc.comments.markRead({ threadId: now.id }))
    },
    { immediate: true },
  )
}
