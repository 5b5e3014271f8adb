import type { HostedSettings, SenderSettings } from '../../../contract/hosted.ts'
import { deliveryKey, domainOf } from '../lib/delivery-key.ts'
import { DomainError } from '../lib/domain-error.ts'
import { addressProblem } from '../outbox/addresses.ts'
import { checkTokens, cleanSignature } from '../outbox/sender.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById, connectedChannels } from '../store/tables/channels.ts'
import { hostedByForwarding, hostedChannels, isHosted, type HostedRow } from '../store/tables/hosted.ts'
import { mustBeFree } from './address-holder.ts'
import { channelIdOf, mustBeConnected, putChannel } from './channel-actions.ts'

/** The connected hosted channel. @throws DomainError NOT_FOUND */
export function mustBeHosted(db: ReadableDb, id: string): HostedRow {
  const row = mustBeConnected(db, id)
  if (!isHosted(row)) throw new DomainError('NOT_FOUND', `${row.address} is no hosted address.`)
  return row
}

/**
 * Connects a hosted address (H). From here on its forwarding address is fixed (H8).
 * @param actorId null when an admin's file does it
 * @throws DomainError CONFLICT (address, forwarding address or company name taken: B2, H2), BAD_INPUT with the field
 */
export function connectHosted(store: Store, actorId: string | null, settings: HostedSettings): string {
  const id = channelIdOf(settings.address)
  store.write(
    (write) => {
      checkSettings(write.db, settings)
      checkSender(write.db, settings.sender, id)
      const values = {
        kind: 'hosted',
        purpose: 'team',
        inbox_id: settings.inboxId,
        user_id: null,
        hosted_form: settings.form,
        parent_channel_id: settings.parentChannelId,
        forwarding_address: settings.forwardingAddress.trim(),
        forwarding_key: deliveryKey(settings.forwardingAddress),
        ...senderColumns(settings.sender),
      }
      putChannel(write, store, actorId, settings.address, values, () => ({
        imap_host: null,
        imap_user: null,
        smtp_host: null,
        smtp_user: null,
      }))
    },
    { durable: true },
  )
  return id
}

const senderColumns = (sender: SenderSettings): Record<string, string | null> => ({
  from_name: sender.companyName,
  from_name_kind: sender.fromNameKind,
  company_name: sender.companyName,
  custom_from: sender.fromAddress?.trim() ?? null,
  signature_html: cleanSignature(sender.signatureHtml ?? '') || null,
})

function checkSettings(db: ReadableDb, settings: HostedSettings): void {
  const { address, forwardingAddress, form, parentChannelId } = settings
  for (const field of ['address', 'forwardingAddress'] as const) {
    const problem = addressProblem(settings[field])
    if (problem) throw new DomainError('BAD_INPUT', problem, { field })
  }
  mustBeFree(db, address)
  if (form === 'alias' && parentChannelId === null)
    throw new DomainError('BAD_INPUT', 'Choose the connected address that the alias lies on.', {
      field: 'parentChannelId',
    })
  const parent = parentChannelId === null ? undefined : channelById(db, parentChannelId)
  if (parentChannelId !== null) {
    if (!parent || parent.disconnected_at !== null || isHosted(parent))
      throw new DomainError(
        'BAD_INPUT',
        'The chosen channel is not connected, or has no mailbox of its own.',
        {
          field: 'parentChannelId',
        },
      )
    if (parent.purpose !== 'team')
      throw new DomainError(
        'BAD_INPUT',
        `${parent.address} is a personal address: what lies on it cannot be shared with a team.`,
        { field: 'parentChannelId' },
      )
  }
  const key = deliveryKey(forwardingAddress)
  const fail = (message: string): never => {
    throw new DomainError('CONFLICT', message, { field: 'forwardingAddress' })
  }
  if (form === 'receiver' && key === deliveryKey(address))
    throw new DomainError(
      'BAD_INPUT',
      `Mail to ${address} cannot be forwarded to ${address} itself: it would run in circles.`,
      { field: 'forwardingAddress' },
    )
  const holder = hostedByForwarding(db, key)
  if (holder)
    fail(
      `${holder.forwarding_address} is the forwarding address of ${holder.address} already. Choose another.`,
    )
  const own = connectedChannels(db).find((row) => deliveryKey(row.address) === key)
  if (own)
    fail(
      own.id === parentChannelId
        ? `${own.address} is the mailbox itself: all of its mail would count as forwarded. Use an alias of it, or a tag: ${tagged(own.address, address)}.`
        : `${own.address} is connected itself, so it cannot be a forwarding address. Choose another.`,
    )
}

