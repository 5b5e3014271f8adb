import { ref } from 'vue'
import type { OutboxId } from '@contract/ids.ts'

/** The outbox item whose panel is open, or null. */
export const openItem = ref<OutboxId | null>(null)
