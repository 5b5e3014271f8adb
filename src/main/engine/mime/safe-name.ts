import { toUSVString } from 'node:util'

/** Bytes of UTF-8 that a name may have: below the 255 of every common file system, with room for " (2)". */
const longest = 200
const longestExtension = 24

/** Names that Windows gives to devices, with or without an extension. */
const reserved =
  /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$|clock\$)(?=\.|$)/i

/**
 * Makes a file name from a mail safe to write to any disk and honest to look at (fault 62): one path component, no
 * control or invisible character, no override of the writing direction, no reserved name, at most 200 bytes, the
 * true extension at the end.
 *
 * @param name as sent, may be anything
 * @param extension the extension that the bytes call for, without a dot; put last where the name ends otherwise
 * @returns never empty
 */
export function safeFileName(name: string, extension: string | null = null): string {
  let value = toUSVString(name.slice(0, 4_000))
    .normalize('NFC')
    // Invisible: controls, soft hyphens, zero-width and direction marks, variation and tag characters, fillers.

    .replace(/[\x00-\x1f\x7f-\x9f]/g, '')
    .replace(
      /[\p{Cf}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffc\ufffd\u2028\u2029]|[\ufe00-\ufe0e]/gu,
      '',
    )
    .replace(/\s+/g, ' ')
    .trim()
  value = lastComponent(value)
    // Separators and what Windows forbids, their full-width twins too.
    .replace(/[/\\:*?"<>|\u2044\u2215\u29f8\uff0f\uff3c\uff1a\u2236]/g, '_')
    .replace(/^[\s.]+/, '')
    .replace(/[\s.]+$/, '')
  if (extension !== null && extensionOf(value) !== extension)
    value = `${value === '' ? 'attachment' : value}.${extension}`
  if (value === '' || /^[_.\s]*$/.test(value)) value = 'attachment'
  if (reserved.test(value)) value = `_${value}`
  return shorten(value)
}

/** The extension in lower case without its dot, empty where there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase()
}

/** Paths lose their folders; a slash inside a title ("Invoice 10/12.pdf") stays, as an underscore. */
function lastComponent(value: string): string {
  const path = /^(?:[a-z]:)?[/\\]|(?:^|[/\\])\.\.?(?:[/\\]|$)|^~[/\\]|^[a-z]:|\\[^\\]+\\/i.test(value)
  return path
    ? value.slice(Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\'), value.lastIndexOf(':')) + 1)
    : value
}

function shorten(value: string): string {
  if (Buffer.byteLength(value) <= longest) return value
  const dot = value.lastIndexOf('.')
  const extension = dot > 0 && value.length - dot <= longestExtension ? value.slice(dot) : ''
  const room = longest - Buffer.byteLength(extension)
  let base = ''
  let bytes = 0
  for (const char of extension === '' ? value : value.slice(0, dot)) {
    bytes += Buffer.byteLength(char)
    if (bytes > room) break
    base += char
  }
  base = base.replace(/[\s.]+$/, '')
  return (base === '' ? 'attachment' : base) + extension
}
