import { onScopeDispose, ref } from 'vue'

const media = (query: string) => {
  const list = window.matchMedia(query)
  const matches = ref(list.matches)
  const update = () => (matches.value = list.matches)
  list.addEventListener('change', update)
  onScopeDispose(() => list.removeEventListener('change', update))
  return matches
}

/** How much room the frame has: below `narrow` the record and the views fold, below `single` one pane shows. */
export function useWidth() {
  return {
    wide: media('(min-width: 1180px)'),
    narrow: media('(max-width: 900px)'),
    single: media('(max-width: 640px)'),
  }
}
