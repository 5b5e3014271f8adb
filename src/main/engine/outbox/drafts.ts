import { randomUUID } from 'node:crypto'
import type { DraftContent, DraftMode } from '../../../contract/composing.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { BlobHash } from '../store/blobs.ts'
import type { Store } from '../store/store.ts'
import { connectedChannels, type ChannelRow } from '../store/tables/channels.ts'
import {
  deleteDraft,
  deleteDraftAttachment,
  draftAnswering,
  draftAnsweringPersonal,
  draftAttachments,
  draftById,
  insertDraft,
  insertDraftAttachment,
  revisionsOf,
  saveDraft,
  type DraftAttachmentRow,
  type DraftRow,
} from '../store/tables/drafts.ts'
import type { PersonalMessageRow } from '../store/tables/personal-messages.ts'
import { answerRecipients, answerSubject, quotation, type Source } from './answer.ts'
import { readSource } from './source.ts'
import { newestRowid } from '../store/queries/thread-news.ts'

export type Drafts = {
  /**
   * Opens a draft. An answer that the user has begun to the same message is opened again, never a second one made.
   * Throws DomainError NOT_FOUND for a message or channel that is not there.
   */
  open(input: {
    userId: string
    mode: DraftMode
    sourceMessageId?: string
    /** A personal message of which only the head is here, with what was fetched of it to be quoted (G4). */
    personal?: { row: PersonalMessageRow; source: Source }
    channelId?: string
    preset?: Partial<Omit<DraftContent, 'channelId'>>
  }): Promise<DraftRow>
  /** Throws CONFLICT when a newer version is there, NOT_FOUND when the draft was sent or discarded. */
  save(id: string, version: number, content: DraftContent): number
  discard(id: string): void
  restore(id: string, version: number): DraftRow
  attach(
    id: string,
    file: { name: string; mimeType: string; inline: boolean; content: Uint8Array },
  ): DraftAttachmentRow
  /** The same with bytes that are stored already, such as a document's of the library. */
  attachStored(
    id: string,
    file: { name: string; mimeType: string; size: number; hash: string },
  ): DraftAttachmentRow
  detach(id: string, attachmentId: string): void
}

/** Every address that mail to a channel may have been written to. */
export const addressesOf = (row: ChannelRow): string[] =>
  [row.address, row.forwarding_address, row.custom_from].filter((address) => address !== null)

