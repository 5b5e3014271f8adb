import { isHard, reasonOf } from './bounce-reasons.ts'
import { enclosedHead, SAID, statusIn } from './delivery-status.ts'
import type { ReportOutcome } from './types.ts'

/**
 * Bounces in words alone: qmail, Exim, old Postfix and Sendmail, Exchange 5.5, Domino, Yahoo, Courier and their kin. They
 * share a shape: some words, then each address at the beginning of a line with what the server said beside or below it,
 * then a rule and a copy of the message or its head.
 */

/** Characters that are read, and lines that belong to one address. */
const REACH = 40_000
const LINES = 8
const LONGEST_LINE = 600

/** The rule below which the message is enclosed. */
const RULE =
  /^[\s>]*[-=_*]{2,}.{0,80}\b(?:copy of (?:the|your) (?:original )?message|original message|returned message|message header|headers? (?:follow|of)|message text|unsent message|transcript of session|this is a copy of|begin message|undelivered message)\b|^[\s>]*(?:the body of your message|original message (?:headers?|follows)|message headers?:|below this line is a copy|included is a copy)/i
/** Sendmail puts what was said below a rule of its own, before the message. */
const TRANSCRIPT = /transcript of session/i
const ADDRESS =
  /^[\s>*•-]*(?:to:\s*)?[<("']{0,2}([^\s<>@:;,"'()]{1,100}@[a-z0-9][a-z0-9.-]{1,200}[a-z0-9])[>)"']{0,2}\s*([:;,(.]|\s-|\s+on\s|$)(.*)$/i

type Found = { address: string; lines: string[] }

/**
 * @param text    the words of the bounce
 * @param failed  addresses that its headers name (X-Failed-Recipients), which then are the only ones
 * @param ours    the addresses that the bounce went to, which are nobody who failed
 */
export function freeFormOutcomes(
  text: string,
  failed: readonly string[],
  ours: ReadonlySet<string>,
): { outcomes: ReportOutcome[]; original: { messageId: string; subject: string } } {
  const lines = text.slice(0, REACH).split('\n')
  const ruleAt = lines.findIndex(
    (line) => line.length < LONGEST_LINE && RULE.test(line) && !TRANSCRIPT.test(line),
  )
  const words = ruleAt === -1 ? lines : lines.slice(0, ruleAt)
  const found = addressesIn(words, ours)
  const all = words.join('\n').slice(0, 4_000)
  const named =
    failed.length > 0
      ? failed.map((address) => found.get(address) ?? { address, lines: [] })
      : [...found.values()]
  // One address, and words all around it: they are all about that one.
  const outcomes = (named.length === 0 ? [{ address: '', lines: [] }] : named.slice(0, 50)).map(
    ({ address, lines: near }): ReportOutcome => {
      const own = squeeze(near.join(' '))
      const said = own.length > 12 || named.length > 1 ? own : squeeze(sentenceIn(words))
      const judged = own.length > 12 ? own : all
      const status = statusIn(judged) ?? (named.length === 1 ? statusIn(all) : null)
      const delayed = isDelay(all) && !/\b5\.\d{1,3}\.\d{1,3}\b/.test(judged)
      const reason = reasonOf(status, named.length > 1 ? own : judged)
      return {
        kind: delayed ? 'delayed' : 'bounced',
        addresses: address === '' ? [] : [address],
        status,
        reason,
        hard: !delayed && isHard(status, reason),
        text: said.slice(0, SAID),
        until: null,
      }
    },
  )
  return { outcomes, original: originalIn(lines, ruleAt) }
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** "It will be tried again": nothing is lost yet. */
const isDelay = (text: string): boolean =>
  /(?:warning|delay|noch nicht|has not (?:yet )?been (?:able to )?deliver|will (?:be|keep|continue).{0,30}(?:retr|tr(?:y|ied)))/i.test(
    text,
  ) &&
  /(?:no action is required|do not need to resend|will (?:be|keep|continue).{0,30}(?:retr|tr(?:y|ied|ying))|delivery attempts will continue)/i.test(
    text,
  )

function addressesIn(lines: readonly string[], ours: ReadonlySet<string>): Map<string, Found> {
  const found = new Map<string, Found>()
  let current: Found | null = null
  let blank = 0
  for (const line of lines) {
    if (line.length > LONGEST_LINE) {
      current = null
      continue
    }
    const match = ADDRESS.exec(line)
    const address = match?.[1]?.toLowerCase()
    if (address !== undefined && !ours.has(address) && found.size < 50) {
      current = found.get(address) ?? { address, lines: [] }
      found.set(address, current)
      blank = 0
      if (match?.[3]?.trim()) current.lines.push(match[3])
      continue
    }
    if (current === null) continue
    if (line.trim() === '') {
      // Domino and Exchange leave a line between the address and what was said about it.
      blank++
      if (blank > 1 || current.lines.length > 0) current = null
      continue
    }
    if (current.lines.length < LINES) current.lines.push(line.trim())
  }
  return found
}

/** The line that says why, where nothing stands beside the address (Domino's "because:", Gmail's whole sentence). */
function sentenceIn(lines: readonly string[]): string {
  const because = lines.findIndex((line) =>
    /^\s*(?:because|reason|error|the reason for the problem)\b.{0,40}:?\s*$/i.test(line),
  )
  if (because !== -1)
    return lines
      .slice(because + 1, because + 8)
      .filter((line) => line.trim() !== '')
      .slice(0, 3)
      .join(' ')
  const telling = lines.find(
    (line) => line.length < LONGEST_LINE && (statusIn(line) !== null || reasonOf(null, line) !== 'unknown'),
  )
  return telling ?? ''
}

/** Message-ID and subject of what is enclosed as text, or quoted in the words (Exchange, Domino: "Subject: …"). */
function originalIn(lines: readonly string[], ruleAt: number): { messageId: string; subject: string } {
  const behind = ruleAt === -1 ? [] : lines.slice(ruleAt + 1, ruleAt + 200)
  const start = behind.findIndex((line) => /^[a-z][a-z0-9-]{1,40}:\s/i.test(line.trim()))
  if (start !== -1) {
    const head = enclosedHead(
      behind
        .slice(start)
        .map((line) => line.replace(/^>\s?/, ''))
        .join('\n'),
    )
    if (head.messageId !== '' || head.subject !== '') return head
  }
  const id = lines.map((line) => /^[\s>]{0,8}message-id:\s{0,8}(\S{1,998})/i.exec(line)?.[1]).find(Boolean)
  const subject = lines
    .map(
      (line) =>
        /^\s{0,8}(?:subject|the subject of the message is|betreff|objet|asunto|oggetto|temat):\s{0,8}(.{1,400})$/i.exec(
          line,
        )?.[1],
    )
    .find(Boolean)
  return { messageId: id ?? '', subject: subject?.trim() ?? '' }
}
