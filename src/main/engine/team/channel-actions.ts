import type { ServerSettings } from '../../../contract/channels.ts'
import { DomainError } from '../lib/domain-error.ts'
import { isLoopback } from '../lib/loopback.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store } from '../store/store.ts'
import { channelByAddress } from '../store/queries/channels.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import { forgetSecrets, storedSecrets, storeSecrets } from '../sync/channel-secrets.ts'
import type { SecretStore } from '../types.ts'
import { addressKey } from './address-key.ts'

export type ChannelStores = { store: Store; secrets: SecretStore }

export type Passwords = { imapPassword: string; smtpPassword: string }

export type NewChannel = {
  address: string
  inboxId: string
  fromName: string
  imap: ServerSettings
  smtp: ServerSettings
  passwords: Passwords
}

/** The same on every machine, and again when an address that was disconnected comes back. */
export const channelIdOf = (address: string): string => uuidV5(NAMESPACE.channel, addressKey(address))

/** @throws DomainError BAD_INPUT for a connection that would cross a network in clear text */
function checkSecurity(field: 'imap' | 'smtp', server: ServerSettings | undefined): void {
  if (server?.security !== 'none' || isLoopback(server.host)) return
  throw new DomainError(
    'BAD_INPUT',
    `The password would go to ${server.host} without encryption. Choose TLS or STARTTLS; only a server on this computer may be used without.`,
    { field: `${field}.security` },
  )
}

/** The columns of one server. IMAP always logs in, by default with the address; SMTP without a user does not. */
function serverColumns(
  kind: 'imap' | 'smtp',
  server: ServerSettings | undefined,
  address: string,
): Record<string, string | number | null> {
  if (!server) return {}
  return {
    [`${kind}_host`]: server.host,
    [`${kind}_port`]: server.port,
    [`${kind}_security`]: server.security,
    [`${kind}_user`]: server.user?.trim() || (kind === 'imap' ? address : null),
  }
}

/** Why an address cannot be connected, naming who holds it (B2, B3); null when it is free. */
export function holderOf(db: ReadableDb, address: string): string | null {
  const holder = channelByAddress(db, addressKey(address))
  if (!holder) return null
  const inbox = inboxById(db, holder.inbox_id)
  return `${holder.address} is connected already, as ${
    holder.purpose === 'team' ? `a team address of the inbox "${inbox?.name ?? '?'}"` : 'a personal address'
  }. An address is connected once: disconnect it there first.`
}

/**
 * Connects an address as a team channel. The password is stored first, then the channel: what fails leaves neither.
 * An address that was connected before gets its old channel back, with its history.
 * @param actorId null when an admin's file does it
 * @throws DomainError CONFLICT when the address is connected (B3), BAD_INPUT for servers without encryption
 */
export async function connectChannel(
  { store, secrets }: ChannelStores,
  actorId: string | null,
  channel: NewChannel,
): Promise<string> {
  checkSecurity('imap', channel.imap)
  checkSecurity('smtp', channel.smtp)
  const taken = holderOf(store.read, channel.address)
  if (taken !== null) throw new DomainError('CONFLICT', taken, { field: 'address' })
  const id = channelIdOf(channel.address)
  await storeSecrets(secrets, id, channel.passwords)
  try {
    store.write(
      (write) => {
        // Two connects of one address may have waited for the keyring side by side.
        const since = holderOf(write.db, channel.address)
        if (since !== null) throw new DomainError('CONFLICT', since, { field: 'address' })
        const values = {
          inbox_id: channel.inboxId,
          from_name: channel.fromName,
          ...serverColumns('imap', channel.imap, channel.address),
          ...serverColumns('smtp', channel.smtp, channel.address),
        }
        if (channelById(write.db, id)) {
          appendOp(write, store.hlc, actorId, {
            entity: 'channel',
            id,
            kind: 'set',
            values: { ...values, disconnected_at: null },
          })
        } else {
          appendOp(write, store.hlc, actorId, {
            entity: 'channel',
            id,
            kind: 'create',
            values: {
              ...values,
              kind: 'imap',
              purpose: 'team',
              address: channel.address.trim(),
              address_key: addressKey(channel.address),
              created_at: write.now,
            },
          })
        }
        write.changed('channels', id)
      },
      { durable: true },
    )
  } catch (error) {
    // A channel of this id that somebody else connected meanwhile keeps its password.
    if (channelById(store.read, id)?.disconnected_at !== null) await forgetSecrets(secrets, id)
    throw error
  }
  return id
}

