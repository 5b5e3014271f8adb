import { DomainError } from '../lib/domain-error.ts'
import { deliveryOf, reportShapesAbout } from '../read/deliveries.ts'
import { outboxRecipientsOf } from '../store/queries/outgoing.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import { openItems, outboxById, outboxLog, outboxRecipients, type OutboxRow } from '../store/tables/outbox.ts'
import { threadById } from '../store/tables/threads.ts'
import { canSeeChannel, refusalToAnswer, refusalToSend, type Access } from '../team/access.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const outboxHandlers = (deps: ApiDeps) => {
  const { store, outbox } = deps

  /** A conversation that was moved is answered from the address it came to (D8). */
  const mayAnswer = (access: Access, channel: ChannelRow, { thread_id }: OutboxRow): boolean =>
    thread_id !== null && refusalToAnswer(access, channel, threadById(store.read, thread_id)) === null

  const canSee = (access: Access, item: OutboxRow): boolean => {
    const channel = channelById(store.read, item.channel_id)
    if (channel === undefined) return false
    return canSeeChannel(access, channel) || mayAnswer(access, channel, item)
  }

  const mustSee = (access: Access, id: string): OutboxRow => {
    const item = outboxById(store.read, id)
    if (!item || !canSee(access, item)) {
      throw new DomainError('NOT_FOUND', 'This message is not in the outbox any more.')
    }
    return item
  }

  const mustHandle = (access: Access, id: string): void => {
    const item = mustSee(access, id)
    const channel = channelById(store.read, item.channel_id)!
    const refusal = mayAnswer(access, channel, item) ? null : refusalToSend(access, channel)
    if (refusal !== null)
      throw new DomainError('NOT_ALLOWED', refusal, { inboxId: channel.inbox_id ?? undefined })
  }

  const shape = (item: OutboxRow) => ({
    id: item.id,
    authorId: item.author_id,
    threadId: item.thread_id,
    channelId: item.channel_id,
    from: { name: item.from_name, address: item.from_address },
    recipients: outboxRecipients(store.read, item.id).map(({ name, address }) => ({ name, address })),
    subject: item.subject,
    delivery: deliveryOf(
      item,
      outboxRecipientsOf(store.read, [item.id]),
      reportShapesAbout(store.read, [item.message_id]).get(item.message_id),
    ),
    releaseAt: item.release_at,
    onlyIfQuiet: item.quiet_count !== null,
    attempts: item.attempts,
    log: outboxLog(store.read, item.id),
    createdAt: item.created_at,
  })

  return {
    get: os.outbox.get.handler(({ input, context }) => shape(mustSee(mustAccess(context), input.id))),
    list: os.outbox.list.handler(({ context }) => {
      const access = mustAccess(context)
      return openItems(store.read)
        .filter((item) => canSee(access, item))
        .map(shape)
    }),
    undo: os.outbox.undo.handler(({ input, context }) => {
      mustHandle(mustAccess(context), input.id)
      return { draftId: outbox.undo(input.id), rev: store.rev }
    }),
    sendNow: os.outbox.sendNow.handler(({ input, context }) => {
      mustHandle(mustAccess(context), input.id)
      outbox.sendNow(input.id)
      return { rev: store.rev }
    }),
    resolve: os.outbox.resolve.handler(({ input, context }) => {
      mustHandle(mustAccess(context), input.id)
      outbox.resolve(input.id, input.as)
      return { rev: store.rev }
    }),
    discard: os.outbox.discard.handler(({ input, context }) => {
      mustHandle(mustAccess(context), input.id)
      outbox.discard(input.id)
      return { rev: store.rev }
    }),
  }
}
