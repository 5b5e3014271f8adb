import { DomainError } from '../../lib/domain-error.ts'
import type { LibraryItemRow } from '../../store/tables/library.ts'
import { cleanMailHtml } from '../clean-html.ts'
import type { Insertion } from './registry.ts'

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

/** Nothing but HTML, which is cleaned here. */
export const insertedHtml = (html: string): Insertion => ({
  subject: '',
  html: cleanMailHtml(html, { remoteImages: false }),
  unfilled: [],
  files: [],
})

/** Its name, as a link to where it lies on the web. */
export const insertedLink = ({ name, url }: Pick<LibraryItemRow, 'name' | 'url'>): Insertion =>
  insertedHtml(`<a href="${escapeHtml(url)}">${escapeHtml(name)}</a>`)

/** What stands in a picture's place until its part of the mail has a name. */
export const INSERTED_CID = 'cid:inserted'

/** @throws DomainError BAD_INPUT where something has no address that it needs */
export function mustHaveAddress(url: string, words: string): void {
  if (url === '') throw new DomainError('BAD_INPUT', words, { field: 'url' })
}

/** Its file, as an attachment. @throws DomainError NOT_FOUND where it is not there any more */
export function insertedFile({ name, mime_type: mimeType, hash, size }: LibraryItemRow): Insertion {
  if (hash === null) throw new DomainError('NOT_FOUND', `The file of "${name}" is not there any more.`)
  const file = { name: fileName(name, mimeType), mimeType, content: { hash, size } }
  return { subject: '', html: '', unfilled: [], files: [file] }
}

const EXTENSIONS: Record<string, string> = {
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
}

/** An entry may be called as one likes; without its ending, its file opens nowhere. */
function fileName(name: string, mimeType: string): string {
  const extension = EXTENSIONS[mimeType]
  return extension === undefined || /\.[a-z0-9]{1,8}$/i.test(name) ? name : `${name}.${extension}`
}
