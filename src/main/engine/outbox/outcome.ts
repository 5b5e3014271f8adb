import type { SendError, SendResult } from '../channels/types.ts'
import type { OutboxState } from '../store/queries/outgoing.ts'
import type { RecipientState } from '../store/tables/outbox.ts'

export type Recipient = { address: string; state: RecipientState; server_text: string | null }

export type Outcome = {
  /** `unknown`: the message had left and nobody knows whether it was taken (fault 22). */
  state: Extract<OutboxState, 'queued' | 'sent' | 'partly_sent' | 'failed' | 'unknown'>
  recipients: Recipient[]
  /** The server's words, or ours where it said nothing. */
  text: string
}

/** Which states an item has when nothing of it waits any more. */
function settled(recipients: readonly Recipient[]): 'sent' | 'partly_sent' | 'failed' {
  if (recipients.every((one) => one.state === 'accepted')) return 'sent'
  return recipients.some((one) => one.state === 'accepted') ? 'partly_sent' : 'failed'
}

/**
 * What an answer to the end of DATA means for each recipient (fault 24): whoever was accepted is never tried again, a
 * temporary refusal waits for another try, a permanent one has failed.
 * @param addressOf  the recipients behind an address of the envelope
 * @param giveUp  whether temporary refusals have lasted too long
 */
export function outcomeOf(
  recipients: readonly Recipient[],
  result: SendResult,
  addressOf: (envelope: string) => string | undefined,
  giveUp: boolean,
): Outcome {
  const refusals = new Map(result.rejected.map((one) => [addressOf(one.address), one]))
  const after = recipients.map((one): Recipient => {
    if (one.state === 'accepted' || one.state === 'failed') return one
    const refusal = refusals.get(one.address)
    if (refusal) {
      const state = refusal.permanent || giveUp ? 'failed' : 'deferred'
      return { ...one, state, server_text: refusal.serverText }
    }
    // The server took the message, and had refused nobody else: a second try could only be a second copy.
    return { ...one, state: 'accepted', server_text: result.serverText }
  })
  const waits = after.some((one) => one.state === 'deferred')
  return { state: waits ? 'queued' : settled(after), recipients: after, text: result.serverText }
}

/** What was said of one recipient, without the address that the words begin with where all were refused. */
const saidOf = (address: string, text: string): string =>
  text.startsWith(`${address}: `) ? text.slice(address.length + 2) : text

/** What a failed try means: unknown, another try, or the end of it for all that were not accepted before. */
export function outcomeOfFailure(
  recipients: readonly Recipient[],
  error: SendError | Error,
  giveUp: boolean,
): Outcome {
  const send = 'phase' in error ? error : null
  const text = send ? send.serverText || send.message : error.message
  if (send && send.phase === 'after_data' && send.code === null)
    return { state: 'unknown', recipients: [...recipients], text }
  if (!send?.permanent && !giveUp) return { state: 'queued', recipients: [...recipients], text }
  const after = recipients.map((one): Recipient =>
    one.state === 'accepted' ? one : { ...one, state: 'failed', server_text: saidOf(one.address, text) },
  )
  return { state: settled(after), recipients: after, text }
}