export function createDrafts({ store }: { store: Store }): Drafts {
  const must = (id: string): DraftRow => {
    const draft = draftById(store.read, id)
    if (!draft)
      throw new DomainError('NOT_FOUND', 'This draft is not there any more. It was sent or discarded.')
    return draft
  }

  const channelFor = (id: string | undefined): string => {
    const channels = connectedChannels(store.read)
    const channel = id ? channels.find((row) => row.id === id) : channels[0]
    if (channel) return channel.id
    throw new DomainError(
      'NOT_FOUND',
      id
        ? 'The address of this conversation is no longer connected. Choose another sender, or connect it again.'
        : 'No address is connected, so there is nothing to send from. Connect a mailbox first.',
    )
  }

  return {
    async open({ userId, mode, sourceMessageId, personal, channelId, preset }) {
      if (mode !== 'new' && !sourceMessageId && !personal) {
        throw new DomainError('BAD_INPUT', 'An answer needs the message that it answers.', {
          field: 'sourceMessageId',
        })
      }
      const begun = sourceMessageId
        ? draftAnswering(store.read, userId, sourceMessageId, mode)
        : personal && draftAnsweringPersonal(store.read, userId, personal.row.id, mode)
      if (begun) return begun
      const read = sourceMessageId ? await readSource(store, sourceMessageId) : null
      if (sourceMessageId && !read)
        throw new DomainError('NOT_FOUND', 'The message to answer is not there any more.')
      const source = read?.source ?? personal?.source
      const sender = channelFor(channelId ?? read?.row.channel_id ?? personal?.row.channel_id)
      const channel = connectedChannels(store.read).find((row) => row.id === sender)!
      const to = source ? answerRecipients(source, mode, addressesOf(channel)) : { to: [], cc: [] }
      const id = randomUUID()
      store.write(
        ({ db, now, changed }) => {
          insertDraft(
            db,
            {
              id,
              user_id: userId,
              mode,
              // A forward begins a conversation of its own; only answers belong to the thread.
              thread_id: mode === 'reply' || mode === 'reply_all' ? (read?.row.thread_id ?? null) : null,
              source_message_id: read?.row.id ?? null,
              source_personal_id: personal?.row.id ?? null,
              channel_id: sender,
              subject: preset?.subject ?? (source ? answerSubject(source.subject, mode) : ''),
              html: preset?.html ?? '',
              quoted_html: source ? quotation(source, mode) : '',
              // Where logging is switched off, nothing is logged unless somebody asks for it.
              log: channel.purpose === 'personal' ? channel.log_replies : 1,
              begun_rowid: read ? newestRowid(db, read.row.thread_id) : null,
              updated_at: now,
            },
            { to: preset?.to ?? to.to, cc: preset?.cc ?? to.cc, bcc: preset?.bcc ?? [] },
          )
          for (const file of read?.attachments ?? []) {
            // A forward takes the files along; an answer only the pictures that its quotation shows.
            if (file.hash === null || (mode !== 'forward' && file.inline === 0)) continue
            insertDraftAttachment(db, {
              id: randomUUID(),
              draft_id: id,
              name: file.name,
              mime_type: file.mime_type,
              size: file.size,
              inline: file.inline,
              content_id: file.content_id ?? `${randomUUID()}@anteroom.invalid`,
              hash: file.hash,
            })
          }
          changed('drafts', id)
        },
        { durable: true },
      )
      return must(id)
    },

    save(id, version, content) {
      return store.write(
        ({ db, now, changed }) => {
          const draft = draftById(db, id)
          if (!draft || draft.outbox_id !== null) {
            throw new DomainError(
              'NOT_FOUND',
              'This draft was sent or discarded meanwhile; it can no longer be changed.',
            )
          }
          const saved = saveDraft(db, id, version, content, now)
          if (saved === null) {
            throw new DomainError(
              'CONFLICT',
              'This draft was changed in another window. Open it again to see that version.',
            )
          }
          changed('drafts', id)
          return saved
        },
        { durable: true },
      )
    },

    discard(id) {
      store.write(
        ({ db, changed }) => {
          deleteDraft(db, id)
          changed('drafts', id)
        },
        { durable: true },
      )
    },

    restore(id, version) {
      const draft = must(id)
      const revision = revisionsOf(store.read, id).find((one) => one.version === version)
      if (!revision) throw new DomainError('NOT_FOUND', 'This earlier version is not kept any more.')
      this.save(id, draft.version, JSON.parse(revision.content) as DraftContent)
      return must(id)
    },

    attach(id, file) {
      must(id)
      const attachmentId = randomUUID()
      store.write(
        ({ db, changed }) => {
          const [hash] = store.blobs.put(db, [file.content]) as [BlobHash]
          insertDraftAttachment(db, {
            id: attachmentId,
            draft_id: id,
            name: file.name,
            mime_type: file.mimeType,
            size: file.content.byteLength,
            inline: Number(file.inline),
            content_id: `${attachmentId}@anteroom.invalid`,
            hash,
          })
          changed('drafts', id)
        },
        { durable: true },
      )
      return draftAttachments(store.read, id).find((row) => row.id === attachmentId)!
    },

    attachStored(id, { name, mimeType, size, hash }) {
      must(id)
      const attachmentId = randomUUID()
      store.write(
        ({ db, changed }) => {
          insertDraftAttachment(db, {
            id: attachmentId,
            draft_id: id,
            name,
            mime_type: mimeType,
            size,
            inline: 0,
            content_id: `${attachmentId}@anteroom.invalid`,
            hash: Buffer.from(hash, 'hex'),
          })
          changed('drafts', id)
        },
        { durable: true },
      )
      return draftAttachments(store.read, id).find((row) => row.id === attachmentId)!
    },

    detach(id, attachmentId) {
      store.write(({ db, changed }) => {
        deleteDraftAttachment(db, id, attachmentId)
        changed('drafts', id)
      })
    },
  }
}
