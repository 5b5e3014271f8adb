import type { ChannelHealth } from '../../../contract/channels.ts'
import type { MailSession } from '../channels/types.ts'

/** Keeps every connected channel of the workspace in step with its server. */
export type Sync = {
  /** Begins with all connected channels. */
  start(): void
  /** To be called after a channel was connected, updated or disconnected, and after a wipe. */
  channelsChanged(): void
  /** Resolves when every channel that was disconnected has stopped. */
  settled(): Promise<void>
  /** Drops any waiting and connects at once. */
  retry(channelId: string): void
  /** A new password: the connection is given up for one that uses it. */
  reconnect(channelId: string): void
  /** The machine slept: every line is dead without knowing it (fault 42). */
  reconnectAll(): void
  /** Messages that were set aside are tried again. */
  retrySetAside(channelId: string): void
  /** Flags were changed here (rows in flag_changes): tell the server soon. */
  flagsChanged(channelId: string): void
  /** How the channel is, as it is shown. */
  health(channelId: string): ChannelHealth
  /** Runs `work` on a session of its own (junk, the copy to Sent, look-ups by Message-ID), closed afterwards. */
  withSession<T>(channelId: string, work: (session: MailSession) => Promise<T>): Promise<T>
  close(): Promise<void>
}
