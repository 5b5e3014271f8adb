import { latin1 } from './charset.ts'
import { lastOf, parseParameterised, readHeaderBlock } from './fields.ts'
import type { Fields, Parameterised } from './fields.ts'
import { limits } from './limits.ts'

/** A leaf of the MIME tree: where its body lies and what its headers say. */
export type Leaf = {
  type: Parameterised
  disposition: Parameterised | null
  /** Lower case, empty for none. */
  encoding: string
  contentId: string | null
  fields: Fields
  start: number
  end: number
}

export type Structure = {
  fields: Fields
  /** The top-level type. */
  type: Parameterised
  /** Shown in order when the reader shows plain text (RFC 8621 section 4.1.4). */
  textBody: Leaf[]
  /** Shown in order when the reader shows HTML. */
  htmlBody: Leaf[]
  /** Everything that is a file, pictures between texts included. */
  files: Leaf[]
  cutHeaders: boolean
  /** Why parts were left unread, or null (fault 55). */
  partsLimit: string | null
}

type Lists = { textBody: Leaf[] | null; htmlBody: Leaf[] | null }

/**
 * Finds the parts of a message (RFC 2046 section 5.1) without decoding any: `source` is the message with one
 * character a byte. Time is at most its length times the depth limit; recursion ends at the depth limit.
 */
export function readStructure(source: string): Structure {
  const top = readHeaderBlock(source, 0, source.length)
  const type = contentType(top.fields, 'text/plain')
  const result: Structure = {
    fields: top.fields,
    type,
    textBody: [],
    htmlBody: [],
    files: [],
    cutHeaders: top.cut,
    partsLimit: null,
  }
  const walker = new Walker(source, result)
  walker.body(top.fields, type, top.bodyStart, source.length)
  return result
}

class Walker {
  private parts = 0
  private readonly source: string
  private readonly result: Structure

  constructor(source: string, result: Structure) {
    this.source = source
    this.result = result
  }

  body(fields: Fields, type: Parameterised, start: number, end: number): void {
    const { textBody, htmlBody } = this.result
    this.entity(
      fields,
      type,
      start,
      end,
      { index: 0, parent: 'mixed', inAlternative: false, depth: 0 },
      { textBody, htmlBody },
    )
  }

  private entity(
    fields: Fields,
    type: Parameterised,
    start: number,
    end: number,
    place: { index: number; parent: string; inAlternative: boolean; depth: number },
    lists: Lists,
  ): void {
    this.parts++
    if (type.value.startsWith('multipart/')) {
      if (place.depth >= limits.depth) {
        this.result.partsLimit = `depth over ${limits.depth}`
      } else {
        const ranges = this.split(type, start, end)
        if (ranges !== null) {
          this.multipart(type.value.slice(10), ranges, place, lists)
          return
        }
        // A multipart without a single boundary is what it looks like: text.
        type = { value: 'text/plain', params: type.params }
      }
    }
    this.leaf(this.toLeaf(fields, type, start, end), place, lists)
  }

  private multipart(
    subtype: string,
    ranges: [number, number][],
    place: { inAlternative: boolean; depth: number },
    lists: Lists,
  ): void {
    const { textBody, htmlBody } = lists
    const textBefore = textBody?.length ?? -1
    const htmlBefore = htmlBody?.length ?? -1
    const inner: Lists = { textBody, htmlBody }
    const inAlternative = place.inAlternative || subtype === 'alternative'
    for (const [index, [start, end]] of ranges.entries()) {
      if (this.parts >= limits.parts) {
        this.result.partsLimit = `more than ${limits.parts} parts`
        break
      }
      const header = readHeaderBlock(this.source, start, end)
      if (header.cut) this.result.cutHeaders = true
      const type = contentType(header.fields, subtype === 'digest' ? 'message/rfc822' : 'text/plain')
      const inside = { index, parent: subtype, inAlternative, depth: place.depth + 1 }
      this.entity(header.fields, type, header.bodyStart, end, inside, inner)
    }
    // An alternative in one form only is shown in both readings (RFC 8621 section 4.1.4).
    if (subtype === 'alternative' && textBody !== null && htmlBody !== null) {
      if (textBefore === textBody.length && htmlBefore !== htmlBody.length)
        textBody.push(...htmlBody.slice(htmlBefore))
      if (htmlBefore === htmlBody.length && textBefore !== textBody.length)
        htmlBody.push(...textBody.slice(textBefore))
    }
  }

