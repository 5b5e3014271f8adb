import type { DraftContent, DraftMode } from '../../../contract/composing.ts'
import { DomainError } from '../lib/domain-error.ts'
import { plainText } from '../outbox/build-message.ts'
import { queueDraft } from '../outbox/queue-draft.ts'
import { sendFacts } from '../outbox/send-facts.ts'
import { previewOf, senderOf, type Sender } from '../outbox/sender.ts'
import { plainStart } from '../read/plain-text.ts'
import { recipientZone } from '../read/recipient-zone.ts'
import { findRecipients, membersOf } from '../read/recipients.ts'
import { connectedChannels, channelById, type ChannelRow } from '../store/tables/channels.ts'
import {
  draftAttachments,
  draftById,
  draftRecipients,
  draftsOf,
  draftsOfOthers,
  revisionsOf,
  type DraftAttachmentRow,
  type DraftRow,
} from '../store/tables/drafts.ts'
import { sendingChannel } from '../sync/hosted/sending-channel.ts'
import { messageById } from '../store/queries/messages.ts'
import { threadById } from '../store/tables/threads.ts'
import { canSeeThread, mustAct, refusalToAnswer, refusalToSend, type Access } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { readPersonalSource } from './personal-logging.ts'

/** Characters of a teammate's draft that are shown. */
const SHOWN_TEXT = 20_000

/** A draft belongs to the user who writes it; to everybody else it does not exist. */
export function mustOwnDraft(deps: Pick<ApiDeps, 'store'>, access: Access, id: string): DraftRow {
  const draft = draftById(deps.store.read, id)
  if (draft?.user_id !== access.user.id) {
    throw new DomainError('NOT_FOUND', 'This draft is not there any more. It was sent or discarded.')
  }
  return draft
}

const mailboxOf = ({ fromName, fromAddress }: Sender) => ({ name: fromName, address: fromAddress })

/** A draft's attachment as the composer shows it. */
export const draftAttachmentShape = (
  deps: Pick<ApiDeps, 'files'>,
  access: Access,
  row: DraftAttachmentRow,
) => ({
  id: row.id,
  name: row.name,
  mimeType: row.mime_type,
  size: row.size,
  inline: row.inline === 1,
  contentId: row.content_id,
  url: deps.files.url({ kind: 'draft', userId: access.user.id, id: row.id, name: row.name }),
})

