import { computed, reactive, ref, shallowReactive, shallowRef } from 'vue'
import type { Mailbox } from '@contract/common.ts'
import type { DraftAttachmentView, DraftContent, DraftView } from '@contract/composing.ts'
import type { MessageId } from '@contract/ids.ts'
import type { EngineClient } from '@/rpc/client.ts'
import { createDraftSaver, recover } from './draft-saver.ts'
import type { SaveState } from './draft-saver.ts'
import type { DraftJournal } from './draft-journal.ts'
import { UploadCancelled, UploadFailed } from './uploads.ts'
import type { SendFile, Upload } from './uploads.ts'

export type ComposerDeps = {
  drafts: Pick<
    EngineClient['drafts'],
    'save' | 'get' | 'attachUrl' | 'detach' | 'reattach' | 'renameAttachment' | 'restore' | 'answerInstead'
  >
  journal: DraftJournal
  sendFile: SendFile
  /** The address of an authorised path. */
  fileUrl(path: string): string
  isConflict(error: unknown): boolean
  isGone(error: unknown): boolean
  messageOf(error: unknown): string
}

/** The draft was sent or discarded elsewhere. */
export class DraftGoneError extends Error {
  override readonly name = 'DraftGoneError'
}

/** What a draft view holds of what the writer can change. */
export const contentOf = (draft: DraftContent): DraftContent => ({
  channelId: draft.channelId,
  to: draft.to,
  cc: draft.cc,
  bcc: draft.bcc,
  subject: draft.subject,
  html: draft.html,
  ...loggingOf(draft),
})

/** What is chosen about logging; the engine keeps what is left out as it is. */
const loggingOf = ({ log, logOriginal }: DraftContent): Pick<DraftContent, 'log' | 'logOriginal'> => ({
  ...(log !== undefined && { log }),
  ...(logOriginal !== undefined && { logOriginal }),
})

/**
 * One draft being written: its fields, its saving, its attachments. Everything that a window of it shows
 * is reactive; `textVersion` rises when the text changed other than by typing, so that the editor reloads it.
 */
