import { deliveryKey } from '../lib/delivery-key.ts'
import type { ReadableDb } from '../store/statements.ts'
import { connectedChannels } from '../store/tables/channels.ts'
import { theWorkspace } from '../store/tables/workspaces.ts'

/** The addresses that log (G2, G3), and all spellings that are recognised. */
export type LoggingAddresses = {
  /** As it is shown to be copied; null while there is none. */
  bcc: string | null
  forward: string | null
  /** Delivery keys. */
  bccKeys: ReadonlySet<string>
  forwardKeys: ReadonlySet<string>
}

/** `support@acme.test` as `support+log@acme.test`. */
function tagged(address: string, tag: string): string {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  return `${local.replace(/(?<=.)\+.*$/s, '')}+${tag}${address.slice(at)}`
}

/**
 * Plus-addresses of every connected mailbox of a team, the oldest one's shown; an alias that was set takes their place.
 * What was once handed out goes on being recognised while its channel is connected.
 */
export function loggingAddresses(db: ReadableDb): LoggingAddresses {
  const workspace = theWorkspace(db)
  const mailboxes = connectedChannels(db).filter((row) => row.purpose === 'team' && row.kind === 'imap')
  const of = (tag: string, alias: string | null | undefined) => {
    const all = mailboxes.map((row) => tagged(row.address, tag))
    return {
      shown: alias ?? all[0] ?? null,
      keys: new Set([...(alias ? [alias] : []), ...all].map(deliveryKey)),
    }
  }
  const bcc = of('log', workspace?.log_bcc_address)
  const forward = of('forward', workspace?.log_forward_address)
  return { bcc: bcc.shown, forward: forward.shown, bccKeys: bcc.keys, forwardKeys: forward.keys }
}
