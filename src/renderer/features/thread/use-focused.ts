import { onBeforeUnmount, ref, type Ref } from 'vue'

/** Whether the window has the focus, so that what is on screen is looked at. */
export function useFocused(): Ref<boolean> {
  const focused = ref(document.hasFocus())
  const update = () => (focused.value = document.hasFocus())
  window.addEventListener('focus', update)
  window.addEventListener('blur', update)
  onBeforeUnmount(() => {
    window.removeEventListener('focus', update)
    window.removeEventListener('blur', update)
  })
  return focused
}
