import type { Mailbox } from '../../../../contract/common.ts'
import { addressKey } from '../../lib/address-key.ts'
import { covers, readPattern } from '../never-log/patterns.ts'
import type {
  ContactFacts,
  LoggingInput,
  NeverLogEntry,
  PersonalChannelFacts,
  ThreadMessageFacts,
} from './types.ts'

/** The input with its addresses made comparable, and the questions that several rules ask of it. */
export type Case = LoggingInput & {
  /** People of the message on the other side: its sender when it came in, and its recipients. Each once. */
  others: readonly Mailbox[]
  /** The personal addresses of the mailbox's owner, `channel` among them. */
  own: readonly PersonalChannelFacts[]
  contactOf(address: string): ContactFacts | null
  /** The first of the addresses that the Never Log list covers, and by which entry. */
  covered(addresses: readonly string[]): { address: string; entry: NeverLogEntry } | null
}

export function caseOf(input: LoggingInput): Case {
  const { message, channel } = input
  const own = [
    channel,
    ...input.personalChannels.filter(({ id, ownerId }) => ownerId === channel.ownerId && id !== channel.id),
  ]
  const ownKeys = new Set(own.map(({ address }) => addressKey(address)))
  const silentKeys = new Set(input.loggingAddresses.map(addressKey))
  const contacts = new Map(input.contacts.map((contact) => [addressKey(contact.address), contact]))
  const patterns = input.neverLog.flatMap((entry) => {
    const pattern =
      entry.ownerId === null || entry.ownerId === channel.ownerId ? readPattern(entry.pattern) : null
    return pattern ? [{ entry, pattern }] : []
  })
  const seen = new Set<string>()
  const people = [
    ...(message.direction === 'in' ? [message.from] : []),
    ...message.to,
    ...message.cc,
    ...message.bcc,
  ]
  return {
    ...input,
    own,
    others: people.filter(({ address }) => {
      const key = addressKey(address)
      if (key === '' || ownKeys.has(key) || silentKeys.has(key) || seen.has(key)) return false
      seen.add(key)
      return true
    }),
    contactOf: (address) => contacts.get(addressKey(address)) ?? null,
    covered(addresses) {
      for (const address of addresses) {
        const key = addressKey(address)
        if (silentKeys.has(key)) continue
        // One's own company is often on the list, so that colleagues' mail stays out. That one's own address lies in
        // that domain must not stop everything; only who writes that very address means it.
        const isOwn = ownKeys.has(key)
        const hit = patterns.find(
          ({ pattern }) => (!isOwn || pattern.kind === 'address') && covers(pattern, address),
        )
        if (hit) return { address, entry: hit.entry }
      }
      return null
    },
  }
}

/** Everybody whom the message names, its own mailbox included: what the Never Log list is held against. */
export const everybody = ({ message }: LoggingInput): string[] =>
  [message.from, ...message.to, ...message.cc, ...message.bcc].map(({ address }) => address)

/** Whether an address was connected at a time. */
export const connectedAt = ({ periods }: PersonalChannelFacts, at: number): boolean =>
  periods.some(({ from, until }) => from <= at && (until === null || at < until))

/**
 * The message of the owner that made the thread the CRM's business: the one that it began with (G1), else the first
 * logged answer (G4).
 */
export function startedBy(c: Case): { message: ThreadMessageFacts; answered: boolean } | null {
  if (!c.origin) return null
  const { began, loggedAnswer } = c.origin
  const isOwners = began.sentFrom?.purpose === 'personal' && began.sentFrom.ownerId === c.channel.ownerId
  // A box that was cleared, or a removal, is a decision about the whole thread, until an answer is logged after all.
  if (isOwners && (!isRefused(began) || !loggedAnswer)) return { message: began, answered: false }
  return loggedAnswer ? { message: loggedAnswer, answered: true } : null
}

/** Somebody decided by hand that this message is not for the CRM. */
export const isRefused = ({ byHand }: ThreadMessageFacts): boolean =>
  byHand?.kind === 'log_box_cleared' || byHand?.kind === 'removed'
