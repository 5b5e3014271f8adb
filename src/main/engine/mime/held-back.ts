import type { ParsedAttachment } from './types.ts'

/**
 * Attachments that a provider's scanner still holds back: what came in their place says so (E2). Of the forms below only
 * Microsoft's is published (Safe Attachments with Dynamic Delivery puts a message named "ATP Scan In Progress", later
 * "Safe Attachments Scan In Progress", in the place of the files); the gateways' are known by their words.
 */

/** A placeholder is a note, not a file. */
const MAX_PLACEHOLDER_BYTES = 256 * 1024
/** Characters of a note that are read. */
const READ = 8 * 1024

const NAMES: readonly { scanner: string; name: RegExp }[] = [
  {
    scanner: 'Microsoft Defender',
    name: /^(?:atp|safe attachments?) scan in progress(?:\.(?:eml|msg|html?|txt))?$/i,
  },
  { scanner: 'Mimecast', name: /^mimecast attachment protection instructions(?:\.(?:html?|txt|pdf))?$/i },
]

const TEXT = /^(?:text\/(?:plain|html)|message\/rfc822)$/
const SCANNERS: readonly { scanner: string; words: RegExp }[] = [
  {
    scanner: 'Microsoft Defender',
    words: /\b(?:microsoft defender|safe attachments|advanced threat protection)\b/i,
  },
  { scanner: 'Proofpoint', words: /\bproofpoint\b/i },
  { scanner: 'Mimecast', words: /\bmimecast\b/i },
  { scanner: 'Barracuda', words: /\bbarracuda\b/i },
]
/** It will come: not what was found to be dangerous and removed for good. */
const STILL =
  /\b(?:is|are) (?:still |currently |now )?being (?:scanned|analy[sz]ed|checked|inspected)\b|\bscan(?:ning)? (?:is )?(?:still )?in progress\b|\bheld (?:back )?(?:while|until)\b/i
const FOR_GOOD = /\b(?:was|were|has been|have been) (?:removed|deleted|blocked|stripped)\b/i

/**
 * The scanner whose placeholder an attachment is, or null for a file.
 * @param attachment as parsed; its bytes are read only where they are few and text
 */
export function heldBackBy({
  name,
  mimeType,
  size,
  content,
}: Pick<ParsedAttachment, 'name' | 'mimeType' | 'size' | 'content'>): string | null {
  if (size > MAX_PLACEHOLDER_BYTES) return null
  const named = NAMES.find((form) => form.name.test(name.trim()))
  if (named) return named.scanner
  if (!content || !TEXT.test(mimeType)) return null
  const text = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, READ)).toString(
    'utf8',
  )
  const words = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  if (!STILL.test(words) || FOR_GOOD.test(words)) return null
  return SCANNERS.find((form) => form.words.test(`${name} ${words}`))?.scanner ?? null
}
