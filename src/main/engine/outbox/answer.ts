import type { Mailbox } from '../../../contract/common.ts'
import type { DraftMode } from '../../../contract/composing.ts'

/** What of the message being answered decides whom the answer goes to and what it is called. */
export type Source = {
  direction: 'in' | 'out'
  from: Mailbox
  replyTo: readonly Mailbox[]
  /** Who sent what counts as somebody else's (F1): `from` is its author then. */
  forwarder?: Mailbox | null
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  subject: string
  sentAt: number
  html: string | null
  text: string
}

const without = (list: readonly Mailbox[], taken: Set<string>): Mailbox[] =>
  list.filter(({ address }) => {
    const key = address.toLowerCase()
    if (key === '' || taken.has(key)) return false
    taken.add(key)
    return true
  })

/**
 * Recipients of an answer (D1, RFC 5322 section 3.6.3): Reply-To, else From; for all also To and Cc. An answer to
 * our own message goes to whom that one went. Of a forward the author is answered, and the forwarder with all. Our own address is left out, nobody else is added or dropped.
 * @param own  the address that answers, or all the addresses that it goes by
 */
export function answerRecipients(
  source: Source,
  mode: DraftMode,
  own: string | readonly string[],
): { to: Mailbox[]; cc: Mailbox[] } {
  if (mode === 'new' || mode === 'forward') return { to: [], cc: [] }
  const sender =
    source.direction === 'out' ? source.to : source.replyTo.length > 0 ? source.replyTo : [source.from]
  // A mail to ourselves is answered to ourselves: leaving that out would leave nobody.
  const self = new Set([own].flat().map((address) => address.toLowerCase()))
  const kept = without(sender, new Set(self))
  const to = kept.length > 0 ? kept : without(sender, new Set())
  if (mode === 'reply') return { to, cc: [] }
  const taken = new Set([...self, ...to.map(({ address }) => address.toLowerCase())])
  const others = source.direction === 'out' ? [] : without(source.to, taken)
  const forwarder = source.forwarder ? [source.forwarder] : []
  return { to: [...to, ...others], cc: without([...forwarder, ...source.cc], taken) }
}

/** "Re: " or "Fwd: " once, whatever prefix of whatever language is there already in its own kind. */
export function answerSubject(subject: string, mode: DraftMode): string {
  if (mode === 'new') return subject
  const prefix = mode === 'forward' ? 'Fwd: ' : 'Re: '
  const present =
    mode === 'forward' ? /^\s*(fwd?|wg|tr|rv|pd)\s*:/i : /^\s*(re|aw|sv|r|odp|rif|antw)\s*(\[\d+\])?\s*:/i
  return present.test(subject) ? subject : prefix + subject
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!)

const show = ({ name, address }: Mailbox): string => escape(name ? `${name} <${address}>` : address)

const QUOTED = 'margin: 0 0 12px; padding-left: 12px; border-left: 3px solid #c8ccd2'

/**
 * The quotation below an answer, or the original below a forward. Mail HTML as its sender wrote it, so hostile until
 * it is cleaned on its way out.
 */
export function quotation(source: Source, mode: DraftMode): string {
  if (mode === 'new') return ''
  const original = source.html ?? `<p>${escape(source.text).replace(/\r?\n/g, '<br>')}</p>`
  const date = new Date(source.sentAt).toUTCString()
  if (mode === 'forward') {
    const lines = [
      '---------- Forwarded message ----------',
      `From: ${show(source.forwarder ?? source.from)}`,
      `Date: ${date}`,
      `Subject: ${escape(source.subject)}`,
      `To: ${source.to.map(show).join(', ')}`,
      ...(source.cc.length > 0 ? [`Cc: ${source.cc.map(show).join(', ')}`] : []),
    ]
    return `<div>${lines.join('<br>')}</div><br>${original}`
  }
  return `<div>On ${date}, ${show(source.from)} wrote:</div><blockquote type="cite" style="${QUOTED}">${original}</blockquote>`
}
