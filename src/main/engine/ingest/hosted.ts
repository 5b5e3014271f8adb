import type { Mailbox } from '../../../contract/common.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import type { ParsedMessage } from '../mime/types.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { isHosted, type HostedRow } from '../store/tables/hosted.ts'
import { inboxById } from '../store/tables/inboxes.ts'

/** What decides for whom a message is, among the addresses that share a mailbox. */
type Routed = Pick<ParsedMessage, 'from' | 'to' | 'cc' | 'deliveredTo' | 'listId'>

/**
 * The channel that a message is filed for. Mail from a connected mailbox belongs to a hosted address on it when the
 * server noted that address as the one it was delivered to, or else when it was written to that address; sent mail when
 * it carries the address as its From. Everything else is the mailbox's own.
 * @param hosted  the connected hosted addresses of the workspace
 */
export function filedFor(
  channel: ChannelRow,
  origin: 'inbox' | 'sent',
  message: Routed,
  hosted: readonly HostedRow[],
): ChannelRow {
  if (isHosted(channel) || hosted.length === 0) return channel
  if (origin === 'sent') return sender(channel, message.from, hosted) ?? channel
  const aliases = hosted.filter((row) => row.hosted_form === 'alias' && row.parent_channel_id === channel.id)
  if (aliases.length === 0) return channel

  const forwarding = new Map(aliases.map((row) => [row.forwarding_key, row]))
  const addresses = new Map(aliases.map((row) => [deliveryKey(row.address), row]))
  const traces = message.deliveredTo.map(deliveryKey)
  const written = [...message.to, ...message.cc].map(({ address }) => deliveryKey(address))
  const byTrace = first(traces, forwarding) ?? first(traces, addresses)
  if (byTrace) return byTrace
  const byForwarding = first(written, forwarding)
  if (byForwarding) return byForwarding
  const byList = aliases.find((row) => message.listId !== null && isListOf(message.listId, row.address))
  if (byList) return byList
  // What was written to the mailbox and to the address comes as two copies; without a trace, this one is the mailbox's.
  if (written.includes(deliveryKey(channel.address))) return channel
  return first(written, addresses) ?? channel
}

const first = (keys: readonly string[], rows: ReadonlyMap<string, HostedRow>): HostedRow | undefined =>
  keys.map((key) => rows.get(key)).find((row) => row !== undefined)

function sender(channel: ChannelRow, from: Mailbox, hosted: readonly HostedRow[]): HostedRow | undefined {
  const key = deliveryKey(from.address)
  if (key === deliveryKey(channel.address)) return undefined
  return hosted.find((row) => senderKeys(row).includes(key))
}

const senderKeys = (row: HostedRow): string[] => [
  deliveryKey(row.address),
  ...(row.custom_from === null ? [] : [deliveryKey(row.custom_from)]),
]

/** Groups name themselves `sales.acme.test` or `<sales@acme.test>` (RFC 2919 section 3). */
const isListOf = (listId: string, address: string): boolean =>
  [address, address.replace('@', '.')].some((name) => name.toLowerCase() === listId.toLowerCase())

/**
 * The message with whom it is attributed to (F2). What groups and forwarding servers send in the name of the hosted
 * address belongs to its author, whom they note beside it; a From that was left as it was stays. Can be off per inbox (F3).
 */
export function attributed(
  db: ReadableDb,
  channel: ChannelRow,
  message: ParsedMessage,
  own: ReadonlySet<string>,
): ParsedMessage {
  if (!isHosted(channel) || !own.has(message.from.address.toLowerCase())) return message
  if (inboxById(db, channel.inbox_id)?.attribute_automatic_forwards === 0) return message
  const answered = message.replyTo.length === 1 ? message.replyTo[0]! : null
  const author = [message.originalFrom ?? null, answered].find(
    (one): one is Mailbox => one !== null && /^[^\s@]+@[^\s@]+$/.test(one.address),
  )
  if (!author || own.has(author.address.toLowerCase())) return message
  return { ...message, from: { name: author.name || withoutVia(message.from.name), address: author.address } }
}

/** "'Carla Customer' via Sales" is Carla Customer. */
function withoutVia(name: string): string {
  const [, author] = /^["']?(.+?)["']?\s+(?:via|tramite|przez|vía)\s+\S/i.exec(name) ?? []
  return author ?? ''
}
