import { computed, onBeforeUnmount, onMounted, ref, type ShallowRef } from 'vue'
import { firstScreenStands } from './first-screen.ts'

/** Rows that exist above and below those in sight, once the first screen stands. */
const SPARE = 6

/**
 * Rows of one height in a box that scrolls, of which only those in sight exist. All sizes are CSS pixels.
 * @param rows.head  the height of what stays above the rows
 */
export function useRows(
  box: Readonly<ShallowRef<HTMLElement | null>>,
  rows: { count: () => number; height: () => number; head?: () => number },
) {
  const scrollTop = ref(0)
  // Until the list is laid out: no more than this. Measuring it at once would lay the page out twice.
  const height = ref(window.innerHeight)
  const head = () => rows.head?.() ?? 0
  const spare = () => (firstScreenStands.value ? SPARE : 0)

  const observer = new ResizeObserver(([entry]) => {
    // Hidden while there are no rows: then it says nothing about the height.
    if (entry && entry.contentRect.height > 0) height.value = entry.contentRect.height
  })
  onMounted(() => {
    if (box.value) observer.observe(box.value)
  })
  onBeforeUnmount(() => observer.disconnect())

  return {
    scrollTop,
    /** The first and the last row that exist, by index. */
    first: computed(() => Math.max(0, Math.floor(scrollTop.value / rows.height()) - spare())),
    last: computed(() =>
      Math.min(rows.count() - 1, Math.ceil((scrollTop.value + height.value) / rows.height()) + spare()),
    ),
    onScroll(): void {
      if (box.value) scrollTop.value = box.value.scrollTop
    },
    /** Brings a row into sight. */
    reveal(index: number): void {
      const element = box.value
      if (index < 0 || !element) return
      const top = index * rows.height()
      if (top < element.scrollTop) element.scrollTop = top
      else
        element.scrollTop = Math.max(element.scrollTop, top + rows.height() + head() - element.clientHeight)
    },
    /** What such a list does for the screen around it. */
    handle: {
      toTop: () => box.value && (box.value.scrollTop = 0),
      focus: () => box.value?.focus({ preventScroll: true }),
      /** How many rows fit. */
      pageSize: () => Math.max(1, Math.floor((height.value - head()) / rows.height()) - 1),
    },
  }
}
