import { shallowRef } from 'vue'
import type { ThreadId } from '@contract/ids.ts'

/** The conversations that are about to be handed to a team; null while nobody asks. */
export const handingOver = shallowRef<readonly ThreadId[] | null>(null)