export type ChannelChanges = {
  fromName?: string | undefined
  inboxId?: string | undefined
  imap?: ServerSettings | undefined
  smtp?: ServerSettings | undefined
  imapPassword?: string | undefined
  smtpPassword?: string | undefined
}

/** The connected channel. @throws DomainError NOT_FOUND */
export function mustBeConnected(db: ReadableDb, id: string): ChannelRow {
  const row = channelById(db, id)
  if (!row || row.disconnected_at !== null) {
    throw new DomainError('NOT_FOUND', 'This channel is not connected. Connect its address first.')
  }
  return row
}

/**
 * Changes a connected channel; what is left out stays. Only what differs is written.
 * @returns whether anything differed
 */
export async function updateChannel(
  { store, secrets }: ChannelStores,
  actorId: string | null,
  id: string,
  changes: ChannelChanges,
): Promise<boolean> {
  const before = mustBeConnected(store.read, id)
  checkSecurity('imap', changes.imap)
  checkSecurity('smtp', changes.smtp)
  const old = await storedSecrets(secrets, id)
  const wanted: Passwords = {
    imapPassword: changes.imapPassword ?? old?.imapPassword ?? '',
    smtpPassword: changes.smtpPassword ?? old?.smtpPassword ?? changes.imapPassword ?? '',
  }
  // One password for both is the rule: where it was so, the new one counts for both.
  if (
    changes.smtpPassword === undefined &&
    changes.imapPassword !== undefined &&
    old?.smtpPassword === old?.imapPassword
  ) {
    wanted.smtpPassword = changes.imapPassword
  }
  const newSecrets =
    wanted.imapPassword !== (old?.imapPassword ?? '') || wanted.smtpPassword !== (old?.smtpPassword ?? '')
  const asked: Record<string, string | number | null> = {
    ...(changes.fromName === undefined ? {} : { from_name: changes.fromName }),
    ...(changes.inboxId === undefined ? {} : { inbox_id: changes.inboxId }),
    ...serverColumns('imap', changes.imap, before.address),
    ...serverColumns('smtp', changes.smtp, before.address),
  }
  if (newSecrets) await storeSecrets(secrets, id, wanted)
  try {
    return store.write(
      (write) => {
        const row = mustBeConnected(write.db, id)
        const values = Object.fromEntries(
          Object.entries(asked).filter(([column, value]) => row[column as keyof ChannelRow] !== value),
        )
        const differs = Object.keys(values).length > 0
        if (differs) appendOp(write, store.hlc, actorId, { entity: 'channel', id, kind: 'set', values })
        if (differs || newSecrets) write.changed('channels', id)
        return differs || newSecrets
      },
      { durable: true },
    )
  } catch (error) {
    if (newSecrets && old) await storeSecrets(secrets, id, old)
    throw error
  }
}

/** Ends a connection: its threads stay, its password is forgotten. */
export async function disconnectChannel(
  { store, secrets }: ChannelStores,
  actorId: string,
  id: string,
): Promise<void> {
  store.write(
    (write) => {
      mustBeConnected(write.db, id)
      appendOp(write, store.hlc, actorId, {
        entity: 'channel',
        id,
        kind: 'set',
        values: { disconnected_at: write.now },
      })
      write.changed('channels', id)
    },
    { durable: true },
  )
  await forgetSecrets(secrets, id)
}
