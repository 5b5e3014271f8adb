import { lastDayOf, saysAway } from './absence.ts'
import { latin1 } from './charset.ts'
import { deliveryOutcomes, dispositionOutcome, enclosedHead, feedbackOutcome } from './delivery-status.ts'
import type { DraftFile } from './draft.ts'
import type { Fields } from './fields.ts'
import { freeFormOutcomes } from './free-form-bounces.ts'
import { messageIds, type ReadHeaders } from './headers.ts'
import type { AutomaticKind, MailReport, ReportOutcome } from './types.ts'

/** What a report encloses of the message that it is about (RFC 3462 section 2, RFC 5965 section 2). */
const ENCLOSED = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/
const HEAD_BYTES = 64 * 1024

export type ReportSource = {
  fields: Fields
  headers: Pick<ReadHeaders, 'from' | 'to' | 'subject' | 'inReplyTo' | 'references' | 'date' | 'deliveredTo'>
  text: string
  files: readonly Pick<DraftFile, 'type' | 'name' | 'content'>[]
}

/**
 * What a bounce, an absence note, a receipt or an abuse report says, and about which message. Hostile like all mail:
 * who uses it checks that the message is ours and went to whom the report names.
 */
export function readReport(kind: AutomaticKind | null, source: ReportSource): MailReport | null {
  switch (kind) {
    case 'bounce':
      return bounce(source)
    case 'receipt':
      return receipt(source)
    case 'abuse_report':
      return abuse(source)
    case 'auto_reply':
      return autoReply(source)
    default:
      return null
  }
}

/** The text of the first part of a type, as its bytes are: all that counts in it is ASCII. */
function partText(source: ReportSource, type: RegExp): string | null {
  const content = source.files.find((file) => type.test(file.type))?.content
  return content ? latin1(content.subarray(0, HEAD_BYTES)) : null
}

type Original = { messageId: string; subject: string }

function enclosed(source: ReportSource): Original | null {
  for (const { type, name, content } of source.files) {
    if (!content || !(ENCLOSED.test(type) || /\.eml$/i.test(name))) continue
    const head = enclosedHead(latin1(content.subarray(0, HEAD_BYTES)))
    if (head.messageId !== '' || head.subject !== '') return head
  }
  return null
}

function report(
  { headers }: ReportSource,
  outcomes: ReportOutcome[],
  originals: readonly (Original | null)[],
): MailReport | null {
  if (outcomes.length === 0) return null
  const ids = [
    ...originals.flatMap((original) => (original ? messageIds(original.messageId) : [])),
    ...headers.inReplyTo,
    ...headers.references.toReversed(),
  ]
  const subject = originals.find((original) => original && original.subject !== '')?.subject
  return {
    originalIds: [...new Set(ids)].slice(0, 5),
    originalSubject: subject ?? null,
    outcomes: outcomes.slice(0, 50),
  }
}

function bounce(source: ReportSource): MailReport | null {
  const status = partText(source, /^message\/(?:global-)?delivery-status$/)
  const outcomes = status === null ? [] : deliveryOutcomes(status)
  const within = enclosed(source)
  if (outcomes.length > 0) return report(source, outcomes, [within])
  const { headers, fields, text } = source
  const failed = [
    ...new Set(
      (fields.get('x-failed-recipients') ?? [])
        .join(',')
        .slice(0, 5_000)
        .split(/[,\s]+/)
        .filter((one) => /^[^\s@]+@[^\s@]+$/.test(one))
        .map((one) => one.toLowerCase()),
    ),
  ]
  const ours = new Set([...headers.to, headers.from].map(({ address }) => address.toLowerCase()))
  for (const address of headers.deliveredTo) ours.add(address)
  const free = freeFormOutcomes(text, failed, ours)
  return report(source, free.outcomes, [within, free.original])
}

function receipt(source: ReportSource): MailReport | null {
  const notification = partText(source, /^message\/(?:global-)?disposition-notification$/)
  const within = enclosed(source)
  if (notification !== null) {
    const found = dispositionOutcome(notification)
    if (!found) return null
    const { outcome, originalId } = found
    // Whoever confirms having read it is whom it was sent to, whatever address they read it at.
    outcome.addresses = [...new Set([...outcome.addresses, source.headers.from.address.toLowerCase()])]
    return report(source, [outcome], [{ messageId: originalId, subject: '' }, within])
  }
  const status = partText(source, /^message\/(?:global-)?delivery-status$/)
  return report(source, status === null ? [] : deliveryOutcomes(status), [within])
}

function abuse(source: ReportSource): MailReport | null {
  const feedback = partText(source, /^message\/feedback-report$/)
  const outcome = feedback === null ? null : feedbackOutcome(feedback)
  return report(source, outcome ? [outcome] : [], [enclosed(source)])
}

function autoReply(source: ReportSource): MailReport | null {
  const { headers, text } = source
  const away = saysAway(headers.subject, text)
  const outcome: ReportOutcome = {
    kind: away ? 'away' : 'auto_reply',
    addresses: [headers.from.address.toLowerCase()].filter((address) => address !== ''),
    status: null,
    reason: null,
    hard: false,
    text: '',
    until: away && headers.date !== null ? lastDayOf(`${headers.subject}\n${text}`, headers.date) : null,
  }
  return report(source, [outcome], [null])
}
