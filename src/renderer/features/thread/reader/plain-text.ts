import { isAttribution, isForwardMarker, isHeaderBlock, isOriginalMarker } from './quote-words.ts'

/** A part of a plain text: shown, or quoted and folded. Together the parts are the whole text, in order. */
export type TextPart = { quoted: boolean; text: string }

/** A piece of a line: text as it is, or something that can be opened. */
export type TextPiece = { text: string; href: string | null }

const MAX_LINKS = 2_000

/**
 * Splits a plain-text body into what is new and what it quotes (D9). Nothing is left out: the parts joined
 * are the text. A text that is nothing but a quotation, and forwarded mail, stay as they are.
 */
export const splitQuotes = (text: string): TextPart[] => {
  const lines = text.split('\n')
  const quoted = markQuoted(lines)
  const parts: TextPart[] = []
  let start = 0
  for (let index = 1; index <= lines.length; index += 1) {
    if (index < lines.length && quoted[index] === quoted[start]) continue
    const end = index < lines.length ? '\n' : ''
    parts.push({ quoted: quoted[start] ?? false, text: lines.slice(start, index).join('\n') + end })
    start = index
  }
  // Where a reply goes through a quotation point by point, its short pieces are read with it.
  const last = parts.findLastIndex((part) => part.quoted)
  const restEmpty = parts.slice(last + 1).every((part) => part.text.trim() === '')
  const unfolded = parts.map((part, index) => {
    const trailing = restEmpty && index === last
    const long = part.text.length > 800 || part.text.split('\n').length > 12
    return part.quoted && !trailing && !long ? { ...part, quoted: false } : part
  })
  if (unfolded.every((part) => part.quoted || part.text.trim() === '')) return [{ quoted: false, text }]
  return merge(unfolded)
}

const merge = (parts: readonly TextPart[]): TextPart[] => {
  const merged: TextPart[] = []
  for (const part of parts) {
    const before = merged.at(-1)
    if (before && before.quoted === part.quoted) before.text += part.text
    else merged.push({ ...part })
  }
  return merged
}

const markQuoted = (lines: readonly string[]): boolean[] => {
  const quoted = lines.map((line) => line.startsWith('>'))
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (quoted[index]) continue
    if (line.length <= 400 && /^[\s\-_=*]*\S/.test(line) && isForwardMarker(line) && /[-_]{3,}|:$/.test(line))
      break
    const outlookLine =
      /^_{20,}\s*$/.test(line) && isHeaderBlock(lines.slice(index + 1, index + 9).join('\n'))
    if (
      isOriginalMarker(line) ||
      outlookLine ||
      (line.length < 400 && isHeaderBlock(lines.slice(index, index + 8).join('\n')))
    ) {
      quoted.fill(true, index)
      break
    }
    const next = nextFilled(lines, index + 1)
    if (next < lines.length && quoted[next] && line.trim() !== '') {
      // The attribution above a quotation may be wrapped over up to three lines.
      for (let above = 0; above < 3 && index - above >= 0; above += 1) {
        if (isAttribution(lines.slice(index - above, index + 1).join(' '))) {
          quoted.fill(true, index - above, next)
          break
        }
      }
    }
  }
  // Empty lines between quoted ones belong to the quotation.
  for (let index = 0; index < lines.length; index += 1) {
    if (quoted[index] || (lines[index] ?? '').trim() !== '' || !quoted[index - 1]) continue
    const next = nextFilled(lines, index)
    if (next < lines.length && quoted[next]) quoted.fill(true, index, next)
    index = next - 1
  }
  return quoted
}

const nextFilled = (lines: readonly string[], from: number): number => {
  let index = from
  while (index < lines.length && (lines[index] ?? '').trim() === '') index += 1
  return index
}

const LINK =
  /(?:https?:\/\/|mailto:|www\.)[^\s<>"]{1,2000}|[\w.+-]{1,64}@(?:[\p{L}\d-]{1,63}\.){1,8}\p{L}{2,24}/giu

/** Finds what can be opened in a plain text. Linear, at most 2,000 links. */
export const findLinks = (text: string): TextPiece[] => {
  const pieces: TextPiece[] = []
  let done = 0
  let count = 0
  for (const match of text.matchAll(LINK)) {
    if (count >= MAX_LINKS) break
    const shown = trimEnd(match[0])
    if (/^(?:https?:\/\/|mailto:|www\.)$/i.test(shown)) continue
    count += 1
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), href: null })
    const href = /^(?:https?:|mailto:|www\.)/i.test(shown) ? shown : `mailto:${shown}`
    pieces.push({ text: shown, href })
    done = match.index + shown.length
  }
  if (done < text.length) pieces.push({ text: text.slice(done), href: null })
  return pieces
}

/** Punctuation at the end belongs to the sentence, a bracket only when it was not opened inside. */
const trimEnd = (address: string): string => {
  let end = address.length
  while (end > 0) {
    const last = address[end - 1] ?? ''
    if (/[.,;:!?'"*…»“”’]/.test(last)) end -= 1
    else if (last === ')' && unopened(address.slice(0, end), '(', ')')) end -= 1
    else if (last === ']' && unopened(address.slice(0, end), '[', ']')) end -= 1
    else break
  }
  return address.slice(0, end)
}

const unopened = (text: string, opening: string, closing: string): boolean =>
  text.split(closing).length > text.split(opening).length
