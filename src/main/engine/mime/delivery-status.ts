import { decodeText, readHeaderBlock } from './fields.ts'
import { isHard, reasonOf } from './bounce-reasons.ts'
import type { ReportOutcome } from './types.ts'

/** The machine-readable parts of reports: RFC 3464 (delivery), RFC 8098 (reading), RFC 5965 (abuse). All linear. */

/** Characters of such a part that are read, recipients that are kept, characters of what a server said. */
const REACH = 100_000
const RECIPIENTS = 50
export const SAID = 500

type Group = Map<string, string>

/** Groups of fields, divided by blank lines (RFC 3464 section 2.1). The first value of a field counts. */
function groupsOf(text: string): Group[] {
  const groups: Group[] = []
  let group: Group | null = null
  let last: string | null = null
  for (const line of text.slice(0, REACH).split(/\r?\n/)) {
    if (line.trim() === '') {
      group = null
      last = null
      continue
    }
    if (/^[ \t]/.test(line)) {
      const value = last === null ? undefined : group?.get(last)
      if (last !== null && value !== undefined && value.length < 4_000)
        group!.set(last, `${value} ${line.trim()}`)
      continue
    }
    const colon = line.indexOf(':')
    if (colon < 1 || colon > 60) continue
    if (group === null) {
      if (groups.length > RECIPIENTS) break
      groups.push((group = new Map()))
    }
    last = line.slice(0, colon).trim().toLowerCase()
    if (group.has(last)) last = null
    else group.set(last, line.slice(colon + 1, colon + 4_000).trim())
  }
  return groups
}

/** "rfc822; <gone@kunde.test>" is gone@kunde.test; anything but an address is ''. */
export function addressIn(value: string | undefined): string {
  if (value === undefined) return ''
  const bare = value.replace(/^[^;]{0,40};/, '').trim()
  const found = /^<?([^\s<>@]{1,200}@[^\s<>@]{1,250}?)>?$/.exec(bare)
  return (found?.[1] ?? '').toLowerCase()
}

/** One line without its type ("smtp; 550 …"), at most 500 characters. */
export const said = (value: string | undefined): string =>
  decodeText((value ?? '').replace(/^\s*[a-z0-9-]{1,20}\s*;/i, ''))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SAID)

const different = (addresses: readonly string[]): string[] => [
  ...new Set(addresses.filter((one) => one !== '')),
]

/** The enhanced status code of a text (RFC 3463), or null. */
export const statusIn = (text: string): string | null =>
  /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text.slice(0, 4_000))?.[1] ?? null

/** What a message/delivery-status part says of each recipient (RFC 3464 section 2.3). */
export function deliveryOutcomes(text: string): ReportOutcome[] {
  const outcomes: ReportOutcome[] = []
  for (const group of groupsOf(text)) {
    if (!group.has('final-recipient') && !group.has('original-recipient') && !group.has('action')) continue
    const words = said(group.get('diagnostic-code'))
    let status = statusIn(group.get('status') ?? '')
    // Many gateways write 5.0.0 and leave the code that tells something to the diagnostics.
    if (status === null || /^\d\.0\.0$/.test(status)) status = statusIn(words) ?? status
    const kind = deliveryKind(group.get('action') ?? '', status)
    if (kind === null) continue
    const reason = kind === 'delivered' ? null : reasonOf(status, words)
    outcomes.push({
      kind,
      addresses: different([
        addressIn(group.get('original-recipient')),
        addressIn(group.get('final-recipient')),
      ]),
      status,
      reason,
      hard: kind === 'bounced' && reason !== null && isHard(status, reason),
      text: words,
      until: null,
    })
  }
  return outcomes.slice(0, RECIPIENTS)
}

function deliveryKind(action: string, status: string | null): 'bounced' | 'delayed' | 'delivered' | null {
  switch (/^[a-z]*/.exec(action.trim().toLowerCase())![0]) {
    case 'failed':
      return 'bounced'
    case 'delayed':
      return 'delayed'
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return 'delivered'
  }
  if (status === null) return null
  return status.startsWith('5') ? 'bounced' : status.startsWith('4') ? 'delayed' : 'delivered'
}

/** What a message/disposition-notification part says (RFC 8098 section 3.1): read, or thrown away unread. */
export function dispositionOutcome(text: string): { outcome: ReportOutcome; originalId: string } | null {
  const fields: Group = new Map(groupsOf(text).flatMap((group) => [...group]))
  const disposition = fields.get('disposition')
  if (disposition === undefined) return null
  const [, type = ''] = /;\s*([a-z]+)/i.exec(disposition) ?? []
  const kind =
    type.toLowerCase() === 'deleted' ? 'deleted' : type.toLowerCase() === 'displayed' ? 'read' : 'delivered'
  return {
    outcome: {
      kind,
      addresses: different([
        addressIn(fields.get('original-recipient')),
        addressIn(fields.get('final-recipient')),
      ]),
      status: null,
      reason: null,
      hard: false,
      text: said(fields.get('failure') ?? fields.get('error')),
      until: null,
    },
    originalId: fields.get('original-message-id') ?? '',
  }
}

/** What a message/feedback-report part says (RFC 5965 section 3.1); null where somebody says that it was no spam. */
export function feedbackOutcome(text: string): ReportOutcome | null {
  const fields: Group = new Map(groupsOf(text).flatMap((group) => [...group]))
  const type = (fields.get('feedback-type') ?? 'other').toLowerCase()
  if (type === 'not-spam') return null
  return {
    kind: 'spam',
    addresses: different([
      addressIn(fields.get('original-rcpt-to')),
      addressIn(fields.get('removal-recipient')),
    ]),
    status: null,
    reason: null,
    hard: false,
    text: said(type === 'abuse' ? '' : type),
    until: null,
  }
}

/** The head of what a report encloses (RFC 3462 section 2, RFC 5965 section 2), as its bytes or its text begin. */
export function enclosedHead(source: string): { messageId: string; subject: string; to: string } {
  const { fields } = readHeaderBlock(source, 0, Math.min(source.length, 64 * 1024))
  const first = (name: string): string => fields.get(name)?.[0] ?? ''
  return { messageId: first('message-id'), subject: decodeText(first('subject')), to: first('to') }
}
