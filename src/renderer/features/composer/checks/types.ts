import type { Mailbox } from '@contract/common.ts'
import type { DraftFactsView } from '@contract/composing.ts'
import type { CheckId } from '@/stores/check-ids.ts'

/** A mail as it stands in the composer. */
export type CheckedMail = {
  channelId: string
  to: readonly Mailbox[]
  cc: readonly Mailbox[]
  bcc: readonly Mailbox[]
  subject: string
  /** What the writer wrote, as plain text, without any quotation. */
  text: string
  /** True when the body shows an image. */
  hasImage: boolean
  /** True when a quotation of the answered or forwarded message goes with it. */
  hasQuote: boolean
  attachmentCount: number
  /** How much larger it is than its server takes; null where it fits. */
  tooLarge: { size: string; limit: string } | null
}

/** Where in the composer the writer puts it right. */
export type Place = 'to' | 'cc' | 'bcc' | 'from' | 'subject' | 'body' | 'attach'

/** What a check found: the values for its words (`composer.before.<id>`), and where it is. */
export type Found = { words?: Record<string, string>; count?: number; place: Place }
export type Finding = Found & { id: CheckId }

/** Looks at a mail and what the engine knows about it; null when nothing is wrong. Pure. */
export type SendCheck = (mail: CheckedMail, known: DraftFactsView) => Found | null

/** Where nothing is known: of a new mail, or without a connection. */
export const NOTHING_KNOWN: DraftFactsView = {
  answersTo: [],
  strangers: [],
  cameTo: null,
  news: [],
  neverLog: [],
  bounced: [],
}

/** Everybody a mail goes to, with the field they stand in. */
export const recipientsOf = (mail: CheckedMail): { key: string; address: string; place: Place }[] =>
  (['to', 'cc', 'bcc'] as const).flatMap((place) =>
    mail[place].map(({ address }) => ({ key: keyOf(address), address: address.trim(), place })),
  )

export const keyOf = (address: string): string => address.trim().toLowerCase()

/** What is wrong with some of the recipients: they are named, and the first one's field is the place. */
export function aboutRecipients(mail: CheckedMail, keys: Iterable<string>): Found | null {
  const wanted = new Set([...keys].map(keyOf))
  const hit = recipientsOf(mail).filter(({ key }) => wanted.has(key))
  const [first] = hit
  if (!first) return null
  const addresses = [...new Set(hit.map(({ address }) => address))]
  return { words: { addresses: list(addresses) }, count: addresses.length, place: first.place }
}

/** The first few of many, so that the dialog stays one that is read. */
export const list = (items: readonly string[], shown = 5): string =>
  items.length > shown ? `${items.slice(0, shown).join(', ')} … (${items.length})` : items.join(', ')
