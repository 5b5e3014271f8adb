import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { host } from '@/host/index.ts'
import { rpc } from '@/rpc/client.ts'
import { attempt } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'

/** Logging message files (.eml) that are dropped or picked (G2). */
export function useDroppedMail() {
  const { t } = useI18n()
  const toasts = useToastsStore()
  const dropping = ref(false)
  const busy = ref(false)
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

  async function post(file: File): Promise<true> {
    const { url } = await rpc.logging.dropUrl({})
    const response = await fetch(host.fileUrl(url), {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822' },
      body: file,
    })
    if (!response.ok)
      throw new Error((await response.text()) || t('logging.drop.refused', { name: file.name }))
    return true
  }

  async function take(files: readonly File[]): Promise<void> {
    busy.value = true
    for (const file of files) {
      if (await attempt(() => post(file)))
        toasts.show(t('logging.drop.done', { name: file.name }), { tone: 'success' })
    }
    busy.value = false
  }

  return {
    dropping,
    busy,
    onDragover(event: DragEvent): void {
      if (!hasFiles(event)) return
      event.preventDefault()
      dropping.value = true
    },
    onDragleave(event: DragEvent): void {
      const to = event.relatedTarget
      if (!(to instanceof Node) || !(event.currentTarget as HTMLElement).contains(to)) dropping.value = false
    },
    onDrop(event: DragEvent): void {
      dropping.value = false
      if (!hasFiles(event)) return
      event.preventDefault()
      void take([...(event.dataTransfer?.files ?? [])])
    },
    /** The same by keyboard. */
    pick(): void {
      const input = document.createElement('input')
      input.type = 'file'
      input.accept = '.eml,message/rfc822'
      input.multiple = true
      input.onchange = () => void take([...(input.files ?? [])])
      input.click()
    },
  }
}
