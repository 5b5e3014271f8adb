import { computed, shallowReactive, type Component } from 'vue'
import type { MessageView } from '@contract/messages.ts'
import type { ThreadView } from '@contract/threads.ts'

/** One thing to do with `T`, under More. */
export type MenuAction<T> = {
  id: string
  /** Lower comes first; a line is drawn where the hundreds change. */
  order: number
  /** An i18n key. */
  label: string
  icon: Component
  /** The command whose keys stand beside it. */
  command?: string
  /** It changes the conversation, so that who may not act there is told why not (A3). */
  changes?: boolean
  /** Left out where this says no. */
  shown?: (of: T) => boolean
  /** Why it cannot be done now, in words; null when it can. */
  refusal?: (of: T) => string | null
  run: (of: T) => void | Promise<void>
}

function registry<T>() {
  const actions = shallowReactive(new Map<string, MenuAction<T>>())
  return {
    register: (...added: readonly MenuAction<T>[]): void => {
      for (const action of added) actions.set(action.id, action)
    },
    all: computed(() => [...actions.values()].sort((a, b) => a.order - b.order)),
  }
}

const onThread = registry<ThreadView>()
const onMessage = registry<MessageView>()

/** Adds something to do with a conversation: under More at its top right. */
export const registerThreadActions = onThread.register
export const threadActions = onThread.all
/** Adds something to do with one message: under More at its top right. */
export const registerMessageActions = onMessage.register
export const messageActions = onMessage.all
