import type { ChannelKind, ServerSecurity, ServerSettings } from '../../../../contract/channels.ts'
import type { ReadableDb, WritableDb } from '../statements.ts'

export type ChannelRow = {
  id: string
  kind: ChannelKind
  purpose: 'team' | 'personal'
  /** Null for a personal channel. */
  inbox_id: string | null
  /** The owner of a personal channel, else null. */
  user_id: string | null
  log_replies: 0 | 1
  track_opens: 0 | 1
  font: string
  /** Personal: all mail with contacts is logged, not only replies. Off altogether while `log_replies` is 0. */
  log_all: 0 | 1
  /** Personal: folders that are looked at beside INBOX, one a line (G6). */
  log_folders: string
  address: string
  address_key: string
  from_name: string
  imap_host: string | null
  imap_port: number | null
  imap_security: ServerSecurity | null
  imap_user: string | null
  smtp_host: string | null
  smtp_port: number | null
  smtp_security: ServerSecurity | null
  smtp_user: string | null
  junk_count: number | null
  /** What the mailbox calls its Junk folder; '' where it has none, null while nobody has looked. */
  junk_path: string | null
  last_mail_in_at: number | null
  disconnected_at: number | null
  created_at: number
  /** The largest message in bytes that its server took when it was last asked; null where it is not known. */
  smtp_max_bytes: number | null
  /** From here on only of kind `hosted`; see store/tables/hosted.ts. */
  hosted_form: 'alias' | 'receiver' | null
  parent_channel_id: string | null
  forwarding_address: string | null
  forwarding_key: string | null
  from_name_kind: 'agent_and_company' | 'company' | null
  company_name: string | null
  custom_from: string | null
  signature_html: string | null
}

export const connectedChannels = (db: ReadableDb): ChannelRow[] =>
  db.all<ChannelRow>('SELECT * FROM channels WHERE disconnected_at IS NULL ORDER BY created_at, id')

export const channelById = (db: ReadableDb, id: string): ChannelRow | undefined =>
  db.get<ChannelRow>('SELECT * FROM channels WHERE id = ?', [id])

/** The servers of a channel, each null where the kind has none. */
export function channelServers(row: ChannelRow): {
  imap: ServerSettings | null
  smtp: ServerSettings | null
} {
  return {
    imap: row.imap_host
      ? {
          host: row.imap_host,
          port: row.imap_port!,
          security: row.imap_security!,
          user: row.imap_user ?? undefined,
        }
      : null,
    smtp: row.smtp_host
      ? {
          host: row.smtp_host,
          port: row.smtp_port!,
          security: row.smtp_security!,
          user: row.smtp_user ?? undefined,
        }
      : null,
  }
}

export function setJunkCount(db: WritableDb, channelId: string, count: number): boolean {
  return (
    db.run('UPDATE channels SET junk_count = ?1 WHERE id = ?2 AND junk_count IS NOT ?1', [count, channelId])
      .changes > 0
  )
}

export function setLastMailIn(db: WritableDb, channelId: string, at: number): void {
  db.run('UPDATE channels SET last_mail_in_at = ?1 WHERE id = ?2 AND coalesce(last_mail_in_at, 0) < ?1', [
    at,
    channelId,
  ])
}

/** Lower-cased addresses of the workspace's own channels, disconnected ones too: nobody of them is a contact. */
export const ownAddresses = (db: ReadableDb): Set<string> =>
  new Set(
    db
      .all<{ address: string }>(
        `SELECT lower(address) AS address FROM channels
         UNION SELECT lower(forwarding_address) FROM channels WHERE forwarding_address IS NOT NULL
         UNION SELECT lower(custom_from) FROM channels WHERE custom_from IS NOT NULL`,
      )
      .map((row) => row.address),
  )

export function setSmtpMaxBytes(db: WritableDb, id: string, bytes: number | null): void {
  db.run('UPDATE channels SET smtp_max_bytes = ? WHERE id = ?', [bytes, id])
}
