import { randomUUID } from 'node:crypto'
import type { DraftContent, DraftMode } from '../../../contract/composing.ts'
import type { ChannelId } from '../../../contract/ids.ts'
import { DomainError } from '../lib/domain-error.ts'
import type { BlobHash } from '../store/blobs.ts'
import { safeFileName } from '../mime/safe-name.ts'
import type { Store, Write } from '../store/store.ts'
import { connectedChannels, type ChannelRow } from '../store/tables/channels.ts'
import {
  deleteDraft,
  draftAnswering,
  draftAnsweringPersonal,
  draftAttachmentById,
  draftAttachments,
  draftById,
  draftInThread,
  draftRecipients,
  insertDraft,
  insertDraftAttachment,
  readdressDraft,
  renameDraftAttachment,
  revisionsOf,
  saveDraft,
  setAttachmentRemoved,
  type DraftAttachmentRow,
  type DraftRow,
} from '../store/tables/drafts.ts'
import type { PersonalMessageRow } from '../store/tables/personal-messages.ts'
import { answerRecipients, answerSubject, quotation, type Source } from './answer.ts'
import { readSource, type SourceMessage } from './source.ts'
import { newestRowid } from '../store/queries/thread-news.ts'
import type { WritableDb } from '../store/statements.ts'
import { threadById } from '../store/tables/threads.ts'

export type Drafts = {
  /**
   * Opens a draft. An answer that the user has begun in the same conversation is opened again, never a second one made;
   * one to another message of it, in which nothing was written yet, gives way.
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
    file: { name: string; mimeType: string; inline: boolean; size: number; hash: string },
  ): DraftAttachmentRow
  /** Kept as long as the draft is: `reattach` takes it back. Of what is not of this draft, both do nothing. */
  detach(id: string, attachmentId: string): void
  reattach(id: string, attachmentId: string): DraftAttachmentRow
  /** @param name  made one that a file can have (fault 62) */
  rename(id: string, attachmentId: string, name: string): DraftAttachmentRow
  /**
   * Makes it an answer to another message: recipients and quotation are those of that one, the text stays. Throws
   * CONFLICT when a newer version is there, NOT_FOUND for a message that is not of its conversation.
   */
  answerInstead(
    id: string,
    version: number,
    input: { mode: 'reply' | 'reply_all'; sourceMessageId: string },
  ): Promise<DraftRow>
}

/** Tells those who look at the conversation that somebody writes in it; of personal mail nobody is told. */
export function answerChanged({ db, changed }: Write, draft: Pick<DraftRow, 'thread_id'>): void {
  if (draft.thread_id === null) return
  const thread = threadById(db, draft.thread_id)
  if (thread && thread.inbox_id !== null) changed('answers', draft.thread_id)
}

const CHANGED_ELSEWHERE = 'This draft was changed in another window. Open it again to see that version.'

