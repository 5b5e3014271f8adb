import type { ReadableDb, WritableDb } from '../statements.ts'
import type { ChannelRow } from './channels.ts'

/** A channel of kind `hosted`: its own columns are set. */
export type HostedRow = ChannelRow & {
  kind: 'hosted'
  inbox_id: string
  hosted_form: 'alias' | 'receiver'
  forwarding_address: string
  forwarding_key: string
  from_name_kind: 'agent_and_company' | 'company'
  company_name: string
}

/** What the columns of a hosted channel are when it becomes another kind again. */
export const NOT_HOSTED = {
  hosted_form: null,
  parent_channel_id: null,
  forwarding_address: null,
  forwarding_key: null,
  from_name_kind: null,
  company_name: null,
  custom_from: null,
  signature_html: null,
} as const

/** The connected hosted addresses of the workspace, the oldest first. */
export const hostedChannels = (db: ReadableDb): HostedRow[] =>
  db.all<HostedRow>(
    `SELECT * FROM channels WHERE kind = 'hosted' AND disconnected_at IS NULL ORDER BY created_at, id`,
  )

/** The same with those that were disconnected, behind them. */
export const everyHosted = (db: ReadableDb): HostedRow[] =>
  db.all<HostedRow>(
    `SELECT * FROM channels WHERE kind = 'hosted' ORDER BY disconnected_at IS NOT NULL, created_at, id`,
  )

export const isHosted = (row: ChannelRow | undefined): row is HostedRow => row?.kind === 'hosted'

/** The connected hosted channel with that forwarding address, by its delivery key (lib/delivery-key.ts). */
export const hostedByForwarding = (db: ReadableDb, forwardingKey: string): HostedRow | undefined =>
  db.get<HostedRow>(
    `SELECT * FROM channels INDEXED BY channels_forwarding
     WHERE forwarding_key = ? AND forwarding_key IS NOT NULL AND disconnected_at IS NULL AND kind = 'hosted'`,
    [forwardingKey],
  )

export type ConfirmationRow = {
  message_id: string
  channel_id: string
  provider: string
  code: string | null
  link: string | null
  at: number
}

/** Notes a provider's request to confirm a forwarding. A further copy of the same mail changes nothing. */
export function insertConfirmation(db: WritableDb, row: ConfirmationRow): void {
  db.run(
    `INSERT OR IGNORE INTO forwarding_confirmations (message_id, channel_id, provider, code, link, at)
     VALUES (@message_id, @channel_id, @provider, @code, @link, @at)`,
    row,
  )
}

/** The requests that came to a channel, the newest first, at most 20. */
export const confirmationsOf = (db: ReadableDb, channelId: string): ConfirmationRow[] =>
  db.all<ConfirmationRow>(
    'SELECT * FROM forwarding_confirmations WHERE channel_id = ? ORDER BY at DESC LIMIT 20',
    [channelId],
  )
