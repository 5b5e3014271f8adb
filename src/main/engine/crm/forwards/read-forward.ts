import type { Mailbox } from '../../../../contract/common.ts'
import type { ForwardView } from '../../../../contract/messages.ts'
import { addressInName, lookalikeDomain } from '../../mime/lookalike.ts'
import { baseSubject, isForwardSubject } from '../../threading/subject.ts'
import { findBlock, type Block } from './header-block.ts'
import { mailboxIn } from './mailbox.ts'
import { secondReading } from './second-reading.ts'

export type ForwardReading = {
  /** Who wrote what was forwarded; the address may be empty. Null where the text does not say. */
  found: Mailbox | null
  confidence: ForwardView['confidence']
}

const NOTHING: ForwardReading = { found: null, confidence: 'none' }

/**
 * Who wrote a forwarded message (F1), as its plain text says: the sender named by the first lines of header in it, never
 * anybody who is named deeper. Pure, and linear in the length of the text.
 * @returns null where the subject marks no forward
 */
export function readForward({ subject, text }: { subject: string; text: string }): ForwardReading | null {
  if (!isForwardSubject(subject)) return null
  const found = findBlock(text)
  switch (found.kind) {
    case 'block':
      return ofBlock(found.block, found.lines, subject)
    case 'introduction':
      return ofIntroduction(found.text, found.announced)
    case 'nothing': {
      const address = found.lines.length === 0 ? null : secondReading(found.lines, subject)
      return address ? { found: { name: '', address }, confidence: 'doubtful' } : NOTHING
    }
  }
}

function ofBlock(block: Block, lines: readonly string[], subject: string): ForwardReading {
  // In Finnish VS marks an answer, and in Danish and Norwegian a forward: the words of the block tell which.
  if (/^\s*vs\s*:/i.test(subject) && block.announced !== 'forward' && block.fromWord !== 'fra') return NOTHING
  const { fields } = block
  const mailbox = mailboxIn(fields.get('from') ?? '')
  if (!mailbox) return NOTHING
  const found = { name: mailbox.name, address: mailbox.address }
  const second = secondReading(lines, subject)
  const suspicious =
    mailbox.address === '' ||
    mailbox.several ||
    addressInName(mailbox.name, mailbox.address) !== null ||
    lookalikeDomain(mailbox.address.slice(mailbox.address.lastIndexOf('@') + 1)) !== null ||
    (second !== null && second !== mailbox.address)
  if (suspicious || block.inQuotation) return { found, confidence: 'doubtful' }
  const named = fields.get('subject')
  const agrees = named === undefined || sameSubject(named, subject)
  if (!agrees) return { found, confidence: block.announced === 'forward' ? 'partial' : 'doubtful' }
  const complete =
    fields.has('date') && named !== undefined && (fields.has('to') || block.announced === 'forward')
  return { found, confidence: complete ? 'complete' : 'partial' }
}

/** A subject that somebody shortened or added to still is the same one. */
function sameSubject(one: string, other: string): boolean {
  const [a, b] = [one, other].map((subject) => baseSubject(subject.replace(/[*_]/g, '')).toLowerCase()) as [
    string,
    string,
  ]
  if (a === b || b === '') return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.length >= 4 && long.includes(short)
}

/** The line that introduces a quotation names one person. Only below a forward's own rule that is surely its author. */
function ofIntroduction(text: string, announced: boolean): ForwardReading {
  const addresses = [
    ...new Set(
      [...text.matchAll(/[^\s<>()[\]"',;:]{1,100}@[^\s<>()[\]"',;:]{1,250}/gu)].map(([one]) =>
        one.toLowerCase(),
      ),
    ),
  ]
  const [address] = addresses
  if (address === undefined || addresses.length > 1) return NOTHING
  const name =
    /(?:^|[,;.\d]\s|schrieb\s|geschreven door\s)["'„“«]?([^,;:<>"“”„«»\d]{2,80}?)["'”“»]?\s*[<([]\s?(?:mailto:)?[^\s<>]+@/u.exec(
      text,
    )?.[1] ?? ''
  return { found: { name: name.trim(), address }, confidence: announced ? 'partial' : 'doubtful' }
}
