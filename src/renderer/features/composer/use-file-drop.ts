import { onBeforeUnmount, onMounted, ref, type Ref, type ShallowRef } from 'vue'

/**
 * Takes files that are dropped anywhere on a composer, its title and its buttons too. What is dropped into the text
 * itself goes first to the editor, which knows what to do with pictures.
 * @returns whether files are held over it now
 */
export function useFileDrop(
  form: Readonly<ShallowRef<HTMLElement | null>>,
  take: (files: readonly File[]) => void,
): Ref<boolean> {
  const over = ref(false)
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  let root: HTMLElement | null = null

  function onDragover(event: DragEvent): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    over.value = true
  }
  function onDragleave(event: DragEvent): void {
    if (!(event.relatedTarget instanceof Node) || !root?.contains(event.relatedTarget)) over.value = false
  }
  const onEnd = () => (over.value = false)
  function onDrop(event: DragEvent): void {
    if (!hasFiles(event) || event.defaultPrevented) return
    event.preventDefault()
    take([...(event.dataTransfer?.files ?? [])])
  }

  onMounted(() => {
    root = form.value?.closest<HTMLElement>('section') ?? form.value
    root?.addEventListener('dragover', onDragover)
    root?.addEventListener('dragleave', onDragleave)
    // Before the editor, which keeps what is dropped into it to itself.
    root?.addEventListener('drop', onEnd, { capture: true })
    root?.addEventListener('drop', onDrop)
  })
  onBeforeUnmount(() => {
    root?.removeEventListener('dragover', onDragover)
    root?.removeEventListener('dragleave', onDragleave)
    root?.removeEventListener('drop', onEnd, { capture: true })
    root?.removeEventListener('drop', onDrop)
  })
  return over
}
