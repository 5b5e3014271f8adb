import { computed, onBeforeUnmount, shallowReactive } from 'vue'
import type { CommentFileView } from '@contract/comments.ts'
import type { ThreadId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { attempt, wordsFor } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { FILE_BYTES, sendFile, UploadFailed } from './comment-files.ts'

export type RunningUpload = { id: symbol; name: string; share: number; cancel: () => void }

/** The files that wait to go with a comment, and those on their way. */
export function useCommentFiles(threadId: () => ThreadId) {
  const toasts = useToastsStore()
  const waiting = shallowReactive<CommentFileView[]>([])
  const running = shallowReactive(new Map<symbol, RunningUpload>())
  const coming = new Set<Promise<boolean>>()

  /** @returns whether nothing is missing: it came, or was taken away on its way */
  async function send(file: File): Promise<boolean> {
    if (file.size > FILE_BYTES) {
      toasts.show(t('thread.comment.fileTooLarge', { name: file.name }), { tone: 'danger' })
      return false
    }
    const thread = threadId()
    const stop = new AbortController()
    const id = Symbol(file.name)
    const upload: RunningUpload = { id, name: file.name, share: 0, cancel: () => stop.abort() }
    running.set(id, upload)
    try {
      const { url } = await rpc.comments.attachUrl({
        threadId: thread,
        name: file.name || 'file',
        mimeType: file.type || 'application/octet-stream',
      })
      stop.signal.throwIfAborted()
      const done = await sendFile(
        host.fileUrl(url),
        file,
        (share) => running.set(id, { ...upload, share }),
        stop.signal,
      )
      if (thread === threadId()) waiting.push(done)
      return true
    } catch (error) {
      if (stop.signal.aborted) return true
      const why = error instanceof UploadFailed ? error.message : wordsFor(error)
      toasts.show(t('thread.comment.fileFailed', { name: file.name, why }), { tone: 'danger' })
      return false
    } finally {
      running.delete(id)
    }
  }
  onBeforeUnmount(() => running.forEach(({ cancel }) => cancel()))

  return {
    waiting,
    running: computed(() => [...running.values()]),
    add(files: Iterable<File>): void {
      for (const file of files) {
        const one = send(file).finally(() => coming.delete(one))
        coming.add(one)
      }
    },
    /** Waits until no file is on its way any more. @returns whether none of them failed */
    async arrived(): Promise<boolean> {
      let whole = true
      while (coming.size > 0) whole = (await Promise.all(coming)).every(Boolean) && whole
      return whole
    },
    /** Takes what the engine had kept; a file that was sent while it answered stays too. */
    keep(kept: readonly CommentFileView[]): void {
      const here = new Set(waiting.map(({ id }) => id))
      waiting.unshift(...kept.filter(({ id }) => !here.has(id)))
    },
    forget: () => void waiting.splice(0),
    async remove(file: CommentFileView): Promise<void> {
      const done = await attempt(() => rpc.comments.detach({ id: file.id }))
      if (done) waiting.splice(0, waiting.length, ...waiting.filter(({ id }) => id !== file.id))
    },
  }
}