export function createComposerSession(draft: DraftView, deps: ComposerDeps) {
  const recovery = recover({ version: draft.version, content: contentOf(draft) }, deps.journal.read(draft.id))
  const first = recovery.kind === 'none' ? contentOf(draft) : recovery.content
  const fields = reactive<DraftContent>({ ...first })
  const attachments = ref<DraftAttachmentView[]>(draft.attachments)
  const uploads = shallowReactive(new Map<string, Upload>())
  const saveState = shallowRef<SaveState>({ kind: 'saved', at: draft.updatedAt })
  const textVersion = ref(0)
  /** True when what was typed before a crash or a closed tab was brought back. */
  const recovered = ref(recovery.kind === 'recovered')
  /** What it answers, which can be chosen anew. */
  const answers = reactive({
    mode: draft.mode,
    sourceMessageId: draft.sourceMessageId,
    quotedHtml: draft.quotedHtml,
  })
  /** Set where the engine put it back, because somebody answered before it was due. */
  const returned = shallowRef(draft.returned)
  const previews = new Map<string, string>()
  const imageListeners = new Set<(pending: string, cid: string | null) => void>()

  async function get(): Promise<DraftView> {
    try {
      return await deps.drafts.get({ id: draft.id })
    } catch (error) {
      // CONFLICT here means that it was handed to the outbox already.
      if (deps.isGone(error) || deps.isConflict(error)) throw new DraftGoneError(deps.messageOf(error))
      throw error
    }
  }

  const saver = createDraftSaver({
    draftId: draft.id,
    version: draft.version,
    content: contentOf(draft),
    journal: deps.journal,
    save: ({ version, content }) => deps.drafts.save({ id: draft.id, version, content }),
    fetch: async () => {
      const current = await get()
      return { version: current.version, content: contentOf(current) }
    },
    isConflict: deps.isConflict,
    isGone: (error) => error instanceof DraftGoneError || deps.isGone(error),
    messageOf: deps.messageOf,
    onState: (state) => (saveState.value = state),
  })
  if (recovery.kind !== 'none') saver.change(contentOf(fields))

  const isEmpty = computed(() => fields.html === '' && attachments.value.length === 0 && uploads.size === 0)

  function change(part: Partial<DraftContent>): void {
    Object.assign(fields, part)
    recovered.value = false
    saver.change(plain(fields))
  }

  /** Shows what the engine has: after a restore, a conflict, or a save in another window. */
  function adopt(view: DraftView): void {
    attachments.value = view.attachments
    answers.mode = view.mode
    answers.sourceMessageId = view.sourceMessageId
    answers.quotedHtml = view.quotedHtml
    returned.value = view.returned
    Object.assign(fields, contentOf(view))
    saver.adopt(view.version, contentOf(view))
    textVersion.value += 1
  }

  /** Called when the engine says that the draft changed: takes what is new unless something is unsaved here. */
  async function refresh(): Promise<void> {
    const before = attachments.value
    const view = await get()
    if (view.version > saver.version && !saver.dirty) adopt(view)
    // What was attached or removed here while the question was under way is newer than the answer.
    else if (attachments.value === before) attachments.value = view.attachments
  }

  function upload(file: File, options: { inline: boolean; id?: string }): void {
    const id =
      options.id ?? `f${Date.now().toString(36)}${uploads.size}${Math.random().toString(36).slice(2, 8)}`
    const abort = new AbortController()
    const entry: Upload = shallowReactive({
      id,
      name: file.name || 'file',
      size: file.size,
      mimeType: file.type,
      inline: options.inline,
      file,
      sent: 0,
      state: 'running',
      error: '',
      cancel: () => abort.abort(),
    })
    if (options.inline) previews.set(id, URL.createObjectURL(file))
    uploads.set(id, entry)
    void transfer(entry, abort.signal)
  }

  async function transfer(entry: Upload, signal: AbortSignal): Promise<void> {
    try {
      const { url } = await deps.drafts.attachUrl({
        id: draft.id,
        name: entry.name.slice(0, 1000),
        mimeType: (entry.mimeType || 'application/octet-stream').slice(0, 255),
        inline: entry.inline,
      })
      signal.throwIfAborted()
      const added = await deps.sendFile(deps.fileUrl(url), entry.file, {
        onProgress: (sent) => (entry.sent = sent),
        signal,
      })
      if (!attachments.value.some(({ id }) => id === added.id))
        attachments.value = [...attachments.value, added]
      uploads.delete(entry.id)
      if (entry.inline) {
        for (const listener of imageListeners) listener(entry.id, added.contentId)
      }
    } catch (error) {
      if (signal.aborted || error instanceof UploadCancelled) {
        removeUpload(entry.id)
        return
      }
      entry.state = 'failed'
      entry.error = error instanceof UploadFailed ? error.message : deps.messageOf(error)
    }
  }

  function removeUpload(id: string): void {
    const entry = uploads.get(id)
    uploads.delete(id)
    if (entry?.inline) for (const listener of imageListeners) listener(id, null)
  }

  function retryUpload(id: string): void {
    const entry = uploads.get(id)
    if (!entry) return
    uploads.delete(id)
    upload(entry.file, { inline: entry.inline, id })
  }

  /** Ends an upload that runs, or drops one that failed. */
  function cancelUpload(id: string): void {
    const entry = uploads.get(id)
    if (entry?.state === 'running') entry.cancel()
    else removeUpload(id)
  }

  async function detach(attachment: DraftAttachmentView): Promise<void> {
    await deps.drafts.detach({ id: draft.id, attachmentId: attachment.id })
    attachments.value = attachments.value.filter(({ id }) => id !== attachment.id)
  }

  /** Takes the removal of an attachment back. */
  async function reattach({ id }: DraftAttachmentView): Promise<void> {
    const back = await deps.drafts.reattach({ id: draft.id, attachmentId: id })
    attached(back)
  }

  async function rename({ id }: DraftAttachmentView, name: string): Promise<void> {
    const named = await deps.drafts.renameAttachment({ id: draft.id, attachmentId: id, name })
    attachments.value = attachments.value.map((each) => (each.id === id ? named : each))
  }

  /** Makes it an answer to another message of the conversation, or one to everybody. */
  async function answerInstead(mode: 'reply' | 'reply_all', sourceMessageId: MessageId): Promise<void> {
    const version = await saver.flush()
    adopt(await deps.drafts.answerInstead({ id: draft.id, version, mode, sourceMessageId }))
  }

  /** The engine attached a file by itself, such as a document of the library. */
  function attached(attachment: DraftAttachmentView): void {
    if (!attachments.value.some(({ id }) => id === attachment.id))
      attachments.value = [...attachments.value, attachment]
  }

  /** Where the editor finds the picture of an inline image. */
  function imageSource({ cid, pending }: { cid: string | null; pending: string | null }): string | null {
    if (pending !== null) return previews.get(pending) ?? null
    const attachment = attachments.value.find(({ contentId }) => contentId === cid)
    return attachment ? deps.fileUrl(attachment.url) : null
  }

  async function restore(version: number): Promise<void> {
    // What is on screen becomes a version of its own first, so that a restore can be taken back.
    await saver.flush()
    adopt(await deps.drafts.restore({ id: draft.id, version }))
  }

  async function reload(): Promise<void> {
    adopt(await get())
  }

  return {
    id: draft.id,
    get mode() {
      return answers.mode
    },
    threadId: draft.threadId,
    get sourceMessageId() {
      return answers.sourceMessageId
    },
    /** An answer to a personal mail that is not logged (G4). */
    answersPersonal: draft.sourcePersonalId !== null,
    get quotedHtml() {
      return answers.quotedHtml
    },
    returned,
    fields: fields as Readonly<DraftContent>,
    attachments,
    uploads,
    saveState,
    textVersion,
    recovered,
    isEmpty,
    saver,
    change,
    refresh,
    upload,
    retryUpload,
    cancelUpload,
    detach,
    reattach,
    rename,
    answerInstead,
    attached,
    imageSource,
    restore,
    reload,
    /** Told when the upload of an inline image ends: its content id, or null when it failed. */
    onImage(listener: (pending: string, cid: string | null) => void): () => void {
      imageListeners.add(listener)
      return () => imageListeners.delete(listener)
    },
    dispose(): void {
      for (const entry of uploads.values()) if (entry.state === 'running') entry.cancel()
      for (const url of previews.values()) URL.revokeObjectURL(url)
      saver.dispose()
    },
  }
}

export type ComposerSession = ReturnType<typeof createComposerSession>

/** Out of Vue's proxies: what is saved must not change while it is on its way. */
function plain(fields: DraftContent): DraftContent {
  const mailboxes = (list: readonly Mailbox[]) => list.map(({ name, address }) => ({ name, address }))
  return {
    channelId: fields.channelId,
    to: mailboxes(fields.to),
    cc: mailboxes(fields.cc),
    bcc: mailboxes(fields.bcc),
    subject: fields.subject,
    html: fields.html,
    ...loggingOf(fields),
  }
}
