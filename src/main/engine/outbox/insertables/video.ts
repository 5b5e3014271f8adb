import { DomainError } from '../../lib/domain-error.ts'
import {
  escapeHtml,
  INSERTED_CID,
  insertedFile,
  insertedHtml,
  insertedLink,
  mustHaveAddress,
} from './link.ts'
import type { Insertable, Insertion } from './registry.ts'
import type { LibraryItemRow } from '../../store/tables/library.ts'

/** What mail programs show as a picture. */
const PICTURE = /^image\/(?:png|jpeg|gif|webp)$/

/** A film: its file, or a picture of it that leads to where it is shown. */
export const video: Insertable = {
  kind: 'video',
  ways({ hash, mime_type: mimeType, url }) {
    const isPicture = hash !== null && PICTURE.test(mimeType)
    return [
      ...(isPicture && url !== '' ? (['picture'] as const) : []),
      ...(hash !== null && !isPicture ? (['attachment'] as const) : []),
      ...(url === '' ? [] : (['link'] as const)),
    ]
  },
  check({ mimeType, url }) {
    if (mimeType === null) mustHaveAddress(url, 'Say where the video is shown, or choose its file.')
    else if (PICTURE.test(mimeType))
      mustHaveAddress(url, 'A picture leads to a video: say where that is shown.')
    else if (!mimeType.startsWith('video/'))
      throw new DomainError('BAD_INPUT', 'Choose a video, or a PNG, JPEG, GIF or WebP picture of it.', {
        field: 'file',
      })
  },
  insert: (item, { way }) =>
    way === 'picture' ? insertedPicture(item) : way === 'link' ? insertedLink(item) : insertedFile(item),
}

function insertedPicture(item: LibraryItemRow): Insertion {
  const { files } = insertedFile(item)
  const alt = escapeHtml(item.name)
  const picture = `<a href="${escapeHtml(item.url)}"><img src="${INSERTED_CID}" alt="${alt}" width="320"></a>`
  return { ...insertedHtml(`<p>${picture}</p>`), files: files.map((file) => ({ ...file, inline: true })) }
}
