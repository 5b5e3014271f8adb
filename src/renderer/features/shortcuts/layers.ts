import { ref } from 'vue'

/** Which of the two is open. */
export const openLayer = ref<'palette' | 'shortcuts' | null>(null)