  private leaf(
    leaf: Leaf,
    place: { index: number; parent: string; inAlternative: boolean },
    lists: Lists,
  ): void {
    const type = leaf.type.value
    const isText = type === 'text/plain' || type === 'text/html'
    const named = leaf.disposition?.params.has('filename') === true || leaf.type.params.has('name')
    const shown =
      isText &&
      leaf.disposition?.value !== 'attachment' &&
      // Behind the first part, a text with a name is a file, and so is any text that a related root refers to.
      (place.index === 0 || (place.parent !== 'related' && !named))
    if (!shown) {
      // The AMP form of a newsletter is a third reading of the body, not a file.
      if (type !== 'text/x-amp-html' || place.parent !== 'alternative') this.result.files.push(leaf)
      return
    }
    if (place.parent === 'alternative') {
      if (type === 'text/plain') lists.textBody?.push(leaf)
      else lists.htmlBody?.push(leaf)
      return
    }
    if (place.inAlternative) {
      if (type === 'text/plain') lists.htmlBody = null
      else lists.textBody = null
    }
    lists.textBody?.push(leaf)
    lists.htmlBody?.push(leaf)
  }

  private toLeaf(fields: Fields, type: Parameterised, start: number, end: number): Leaf {
    const disposition = lastOf(fields, 'content-disposition')
    const encoding = (lastOf(fields, 'content-transfer-encoding') ?? '')
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase()
    const contentId = (lastOf(fields, 'content-id') ?? '').trim().replace(/^<|>$/g, '').trim()
    return {
      type,
      disposition: disposition === null ? null : parseParameterised(disposition),
      encoding: /^["']?([a-z0-9-]*)/.exec(encoding)![1]!,
      contentId: contentId === '' ? null : contentId.slice(0, 1_000),
      fields,
      start,
      end,
    }
  }

  /** The ranges between the boundary lines (RFC 2046 section 5.1.1), or null when there is none. */
  private split(type: Parameterised, start: number, end: number): [number, number][] | null {
    // A slice bounds the search, so that a missing end never makes a part read its neighbours again and again.
    const body = this.source.slice(start, end)
    const declared = type.params.get('boundary')
    const found =
      declared === undefined || declared === '' ? null : boundaryRanges(body, `--${declared.trimEnd()}`)
    // A header that lost its boundary: the first line that could be one is taken, if it comes again.
    const guess = found ?? guessBoundary(body)
    return guess?.map(([from, to]) => [start + from, start + to]) ?? null
  }
}

function boundaryRanges(body: string, delimiter: string): [number, number][] | null {
  const ranges: [number, number][] = []
  let open = -1
  let found = false
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && body.charCodeAt(at - 1) !== 10) continue
    let after = at + delimiter.length
    const closing = body.startsWith('--', after)
    if (closing) after += 2
    while (body.charCodeAt(after) === 32 || body.charCodeAt(after) === 9 || body.charCodeAt(after) === 13)
      after++
    if (after < body.length && body.charCodeAt(after) !== 10) continue
    found = true
    if (open !== -1) {
      // The line break before a boundary belongs to it.
      let to = Math.max(open, at - 1)
      if (to > open && body.charCodeAt(to - 1) === 13) to--
      ranges.push([open, to])
      if (ranges.length > limits.parts) return ranges
    }
    open = closing ? -1 : Math.min(after + 1, body.length)
    if (closing) break
  }
  if (open !== -1 && open < body.length) ranges.push([open, body.length])
  return found ? ranges : null
}

function guessBoundary(body: string): [number, number][] | null {
  const line = /(?:^|\n)(--[^\s-][^\r\n]{4,70}?)[ \t]*\r?\n/.exec(body.slice(0, 4_000))
  if (line === null) return null
  const ranges = boundaryRanges(body, line[1]!)
  return ranges !== null && (ranges.length > 1 || body.includes(`${line[1]}--`)) ? ranges : null
}

function contentType(fields: Fields, fallback: string): Parameterised {
  const raw = lastOf(fields, 'content-type')
  if (raw === null) return { value: fallback, params: new Map() }
  const type = parseParameterised(raw)
  if (/^[!-.0-~]+\/[!-.0-~]+$/.test(type.value)) return type
  // "text" alone and the like: RFC 2045 section 5.2 says plain text.
  return { value: type.value === 'html' ? 'text/html' : fallback, params: type.params }
}

/** The message as a string of one character a byte; a message with bare CR line ends gets LF ones. */
export function toSource(raw: Uint8Array): string {
  const source = latin1(raw)
  if (source.includes('\n') || !source.includes('\r')) return source
  return source.replace(/\r/g, '\n')
}
