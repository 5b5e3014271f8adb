import { shallowRef } from 'vue'
import type { MessageId, ThreadId } from '@contract/ids.ts'

/** What is asked about, each null while nobody does: the conversations to merge, */
export const merging = shallowRef<readonly ThreadId[] | null>(null)
/** the message to split off, */
export const splitting = shallowRef<MessageId | null>(null)
/** the conversation whose history is shown, */
export const historyOf = shallowRef<ThreadId | null>(null)
/** the one that is taken apart. */
export const takingApart = shallowRef<ThreadId | null>(null)
