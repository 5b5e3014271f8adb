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
  return { subject: '', html: '', unfilled: [], files: [{ name, mimeType, content: { hash, size } }] }
}
