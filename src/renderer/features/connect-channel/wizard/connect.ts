import { ORPCError } from '@orpc/client'
import type { ConnectionSettings } from '@contract/channels.ts'
import type { HostedSettings } from '@contract/hosted.ts'
import type { ChannelId, InboxId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { NEW_INBOX } from './answers.ts'
import type { Answers, Begun } from './answers.ts'

/** The field of the contract that a refusal names, where it names one. */
export function fieldOf(error: unknown): string | undefined {
  if (!(error instanceof ORPCError)) return undefined
  const data: unknown = error.data
  const field = typeof data === 'object' && data !== null && 'field' in data ? data.field : undefined
  return typeof field === 'string' ? field : undefined
}

/**
 * "Connect and finish": the only place where the wizard's answers are kept by the engine.
 * The inbox's rules are set before the address is connected, so that its first mail meets them; where connecting fails
 * they are put back. A new inbox stays chosen in `answers`, so that the next try makes no second one.
 * @throws what the engine refuses
 */
export async function connectAnswers(init: {
  answers: Answers
  settings: ConnectionSettings
  hosted: Omit<HostedSettings, 'inboxId'>
}): Promise<ChannelId> {
  const { answers, settings } = init
  const fromName = answers.fromName.trim()
  if (answers.purpose === 'personal') {
    return (await rpc.channels.connect({ ...settings, purpose: 'personal', fromName })).id
  }
  if (answers.inbox === NEW_INBOX || answers.inbox === '') {
    answers.inbox = (await rpc.inboxes.add({ name: answers.newInbox.trim() })).id
  }
  const inboxId: InboxId = answers.inbox
  const undo = await setRules(inboxId, answers)
  try {
    if (answers.kind === 'hosted') return (await rpc.hosted.connect({ ...init.hosted, inboxId })).id
    const team = { purpose: 'team' as const, inboxId, teamSeesEverything: answers.understood }
    return (await rpc.channels.connect({ ...settings, ...team, fromName })).id
  } catch (error) {
    await undo()
    throw error
  }
}

/** Routing and ticket defaults of the inbox, where they were changed. Answers how to take that back. */
async function setRules(id: InboxId, answers: Answers): Promise<() => Promise<void>> {
  const rules = answers.conversations
  if (!rules?.touched) return async () => {}
  const { routing, tickets } = await rpc.inboxSettings.get({ id })
  await rpc.inboxSettings.update({ id, routing: rules.routing, tickets: rules.tickets })
  return async () => void (await rpc.inboxSettings.update({ id, routing, tickets }))
}

/** Sets the receiver as it was before the wizard. */
export async function putReceiverBack(before: NonNullable<Begun['receiverBefore']>): Promise<void> {
  await rpc.receiver.configure(before)
}
