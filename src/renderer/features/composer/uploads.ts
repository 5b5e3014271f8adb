import type { DraftAttachmentView } from '@contract/composing.ts'

/** A file on its way to the engine. */
export type Upload = {
  id: string
  name: string
  size: number
  mimeType: string
  inline: boolean
  file: File
  /** Bytes that are there. */
  sent: number
  state: 'running' | 'failed'
  error: string
  cancel(): void
}

/** Sends a file's bytes; `onProgress` gets the bytes sent so far. Rejects with words for the user. */
export type SendFile = (
  url: string,
  file: File,
  options: { onProgress: (sent: number) => void; signal: AbortSignal },
) => Promise<DraftAttachmentView>

/** The upload was given up by the user; not a failure. */
export class UploadCancelled extends Error {
  override readonly name = 'UploadCancelled'
}

/** The engine refused the bytes (its words), or the connection dropped (no words). */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed'
}

/** By XMLHttpRequest, because fetch tells nothing about the progress of an upload. */
export const sendFile: SendFile = (url, file, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal.addEventListener('abort', stop)
    request.open('POST', url)
    request.setRequestHeader('content-type', file.type || 'application/octet-stream')
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.onabort = () => reject(new UploadCancelled())
    request.onerror = () => reject(new UploadFailed(''))
    request.onload = () => {
      signal.removeEventListener('abort', stop)
      if (request.status < 200 || request.status > 299) {
        reject(new UploadFailed(messageOf(request.responseText)))
        return
      }
      // The schema, and zod with it, is fetched only here: the first screen must not wait for it.
      import('@contract/composing.ts')
        .then(({ DraftAttachmentView: schema }) => resolve(schema.parse(JSON.parse(request.responseText))))
        .catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))))
    }
    request.send(file)
  })

/** What the engine says about a refused upload: its `message`, or its plain text. */
function messageOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message)
  } catch {
    // Plain text: shown as it is.
  }
  return body.slice(0, 300)
}
