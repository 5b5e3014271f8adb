import type { LibraryItemId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import { rpc } from '@/rpc/client.ts'

/** The largest file that a mail can carry; a larger one need not be sent. */
export const DOCUMENT_BYTES = 50 * 1024 * 1024

/**
 * Makes a document or a video of a file, at first the user's alone, or gives it to one that is there. Rejects with words
 * for the user.
 */
export async function uploadFile(
  file: File,
  to: { kind: 'document' | 'video'; folder: string; id?: LibraryItemId },
): Promise<LibraryItemId> {
  const { url } = await rpc.library.uploadUrl({
    ...to,
    name: file.name.slice(0, 1000) || 'file',
    mimeType: (file.type || 'application/octet-stream').slice(0, 255),
    audience: 'me',
  })
  const answer = await fetch(host.fileUrl(url), { method: 'POST', body: file })
  if (!answer.ok) throw new Error((await answer.text()).trim())
  return ((await answer.json()) as { id: LibraryItemId }).id
}
