import { randomUUID } from 'node:crypto'
import type { Mailbox } from '../../../contract/common.ts'
import { unfilledTokens } from '../../../contract/tokens.ts'
import { appendTo, closeTicket } from '../crm/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import { appendOp } from '../store/ops.ts'
import type { BlobHash } from '../store/blobs.ts'
import { messageById } from '../store/queries/messages.ts'
import type { Store } from '../store/store.ts'
import { channelById, type ChannelRow } from '../store/tables/channels.ts'
import {
  draftAttachments,
  draftById,
  draftRecipients,
  setDraftOutbox,
  type DraftRow,
} from '../store/tables/drafts.ts'
import { insertOutbox, logOutbox, updateOutbox } from '../store/tables/outbox.ts'
import { noteRecipients } from '../store/tables/past-recipients.ts'
import { threadById } from '../store/tables/threads.ts'
import { driverFor } from '../channels/registry.ts'
import { deliveryKey } from '../lib/delivery-key.ts'
import { userById } from '../store/tables/users.ts'
import { sendingChannel } from '../sync/hosted/sending-channel.ts'
import { senderOf, signatureFor } from './sender.ts'
import { addressProblem, envelopeAddress } from './addresses.ts'
import { buildMessage, plainText } from './build-message.ts'
import { answerChanged } from './drafts.ts'
import { onlyIfQuiet } from './if-quiet.ts'
import { answerReferences, personalReferences } from './source.ts'
import { mustHaveSeen } from './thread-news.ts'

/** G7: the answer to it would not come to the inbox. */
const TEAM_THREAD =
  'This conversation was begun from a team address, so it cannot go on from a personal one. Choose the team address as the sender.'

const PERSONAL_THREAD =
  'This conversation is personal mail, so it cannot go on from a team address. Choose the personal address as the sender.'

/**
 * Turns a draft into a finished message in the outbox: built once, with a Message-ID that stays the same at every
 * try, on the disk when this resolves. A draft is queued at most once (fault 26).
 * @param releaseAt  ms; when it may leave
 * Throws DomainError: BAD_INPUT for recipients, NOT_FOUND, CONFLICT when it was changed or sent meanwhile, and (D6) when
 * its thread changed since it was begun and the writer was not shown how; BAD_INPUT for unfilled tokens that the writer
 * was not asked about.
 */
export async function queueDraft(
  { store }: { store: Store },
  input: {
    draftId: string
    version: number
    authorId: string
    releaseAt: number
    now: number
    closeThread: boolean
    /** The newest message since the draft was begun that its writer was shown. */
    seen?: string
    /** The writer knows that there are unfilled tokens in it. */
    withTokens?: boolean
    /** Put back when somebody answers before it is due. */
    onlyIfQuiet?: boolean
  },
): Promise<string> {
  const draft = mustBeUnsent(store, input.draftId)
  const { channel, through } = mustHaveSender(store, draft)
  const recipients = draftRecipients(store.read, draft.id)
  const all = mustBeSendable(recipients)
  if (!input.withTokens) mustBeFilledIn(draft)
  const built = await messageOf(store, draft, channel, {
    authorId: input.authorId,
    recipients,
    at: input.releaseAt,
  })
  const { from, messageId, answered } = built
  const id = randomUUID()
  store.write(
    (write) => {
      const { db, now, changed } = write
      const current = draftById(db, draft.id)
      if (current?.version !== input.version || current.outbox_id !== null) {
        throw new DomainError(
          'CONFLICT',
          'This draft was changed or sent meanwhile. Look at it again, then send.',
        )
      }
      mustHaveSeen(db, draft, input.seen)
      const [rawHash] = store.blobs.put(db, [built.raw]) as [BlobHash]
      insertOutbox(
        db,
        {
          id,
          draft_id: draft.id,
          author_id: input.authorId,
          thread_id: draft.thread_id,
          channel_id: channel.id,
          message_id: messageId,
          from_name: from.name,
          from_address: from.address,
          subject: draft.subject,
          snippet: plainText(draft.html).replace(/\s+/g, ' ').slice(0, 200),
          raw_hash: rawHash,
          state: 'held',
          release_at: input.releaseAt,
          copy_state: driverFor(through.kind).filesSentCopy ? 'none' : 'pending',
          source_message_id: answered?.id ?? null,
          created_at: now,
        },
        all,
      )
      if (channel.purpose === 'personal') {
        const { log, log_original, source_personal_id } = draft
        updateOutbox(db, id, { log, log_original, source_personal_id })
      }
      logOutbox(db, id, now, 'held', 'Stored in the outbox.')
      setDraftOutbox(db, draft.id, id)
      noteRecipients(db, input.authorId, all, now)
      if (input.onlyIfQuiet && draft.thread_id)
        onlyIfQuiet(write, { id, author_id: input.authorId }, draft.thread_id)
      answerChanged(write, draft)
      const thread = draft.thread_id ? threadById(db, draft.thread_id) : undefined
      if (input.closeThread && thread?.status === 'open') {
        appendOp(write, store.hlc, input.authorId, {
          entity: 'thread',
          id: thread.id,
          kind: 'set',
          values: { status: 'closed' },
        })
        closeTicket(write, appendTo(write, store, input.authorId), thread.id)
      }
      changed('drafts', draft.id)
      changed('outbox', id)
      if (thread) changed('threads', thread.id)
    },
    { durable: true },
  )
  return id
}

