/** What the application can show of a file by itself. */
type Preview = 'picture' | 'pdf' | 'text'

const PICTURES = /^image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon)$/
const TEXTS = /^(?:text\/.*|application\/(?:json|xml|x-yaml|javascript|sql)|message\/rfc822)$/

/** How a file of a type can be shown, or null. Judged by the true type, never by the name. */
export const previewOf = (mimeType: string): Preview | null => {
  if (PICTURES.test(mimeType)) return 'picture'
  if (mimeType === 'application/pdf') return 'pdf'
  return TEXTS.test(mimeType) ? 'text' : null
}

/** The address that saves a file instead of showing it. */
export const downloadUrl = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}download`
