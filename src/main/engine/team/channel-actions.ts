import type { ServerSettings } from '../../../contract/channels.ts'
import { DomainError } from '../lib/domain-error.ts'
import { isLoopback } from '../lib/loopback.ts'
import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { cleanSignature } from '../outbox/sender.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { isHosted, NOT_HOSTED } from '../store/tables/hosted.ts'
import { forgetSecrets, storedSecrets, storeSecrets } from '../sync/channel-secrets.ts'
import type { SecretStore } from '../types.ts'
import { mustBeFree } from './address-holder.ts'
import { addressKey } from '../lib/address-key.ts'

export type ChannelStores = { store: Store; secrets: SecretStore }

export type Passwords = { imapPassword: string; smtpPassword: string }

/** A team address of an inbox, or a personal one of a user. */
export type ChannelHome = { purpose: 'team'; inboxId: string } | { purpose: 'personal'; userId: string }

export type NewChannel = ChannelHome & {
  address: string
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

const homeColumns = (home: ChannelHome): Record<string, string | null> =>
  home.purpose === 'team'
    ? { purpose: 'team', inbox_id: home.inboxId, user_id: null }
    : { purpose: 'personal', inbox_id: null, user_id: home.userId }

type Columns = Record<string, string | number | null>

/**
 * Makes the channel of an address, or gives the address its old one back.
 * @param cleared  what the old one was and is not any more
 */
export function putChannel(
  write: Write,
  store: Store,
  actorId: string | null,
  address: string,
  values: Columns,
  cleared: (before: ChannelRow) => Columns,
): void {
  const id = channelIdOf(address)
  const before = channelById(write.db, id)
  if (before) {
    const back = { ...values, ...cleared(before), disconnected_at: null }
    appendOp(write, store.hlc, actorId, { entity: 'channel', id, kind: 'set', values: back })
  } else {
    const made = { address: address.trim(), address_key: addressKey(address), created_at: write.now }
    appendOp(write, store.hlc, actorId, {
      entity: 'channel',
      id,
      kind: 'create',
      values: { ...values, ...made },
    })
  }
  write.changed('channels', id)
}

/**
 * Connects an address as a team or personal channel. The password is stored first, then the channel: what fails leaves neither.
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
  mustBeFree(store.read, channel.address)
  const id = channelIdOf(channel.address)
  await storeSecrets(secrets, id, channel.passwords)
  try {
    store.write(
      (write) => {
        // Two connects of one address may have waited for the keyring side by side.
        mustBeFree(write.db, channel.address)
        const values = {
          kind: 'imap',
          ...homeColumns(channel),
          from_name: channel.fromName,
          ...serverColumns('imap', channel.imap, channel.address),
          ...serverColumns('smtp', channel.smtp, channel.address),
        }
        putChannel(write, store, actorId, channel.address, values, (before) =>
          isHosted(before) ? NOT_HOSTED : {},
        )
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

export type PersonalChanges = {
  logReplies?: boolean
  trackOpens?: boolean
  font?: string
  signatureHtml?: string
}

/**
 * Changes the preferences of a personal channel (B9); what has the value already is no op.
 * @param actorId null when an admin's file does it
 * @returns whether anything differed
 */
export function setPersonal(
  store: Store,
  actorId: string | null,
  id: string,
  changes: PersonalChanges,
): boolean {
  return store.write(
    (write) => {
      const row = mustBeConnected(write.db, id)
      const { logReplies, trackOpens, font, signatureHtml } = changes
      const asked = {
        ...(logReplies === undefined ? {} : { log_replies: Number(logReplies) }),
        ...(trackOpens === undefined ? {} : { track_opens: Number(trackOpens) }),
        ...(font === undefined ? {} : { font }),
        ...(signatureHtml === undefined ? {} : { signature_html: cleanSignature(signatureHtml) }),
      }
      const values = Object.fromEntries(
        Object.entries(asked).filter(([column, value]) => (row[column as keyof ChannelRow] ?? '') !== value),
      )
      if (Object.keys(values).length === 0) return false
      appendOp(write, store.hlc, actorId, { entity: 'channel', id, kind: 'set', values })
      write.changed('channels', id)
      return true
    },
    { durable: true },
  )
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
