import type { Drivers } from '../channels/registry.ts'
import { NO_SECRETS, SendError, type ChannelSecrets, type MailTransport } from '../channels/types.ts'
import type { Store } from '../store/store.ts'
import { channelById, channelServers } from '../store/tables/channels.ts'
import { sendingChannel } from '../sync/hosted/sending-channel.ts'

type TransportsDeps = {
  store: Store
  drivers: Drivers
  secrets(channelId: string): Promise<ChannelSecrets>
}

type Open = { key: string; transport: MailTransport }

/** One transport a channel, for as long as its server and password stay what they are. */
export class Transports {
  readonly #deps: TransportsDeps
  readonly #open = new Map<string, Open>()

  constructor(deps: TransportsDeps) {
    this.#deps = deps
  }

  /**
   * The channel's transport; of a hosted address, that of the channel it sends through. Throws a SendError when the
   * channel is not connected, a ChannelError without a password.
   */
  async of(channelId: string): Promise<MailTransport> {
    const { store, drivers, secrets } = this.#deps
    const own = channelById(store.read, channelId)
    const isOver = !own || own.disconnected_at !== null
    const channel = isOver ? null : sendingChannel(store.read, own)
    if (!channel || channel.disconnected_at !== null) {
      this.drop(channelId)
      throw isOver || channel
        ? noChannel(
            'The sender address is no longer connected. Connect it again, or take the message back.',
            'Connect it again under Settings, Channels.',
          )
        : noChannel(
            `${own.address} has no channel to send through.`,
            'Connect a mailbox of its domain, or choose a channel for it under Inbox settings, Channels.',
          )
    }
    const servers = channelServers(channel)
    const passwords = servers.smtp ? await secrets(channel.id) : NO_SECRETS
    const key = JSON.stringify([channel.kind, servers.smtp, passwords.smtpPassword])
    const known = this.#open.get(channelId)
    if (known?.key === key) return known.transport
    this.drop(channelId)
    const settings = { kind: channel.kind, address: channel.address, ...servers }
    const transport = drivers(channel.kind).transport(settings, passwords)
    this.#open.set(channelId, { key, transport })
    return transport
  }

  /** The next message makes a new connection. */
  drop(channelId: string): void {
    const known = this.#open.get(channelId)
    this.#open.delete(channelId)
    void known?.transport.close().catch(() => undefined)
  }

  close(): void {
    for (const channelId of [...this.#open.keys()]) this.drop(channelId)
  }
}

const noChannel = (message: string, hint: string): SendError =>
  new SendError({
    phase: 'before_data',
    code: null,
    serverText: '',
    problem: { code: 'unreachable', message, hint, serverText: null },
  })
