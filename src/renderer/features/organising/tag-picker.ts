import { shallowRef } from 'vue'
import type { ThreadId } from '@contract/ids.ts'

/** The conversations whose tags are being chosen; null while nobody does. */
export const tagging = shallowRef<readonly ThreadId[] | null>(null)