/** A forward takes the files along; an answer only the pictures that its quotation shows. */
function insertSourceFiles(db: WritableDb, id: string, mode: DraftMode, source: SourceMessage | null): void {
  for (const file of source?.attachments ?? []) {
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
      source_id: file.id,
    })
  }
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

  /** Nothing was written, added or changed since it was opened. */
  const isUntouched = ({ id, version, html }: DraftRow): boolean =>
    version === 1 && html === '' && draftAttachments(store.read, id).every(({ inline }) => inline === 1)

  /** An attachment of this draft, whether it was removed or not. */
  const mustHave = (id: string, attachmentId: string): DraftAttachmentRow => {
    const row = draftAttachmentById(store.read, attachmentId)
    if (row?.draft_id === id) return row
    throw new DomainError('NOT_FOUND', 'This attachment is not there any more. Attach the file again.')
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

  /** @param apart  what it replaces is kept in the history, however new it is */
  const saveOver = (id: string, version: number, content: DraftContent, apart: boolean): number =>
    store.write(
      (write) => {
        const { db, now, changed } = write
        const draft = draftById(db, id)
        if (!draft || draft.outbox_id !== null) {
          throw new DomainError(
            'NOT_FOUND',
            'This draft was sent or discarded meanwhile; it can no longer be changed.',
          )
        }
        const saved = saveDraft(db, id, version, content, now, apart)
        if (saved === null) throw new DomainError('CONFLICT', CHANGED_ELSEWHERE)
        changed('drafts', id)
        answerChanged(write, draft)
        return saved
      },
      { durable: true },
    )

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
      // A forward begins a conversation of its own; only answers belong to the thread.
      const threadId = mode === 'reply' || mode === 'reply_all' ? (read?.row.thread_id ?? null) : null
      const other = threadId === null ? undefined : draftInThread(store.read, userId, threadId)
      if (other) {
        if (!isUntouched(other)) return other
        this.discard(other.id)
      }
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
              thread_id: threadId,
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
          insertSourceFiles(db, id, mode, read)
          changed('drafts', id)
        },
        { durable: true },
      )
      return must(id)
    },

    save: (id, version, content) => saveOver(id, version, content, false),

    discard(id) {
      store.write(
        (write) => {
          const { db, changed } = write
          const draft = draftById(db, id)
          deleteDraft(db, id)
          changed('drafts', id)
          if (draft) answerChanged(write, draft)
        },
        { durable: true },
      )
    },

    restore(id, version) {
      const draft = must(id)
      const revision = revisionsOf(store.read, id).find((one) => one.version === version)
      if (!revision) throw new DomainError('NOT_FOUND', 'This earlier version is not kept any more.')
      saveOver(id, draft.version, JSON.parse(revision.content) as DraftContent, true)
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

    attachStored(id, { name, mimeType, inline, size, hash }) {
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
            inline: Number(inline),
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
      if (draftAttachmentById(store.read, attachmentId)?.draft_id !== id) return
      store.write(({ db, now, changed }) => {
        setAttachmentRemoved(db, attachmentId, now)
        changed('drafts', id)
      })
    },

    reattach(id, attachmentId) {
      mustHave(id, attachmentId)
      store.write(
        ({ db, changed }) => {
          setAttachmentRemoved(db, attachmentId, null)
          changed('drafts', id)
        },
        { durable: true },
      )
      return mustHave(id, attachmentId)
    },

    rename(id, attachmentId, name) {
      mustHave(id, attachmentId)
      store.write(
        ({ db, changed }) => {
          renameDraftAttachment(db, attachmentId, safeFileName(name))
          changed('drafts', id)
        },
        { durable: true },
      )
      return mustHave(id, attachmentId)
    },

    async answerInstead(id, version, { mode, sourceMessageId }) {
      const draft = must(id)
      const read = await readSource(store, sourceMessageId)
      if (!read || draft.thread_id === null || read.row.thread_id !== draft.thread_id) {
        throw new DomainError('NOT_FOUND', 'The message to answer is not in this conversation any more.')
      }
      const channel = connectedChannels(store.read).find((row) => row.id === draft.channel_id)
      const recipients = answerRecipients(read.source, mode, channel ? addressesOf(channel) : [])
      store.write(
        (write) => {
          const { db, now, changed } = write
          const current = draftById(db, id)
          if (current?.version !== version || current.outbox_id !== null)
            throw new DomainError('CONFLICT', CHANGED_ELSEWHERE)
          // Pictures that only the quotation before showed.
          for (const file of draftAttachments(db, id)) {
            if (file.inline === 1 && !current.html.includes(file.content_id))
              setAttachmentRemoved(db, file.id, now)
          }
          const { subject, html } = current
          const channelId = current.channel_id as ChannelId
          readdressDraft(
            db,
            id,
            { mode, source_message_id: read.row.id, quoted_html: quotation(read.source, mode) },
            { ...recipients, bcc: draftRecipients(db, id).bcc, channelId, subject, html },
            now,
          )
          insertSourceFiles(db, id, mode, read)
          changed('drafts', id)
          answerChanged(write, current)
        },
        { durable: true },
      )
      return must(id)
    },
  }
}