/** @throws DomainError NOT_FOUND, CONFLICT */
function mustBeUnsent(store: Store, id: string): DraftRow {
  const draft = draftById(store.read, id)
  if (!draft)
    throw new DomainError('NOT_FOUND', 'This draft is not there any more. It was sent or discarded.')
  if (draft.outbox_id !== null) throw new DomainError('CONFLICT', 'This message was sent already.')
  return draft
}

/** The channel that a draft is from, and the one that it leaves through. @throws DomainError BAD_INPUT */
function mustHaveSender(store: Store, draft: DraftRow): { channel: ChannelRow; through: ChannelRow } {
  const channel = channelById(store.read, draft.channel_id)
  if (!channel || channel.disconnected_at !== null) {
    throw new DomainError('BAD_INPUT', 'The sender address is no longer connected. Choose another sender.', {
      field: 'channelId',
    })
  }
  if (draft.thread_id !== null) {
    const isLogged = threadById(store.read, draft.thread_id)?.inbox_id === null
    if (channel.purpose === 'personal' && !isLogged)
      throw new DomainError('BAD_INPUT', TEAM_THREAD, { field: 'channelId' })
    if (channel.purpose === 'team' && isLogged)
      throw new DomainError('BAD_INPUT', PERSONAL_THREAD, { field: 'channelId' })
  }
  const through = sendingChannel(store.read, channel)
  if (!through) {
    throw new DomainError(
      'BAD_INPUT',
      `${channel.address} has no channel to send through. Connect a mailbox of its domain, or choose a channel for it in the inbox settings.`,
      { field: 'channelId' },
    )
  }
  return { channel, through }
}

/** The finished message, with what the outbox keeps of it: its sender, its id and the message of a team that it answers. */
async function messageOf(
  store: Store,
  draft: DraftRow,
  channel: ChannelRow,
  {
    authorId,
    recipients,
    at,
  }: { authorId: string; recipients: ReturnType<typeof draftRecipients>; at: number },
) {
  const files = await Promise.all(
    draftAttachments(store.read, draft.id).map(async (file) => ({
      name: file.name,
      mimeType: file.mime_type,
      contentId: file.content_id,
      inline: file.inline === 1,
      content: await store.blobs.get(store.read, file.hash),
    })),
  )
  const isAnswer = draft.mode === 'reply' || draft.mode === 'reply_all'
  const answered =
    isAnswer && draft.source_message_id ? messageById(store.read, draft.source_message_id) : undefined
  const references = answered
    ? answerReferences(store, answered.rowid)
    : draft.source_personal_id && isAnswer
      ? personalReferences(store, draft.source_personal_id)
      : { inReplyTo: null, references: [] }
  const sender = senderOf(store.read, channel, userById(store.read, authorId) ?? null)
  const signature = signatureFor(draft.html, sender)
  const from = { name: sender.fromName, address: sender.fromAddress }
  const isElsewhere = deliveryKey(from.address) !== deliveryKey(channel.address)
  const address = envelopeAddress(from)
  const messageId = `${randomUUID()}@${address.slice(address.lastIndexOf('@') + 1)}`
  const raw = await buildMessage({
    messageId,
    date: at,
    from,
    to: recipients.to,
    cc: recipients.cc,
    subject: draft.subject,
    html: draft.html,
    quotedHtml: draft.quoted_html,
    signatureHtml: signature.signatureHtml,
    font: channel.font,
    // Answers come to the address that the mail of this channel comes to.
    ...(isElsewhere ? { replyTo: { name: '', address: channel.address } } : {}),
    ...references,
    files: [...files, ...signature.files],
  })
  return { raw, from, messageId, answered }
}

/** A template's tokens that nothing filled in are not for the recipient (C9). */
function mustBeFilledIn({ subject, html }: DraftRow): void {
  const tokens = new Set(unfilledTokens(`${subject}\n${plainText(html)}`).map(({ token }) => token))
  if (tokens.size === 0) return
  const named = [...tokens].map((token) => `{{ ${token} }}`).join(', ')
  throw new DomainError(
    'BAD_INPUT',
    `Nothing was filled in for ${named}. Write what belongs there, or send it anyway.`,
    { field: 'tokens' },
  )
}

function mustBeSendable(recipients: {
  to: Mailbox[]
  cc: Mailbox[]
  bcc: Mailbox[]
}): (Mailbox & { kind: 'to' | 'cc' | 'bcc' })[] {
  const seen = new Set<string>()
  const all: (Mailbox & { kind: 'to' | 'cc' | 'bcc' })[] = []
  for (const kind of ['to', 'cc', 'bcc'] as const) {
    for (const { name, address } of recipients[kind]) {
      const problem = addressProblem(address)
      if (problem) throw new DomainError('BAD_INPUT', problem, { field: kind })
      // One mailbox gets one copy, however its domain is written.
      const key = envelopeAddress({ name, address }).toLowerCase()
      if (seen.has(key)) continue
      seen.add(key)
      all.push({ kind, name, address })
    }
  }
  if (all.length === 0)
    throw new DomainError('BAD_INPUT', 'The message has no recipient. Add one under To, Cc or Bcc.', {
      field: 'to',
    })
  return all
}
