import type { CommentFileView } from '@contract/comments.ts'

/** The largest file that a comment takes; a larger one need not be sent. */
export const FILE_BYTES = 50 * 1024 * 1024

/** The engine refused the file (its words), or the connection dropped (no words). */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed'
}

/**
 * Sends the bytes of a file by XMLHttpRequest, because fetch tells nothing about the progress of an upload.
 * @param onProgress  gets the share that was sent, 0 to 1
 */
export const sendFile = (
  url: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<CommentFileView> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    const fail = (words: string) => reject(new UploadFailed(words))
    signal.addEventListener('abort', stop)
    request.open('POST', url)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onabort = () => fail('')
    request.onerror = () => fail('')
    request.onload = () => {
      signal.removeEventListener('abort', stop)
      if (request.status === 201) resolve(JSON.parse(request.responseText) as CommentFileView)
      else fail(request.responseText.trim().slice(0, 500))
    }
    request.send(file)
  })
