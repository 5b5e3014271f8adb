import { latin1 } from './charset.ts'
import { extensionOf } from './safe-name.ts'

type Signature = { type: string; extension: string; at: number; bytes: number[] }

const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0))
const signature = (type: string, extension: string, bytes: number[] | string, at = 0): Signature => ({
  type,
  extension,
  at,
  bytes: typeof bytes === 'string' ? ascii(bytes) : bytes,
})

/** What the first bytes say. Longer marks before shorter ones that they begin with. */
const signatures: Signature[] = [
  signature('image/png', 'png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  signature('image/jpeg', 'jpg', [0xff, 0xd8, 0xff]),
  signature('image/gif', 'gif', 'GIF87a'),
  signature('image/gif', 'gif', 'GIF89a'),
  signature('image/webp', 'webp', 'WEBP', 8),
  signature('audio/wav', 'wav', 'WAVE', 8),
  signature('image/tiff', 'tiff', [0x49, 0x49, 0x2a, 0x00]),
  signature('image/tiff', 'tiff', [0x4d, 0x4d, 0x00, 0x2a]),
  signature('image/x-icon', 'ico', [0x00, 0x00, 0x01, 0x00]),
  signature('image/avif', 'avif', 'ftypavif', 4),
  signature('image/heic', 'heic', 'ftypheic', 4),
  signature('image/heic', 'heic', 'ftypmif1', 4),
  signature('video/quicktime', 'mov', 'ftypqt', 4),
  signature('video/mp4', 'mp4', 'ftyp', 4),
  signature('application/pdf', 'pdf', '%PDF-'),
  signature('application/postscript', 'ps', '%!PS'),
  signature('application/rtf', 'rtf', '{\\rtf'),
  signature('application/zip', 'zip', [0x50, 0x4b, 0x03, 0x04]),
  signature('application/zip', 'zip', [0x50, 0x4b, 0x05, 0x06]),
  signature('application/gzip', 'gz', [0x1f, 0x8b, 0x08]),
  signature('application/x-bzip2', 'bz2', 'BZh'),
  signature('application/x-xz', 'xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
  signature('application/x-7z-compressed', '7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  signature('application/vnd.rar', 'rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]),
  signature('application/x-ole-storage', 'ole', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  signature('application/x-elf', 'elf', [0x7f, 0x45, 0x4c, 0x46]),
  signature('application/x-mach-binary', 'macho', [0xcf, 0xfa, 0xed, 0xfe]),
  signature('application/x-mach-binary', 'macho', [0xce, 0xfa, 0xed, 0xfe]),
  signature('application/x-ms-shortcut', 'lnk', [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00]),
  signature('application/vnd.ms-tnef', 'dat', [0x78, 0x9f, 0x3e, 0x22]),
  signature('application/vnd.ms-cab-compressed', 'cab', 'MSCF'),
  signature('application/x-shellscript', 'sh', '#!'),
  signature('audio/mpeg', 'mp3', 'ID3'),
  signature('audio/ogg', 'ogg', 'OggS'),
  signature('audio/flac', 'flac', 'fLaC'),
  signature('video/webm', 'webm', [0x1a, 0x45, 0xdf, 0xa3]),
  signature('font/woff2', 'woff2', 'wOF2'),
]

/** Types that lie in a zip or an OLE file, by extension: the container alone does not tell. */
const inZip: Record<string, string> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  docm: 'application/vnd.ms-word.document.macroenabled.12',
  xlsm: 'application/vnd.ms-excel.sheet.macroenabled.12',
  pptm: 'application/vnd.ms-powerpoint.presentation.macroenabled.12',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odp: 'application/vnd.oasis.opendocument.presentation',
  epub: 'application/epub+zip',
  jar: 'application/java-archive',
  apk: 'application/vnd.android.package-archive',
  pages: 'application/vnd.apple.pages',
  numbers: 'application/vnd.apple.numbers',
  key: 'application/vnd.apple.keynote',
  xps: 'application/vnd.ms-xpsdocument',
  kmz: 'application/vnd.google-earth.kmz',
}
const inOle: Record<string, string> = {
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
  msg: 'application/vnd.ms-outlook',
  msi: 'application/x-msi',
  vsd: 'application/vnd.visio',
}
/** For names without a type (`application/octet-stream`), where the bytes are silent. */
const byExtension: Record<string, string> = {
  txt: 'text/plain',
  log: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  ics: 'text/calendar',
  vcf: 'text/vcard',
  json: 'application/json',
  xml: 'application/xml',
  eml: 'message/rfc822',
}
/** The extension that a declared type stands for, where a file came without a name. */
const extensions: Record<string, string> = {
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/vcard': 'vcf',
  'text/csv': 'csv',
  'text/enriched': 'txt',
  'text/rfc822-headers': 'txt',
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'message/delivery-status': 'txt',
  'message/disposition-notification': 'txt',
  'message/feedback-report': 'txt',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/x-pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
  'application/x-pkcs7-mime': 'p7m',
  'application/json': 'json',
  'application/xml': 'xml',
  'image/svg+xml': 'svg',
  'image/bmp': 'bmp',
  'audio/basic': 'au',
  ...Object.fromEntries(Object.entries({ ...inZip, ...inOle }).map(([extension, type]) => [type, extension])),
  ...Object.fromEntries(signatures.map(({ type, extension }) => [type, extension])),
}
/** What may run when it is opened: a name that claims to be something else gets the true extension. */
const dangerous = new Set([
  'application/vnd.microsoft.portable-executable',
  'application/x-elf',
  'application/x-mach-binary',
  'application/x-ms-shortcut',
  'application/x-shellscript',
  'text/html',
])

export type FileType = {
  /** Lower case, no parameters. */
  mimeType: string
  /** To be put behind the name: where it has none, or where it hides something that runs. Else null. */
  extension: string | null
}

/**
 * The true type of a file: what its first bytes say, else what was declared, else what its name says.
 *
 * @param declared lower case, no parameters, may be empty
 * @param name as sent, may be empty
 */
export function sniffType(bytes: Uint8Array, declared: string, name: string): FileType {
  const extension = extensionOf(name)
  const magic = fromBytes(bytes, declared)
  let mimeType =
    magic ??
    (declared === '' || declared === 'application/octet-stream' ? (byExtension[extension] ?? '') : declared)
  if (magic === 'application/zip') mimeType = inContainer(inZip, declared, extension) ?? magic
  else if (magic === 'application/x-ole-storage') mimeType = inContainer(inOle, declared, extension) ?? magic
  if (mimeType === '') mimeType = 'application/octet-stream'
  const proper =
    magic === 'application/vnd.microsoft.portable-executable' ? 'exe' : (extensions[mimeType] ?? null)
  if (extension === '') return { mimeType, extension: proper }
  if (magic !== null && dangerous.has(magic) && !honest(magic, extension))
    return { mimeType, extension: proper }
  return { mimeType, extension: null }
}

function honest(type: string, extension: string): boolean {
  if (type === 'text/html')
    return /^(?:x?html?|xht|mht(?:ml)?|shtml|php|asp|jsp|vue|svelte|hta|txt|eml|xml|md|tmpl|hbs)$/.test(
      extension,
    )
  if (type === 'application/x-shellscript')
    return !/^(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|zip|txt|rtf|csv|mp[34])$/.test(extension)
  if (type === 'application/vnd.microsoft.portable-executable')
    return /^(?:exe|dll|scr|com|sys|cpl|ocx|drv|efi|mui|ax|pyd|node|xll|msstyles)$/.test(extension)
  return !/^(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|webp|zip|txt|rtf|csv|mp[34])$/.test(extension)
}

function inContainer(known: Record<string, string>, declared: string, extension: string): string | null {
  if (Object.values(known).includes(declared)) return declared
  return known[extension] ?? null
}

function fromBytes(bytes: Uint8Array, declared: string): string | null {
  if (bytes.length < 4) return null
  for (const { type, at, bytes: mark } of signatures) {
    let i = 0
    while (i < mark.length && bytes[at + i] === mark[i]) i++
    if (i === mark.length) return type
  }
  // "MZ" alone also begins texts: a program has a second header where the first one points to.
  if (bytes[0] === 0x4d && bytes[1] === 0x5a && bytes.length >= 64)
    return 'application/vnd.microsoft.portable-executable'
  if (bytes[0] === 0x42 && bytes[1] === 0x4d && declared.startsWith('image/')) return 'image/bmp'
  const head = latin1(bytes.subarray(0, 512))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase()
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*(?:<!doctype svg[^>]*>\s*)?<svg[\s>]/.test(head))
    return 'image/svg+xml'
  // Declared as some kind of text it may well be the source of a page; then it is shown as text anyway.
  if (declared.startsWith('text/') || declared === 'application/xhtml+xml') return null
  return /^(?:<!doctype html|<(?:html|head|body|script|iframe)[\s>])/.test(head) ? 'text/html' : null
}