/** @param exceptId  the channel that these are the settings of */
function checkSender(db: ReadableDb, sender: SenderSettings, exceptId: string): void {
  checkTokens(sender.signatureHtml)
  if (sender.fromAddress !== null) {
    const problem = addressProblem(sender.fromAddress)
    if (problem) throw new DomainError('BAD_INPUT', problem, { field: 'fromAddress' })
  }
  const key = companyKey(sender.companyName)
  const same = hostedChannels(db).find((row) => row.id !== exceptId && companyKey(row.company_name) === key)
  if (same)
    throw new DomainError(
      'CONFLICT',
      `${same.address} goes by the name "${same.company_name}" already. Choose another, so that recipients can tell them apart.`,
      { field: 'companyName' },
    )
}

const companyKey = (name: string): string => name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase()

/**
 * Changes what recipients see, and which inbox and mailbox it belongs to. The forwarding address stays (H8).
 * @returns whether anything differed
 * @throws as connectHosted
 */
export function changeHosted(
  store: Store,
  actorId: string | null,
  id: string,
  changes: { sender: SenderSettings; inboxId?: string; parentChannelId?: string | null },
): boolean {
  return store.write(
    (write) => {
      const row = mustBeHosted(write.db, id)
      checkSender(write.db, changes.sender, id)
      return setChanged(write, store, actorId, row, {
        ...senderColumns(changes.sender),
        ...(changes.inboxId === undefined ? {} : { inbox_id: changes.inboxId }),
        ...(changes.parentChannelId === undefined ? {} : { parent_channel_id: changes.parentChannelId }),
      })
    },
    { durable: true },
  )
}

function setChanged(
  write: Write,
  store: Store,
  actorId: string | null,
  row: HostedRow,
  wanted: Record<string, string | null>,
): boolean {
  const values = Object.fromEntries(
    Object.entries(wanted).filter(([column, value]) => row[column as keyof HostedRow] !== value),
  )
  if (Object.keys(values).length === 0) return false
  appendOp(write, store.hlc, actorId, { entity: 'channel', id: row.id, kind: 'set', values })
  write.changed('channels', row.id)
  return true
}

/**
 * A forwarding address that is free: the one that the address had before, else a tag on the mailbox, else a name at the
 * receiver.
 * @param receiverName  the receiver's host name, or null where it has only an IP address
 * @throws DomainError BAD_INPUT for an alias without the channel that it lies on
 */
export function proposeForwarding(
  db: ReadableDb,
  settings: Pick<HostedSettings, 'form' | 'parentChannelId' | 'address'>,
  receiverName: string | null,
): string {
  const { address } = settings
  const isFree = (candidate: string): boolean =>
    addressProblem(candidate) === null &&
    !hostedByForwarding(db, deliveryKey(candidate)) &&
    !connectedChannels(db).some((row) => deliveryKey(row.address) === deliveryKey(candidate))
  const before = channelById(db, channelIdOf(address))
  if (before?.hosted_form === settings.form && before.forwarding_address && isFree(before.forwarding_address))
    return before.forwarding_address
  const candidate =
    settings.form === 'alias'
      ? aliasMaker(db, settings)
      : (n: number): string => {
          const local = localPart(address).slice(0, 50)
          return `${local}${n > 1 ? `-${n}` : ''}@${receiverName ?? `anteroom.${domainOf(address)}`}`
        }
  for (let n = 1; ; n += 1) {
    const proposal = candidate(n)
    if (isFree(proposal)) return proposal
  }
}

const localPart = (address: string): string =>
  address
    .slice(0, address.lastIndexOf('@'))
    .toLowerCase()
    .replace(/\+.*$/s, '')
    .replace(/[^a-z0-9._-]+/g, '')
    .replace(/^[.]+|[.]+$|[.]{2,}/g, '') || 'mail'

function tagged(mailbox: string, address: string, n = 1): string {
  const at = mailbox.lastIndexOf('@')
  const local = mailbox.slice(0, at).replace(/\+.*$/s, '')
  const room = 60 - Buffer.byteLength(local)
  const tag = localPart(address).slice(0, Math.max(1, room)) + (n > 1 ? `-${n}` : '')
  return `${local}+${tag}${mailbox.slice(at)}`
}

function aliasMaker(
  db: ReadableDb,
  { parentChannelId, address }: Pick<HostedSettings, 'parentChannelId' | 'address'>,
): (n: number) => string {
  const parent = parentChannelId === null ? undefined : channelById(db, parentChannelId)
  if (!parent || parent.disconnected_at !== null)
    throw new DomainError('BAD_INPUT', 'Choose the connected address that the alias lies on.', {
      field: 'parentChannelId',
    })
  return (n) => tagged(parent.address, address, n)
}