export const draftsHandlers = (deps: ApiDeps) => {
  const { store, drafts, clock } = deps

  const shape = (access: Access, row: DraftRow) => ({
    id: row.id,
    mode: row.mode,
    threadId: row.thread_id,
    sourceMessageId: row.source_message_id,
    sourcePersonalId: row.source_personal_id,
    log: row.log === 1,
    logOriginal: row.log_original === 1,
    channelId: row.channel_id,
    ...draftRecipients(store.read, row.id),
    subject: row.subject,
    html: row.html,
    quotedHtml: row.quoted_html,
    attachments: draftAttachments(store.read, row.id).map((file) => draftAttachmentShape(deps, access, file)),
    returned: returnedOf(row),
    version: row.version,
    updatedAt: row.updated_at,
  })

  const returnedOf = ({ returned_at, returned_by }: DraftRow) => {
    if (returned_at === null) return null
    const by = returned_by === null ? undefined : messageById(store.read, returned_by)
    return { at: returned_at, by: { name: by?.from_name ?? '', address: by?.from_address ?? '' } }
  }

  /** What a teammate sees of it. */
  const seenByOthers = (row: DraftRow) => {
    const { to, cc } = draftRecipients(store.read, row.id)
    return {
      id: row.id,
      userId: row.user_id,
      mode: row.mode,
      to,
      cc,
      subject: row.subject,
      updatedAt: row.updated_at,
    }
  }

  /** A teammate's, in a conversation of an inbox that the user can see; any other does not exist. */
  const mustSeeDraft = (access: Access, id: string): DraftRow => {
    const row = draftById(store.read, id)
    const thread = row?.thread_id ? threadById(store.read, row.thread_id) : undefined
    if (row && row.outbox_id === null && thread && thread.inbox_id !== null && canSeeThread(access, thread))
      return row
    throw new DomainError('NOT_FOUND', 'This draft is not there any more. It was sent or discarded.')
  }

  /** Sending from an address takes membership of its inbox (A2, C2), or of that which its conversation was moved to (D8). */
  const mustSendFrom = (access: Access, channelId: string, threadId: string | null = null): void => {
    const channel = channelById(store.read, channelId)
    if (!channel) throw new DomainError('NOT_FOUND', 'This sender address does not exist.')
    const thread = threadId === null ? undefined : threadById(store.read, threadId)
    const refusal = refusalToAnswer(access, channel, thread)
    if (refusal === null) return
    throw new DomainError('NOT_ALLOWED', refusal, { inboxId: channel.inbox_id ?? undefined })
  }

  /**
   * The address that a draft begins with where none was chosen: for an answer that of its conversation (undefined here),
   * for a forward too if the user may send from it, else the first of their own.
   */
  const senderFor = (
    access: Access,
    { mode, sourceMessageId }: { mode: DraftMode; sourceMessageId?: string },
  ): string | undefined => {
    if (sourceMessageId && mode !== 'forward') return undefined
    const own = connectedChannels(store.read).filter((row) => refusalToSend(access, row) === null)
    const source = sourceMessageId && messageById(store.read, sourceMessageId)?.channel_id
    const sender = own.find((row) => row.id === source) ?? own[0]
    if (sender) return sender.id
    throw new DomainError(
      'NOT_FOUND',
      'You have no address to send from. Connect your own under Settings, Email accounts, or ask an admin to add you to an inbox.',
    )
  }

  return {
    open: os.drafts.open.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      if (input.sourceMessageId) {
        const message = messageById(store.read, input.sourceMessageId)
        if (!message) throw new DomainError('NOT_FOUND', 'The message to answer is not there any more.')
        const thread = mustSeeThread(store.read, access, message.thread_id)
        // Its owner goes on with logged personal mail (G7).
        const isOwn = thread.inbox_id === null && thread.user_id === access.user.id
        if (input.mode !== 'forward' && !isOwn) mustAct(access, thread.inbox_id)
      }
      const { personalMessageId, ...rest } = input
      const personal = personalMessageId
        ? await readPersonalSource(deps, access, personalMessageId)
        : undefined
      const channelId = input.channelId ?? personal?.row.channel_id ?? senderFor(access, input)
      if (channelId) mustSendFrom(access, channelId)
      const draft = await drafts.open({
        ...rest,
        ...(personal ? { personal } : {}),
        channelId,
        userId: access.user.id,
      })
      return shape(access, draft)
    }),
    get: os.drafts.get.handler(({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustOwnDraft(deps, access, input.id)
      if (draft.outbox_id !== null)
        throw new DomainError('CONFLICT', 'This message was handed to the outbox already.')
      return shape(access, draft)
    }),
    list: os.drafts.list.handler(({ context }) =>
      draftsOf(store.read, mustAccess(context).user.id).map((row) => ({
        id: row.id,
        subject: row.subject,
        threadId: row.thread_id,
        mode: row.mode,
        updatedAt: row.updated_at,
        returned: returnedOf(row),
      })),
    ),
    ofThread: os.drafts.ofThread.handler(({ input, context }) => {
      const access = mustAccess(context)
      const thread = mustSeeThread(store.read, access, input.threadId)
      // Logged personal mail shows on its records to everybody; what its owner is writing is theirs.
      if (thread.inbox_id === null) return []
      return draftsOfOthers(store.read, access.user.id, thread.id).map(seenByOthers)
    }),
    read: os.drafts.read.handler(({ input, context }) => {
      const row = mustSeeDraft(mustAccess(context), input.id)
      const files = draftAttachments(store.read, row.id).filter(({ inline }) => inline === 0)
      return {
        ...seenByOthers(row),
        text: plainText(row.html).slice(0, SHOWN_TEXT),
        attachments: files.map(({ name }) => name),
      }
    }),
    answerInstead: os.drafts.answerInstead.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const { thread_id } = mustOwnDraft(deps, access, input.id)
      if (thread_id) mustSeeThread(store.read, access, thread_id)
      return shape(access, await drafts.answerInstead(input.id, input.version, input))
    }),
    recipients: os.drafts.recipients.handler(({ input, context }) =>
      findRecipients(store.read, mustAccess(context).user.id, input.query, input.limit),
    ),
    groupMembers: os.drafts.groupMembers.handler(({ input, context }) =>
      membersOf(store.read, mustAccess(context).user.id, input.kind, input.id),
    ),
    recipientZone: os.drafts.recipientZone.handler(({ input, context }) =>
      recipientZone(store, mustAccess(context), input.addresses),
    ),
    save: os.drafts.save.handler(({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustOwnDraft(deps, access, input.id)
      mustSendFrom(access, input.content.channelId, draft.thread_id)
      return { version: drafts.save(input.id, input.version, input.content), rev: store.rev }
    }),
    discard: os.drafts.discard.handler(({ input, context }) => {
      mustOwnDraft(deps, mustAccess(context), input.id)
      drafts.discard(input.id)
      return { rev: store.rev }
    }),
    history: os.drafts.history.handler(({ input, context }) => {
      mustOwnDraft(deps, mustAccess(context), input.id)
      return revisionsOf(store.read, input.id).map((revision) => {
        const content = JSON.parse(revision.content) as DraftContent
        return {
          version: revision.version,
          at: revision.at,
          subject: content.subject,
          snippet: plainStart(content.html, 200),
        }
      })
    }),
    restore: os.drafts.restore.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustOwnDraft(deps, access, input.id)
      return shape(access, drafts.restore(input.id, input.version))
    }),
    attachUrl: os.drafts.attachUrl.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustOwnDraft(deps, access, input.id)
      const id = JSON.stringify({ draftId: input.id, mimeType: input.mimeType, inline: input.inline })
      return { url: deps.files.url({ kind: 'upload', userId: access.user.id, id, name: input.name }) }
    }),
    detach: os.drafts.detach.handler(({ input, context }) => {
      mustOwnDraft(deps, mustAccess(context), input.id)
      drafts.detach(input.id, input.attachmentId)
      return { rev: store.rev }
    }),
    reattach: os.drafts.reattach.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustOwnDraft(deps, access, input.id)
      return draftAttachmentShape(deps, access, drafts.reattach(input.id, input.attachmentId))
    }),
    renameAttachment: os.drafts.renameAttachment.handler(({ input, context }) => {
      const access = mustAccess(context)
      mustOwnDraft(deps, access, input.id)
      return draftAttachmentShape(deps, access, drafts.rename(input.id, input.attachmentId, input.name))
    }),
    senders: os.drafts.senders.handler(({ context }) => {
      const access = mustAccess(context)
      const begun = draftsOf(store.read, access.user.id).flatMap((draft) =>
        draft.thread_id === null ? [] : (threadById(store.read, draft.thread_id) ?? []),
      )
      // Also the address of a conversation that was moved here and is being answered.
      const maySend = (row: ChannelRow): boolean =>
        refusalToSend(access, row) === null ||
        begun.some((thread) => refusalToAnswer(access, row, thread) === null)
      return connectedChannels(store.read)
        .filter(maySend)
        .map((row) => ({ row, sender: senderOf(store.read, row, access.user) }))
        .map(({ row, sender }) => ({
          channelId: row.id,
          mailbox: mailboxOf(sender),
          font: row.font,
          signatureHtml: previewOf(sender).signatureHtml,
          purpose: row.purpose,
          inboxName: access.inboxes.get(row.inbox_id ?? '')?.row.name ?? '',
          maxBytes: sendingChannel(store.read, row)?.smtp_max_bytes ?? null,
        }))
    }),
    facts: os.drafts.facts.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const asker = {
        userId: access.user.id,
        canSee: (thread: { inbox_id: string | null }) => canSeeThread(access, thread),
      }
      return sendFacts(store, asker, mustOwnDraft(deps, access, input.id), input)
    }),
    send: os.drafts.send.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const draft = mustOwnDraft(deps, access, input.id)
      mustSendFrom(access, draft.channel_id, draft.thread_id)
      const now = clock.now()
      const releaseAt = Math.max(now, input.sendAt ?? now + input.undoSeconds * 1000)
      const outboxId = await queueDraft(deps, {
        draftId: input.id,
        version: input.version,
        authorId: access.user.id,
        releaseAt,
        now,
        closeThread: input.closeThread,
        withTokens: input.withTokens,
        onlyIfQuiet: input.onlyIfQuiet,
        ...(input.seen && { seen: input.seen }),
      })
      deps.outbox.wake()
      return { outboxId, releaseAt, rev: store.rev }
    }),
  }
}
