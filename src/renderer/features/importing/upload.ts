import type { ImportView } from '@contract/importing.ts'

/** The engine refused the file (its words), or the connection dropped (no words). */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed'
}

/** The largest file that the engine reads; a larger one need not be sent. */
export const FILE_BYTES = 200 * 1024 * 1024

/**
 * Sends a file by XMLHttpRequest, because fetch tells nothing about the progress of an upload.
 * @param onProgress  gets the share that was sent, 0 to 1
 */
export function sendFile(
  url: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Pick<ImportView, 'id'>> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    signal.addEventListener('abort', stop)
    request.open('POST', url)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onabort = () => reject(new UploadFailed(''))
    request.onerror = () => reject(new UploadFailed(''))
    request.onload = () => {
      signal.removeEventListener('abort', stop)
      if (request.status < 200 || request.status > 299) {
        reject(new UploadFailed(request.responseText.trim().slice(0, 500)))
        return
      }
      try {
        resolve(JSON.parse(request.responseText) as Pick<ImportView, 'id'>)
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    request.send(file)
  })
}
