import { ref, shallowReactive, watch } from 'vue'
import type { Ref } from 'vue'
import { ORPCError } from '@orpc/client'
import { defineStore } from 'pinia'
import type { DraftContent, DraftMode, DraftView } from '@contract/composing.ts'
import type { DraftId, MessageId, ThreadId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import { t } from '@/i18n.ts'
import { ConnectionLostError, rpc } from '@/rpc/client.ts'
import { connectionState } from '@/rpc/connection.ts'
import { onEngineChange } from '@/stores/changes.ts'
import { attempt, reportError, wordsFor } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { contentOf, createComposerSession, DraftGoneError } from './composer-session.ts'
import type { ComposerDeps, ComposerSession } from './composer-session.ts'
import { createDraftJournal, sameContent } from './draft-journal.ts'
import { remember, remembered } from './remembered.ts'
import { sendFile } from './uploads.ts'

export type ComposerSize = 'normal' | 'minimised' | 'enlarged'

/** A draft on screen: docked at the bottom right, in the thread it answers, or alone in a window of its own. */
export type OpenComposer = {
  readonly session: ComposerSession
  readonly place: 'dock' | 'thread' | 'window'
  readonly size: Ref<ComposerSize>
  /** Rises when the composer should take the focus. */
  readonly focusWanted: Ref<number>
  /** True while nothing was written into a draft that was opened just now: closing it leaves nothing behind. */
  isPristine(): boolean
}

const code = (error: unknown) => (error instanceof ORPCError ? String(error.code) : null)

/** All composers of this window. Their drafts are the engine's; here is only what is on screen. */
export const useComposersStore = defineStore('composers', () => {
  const open = shallowReactive<OpenComposer[]>([])
  /** Threads on screen, whose answers belong into them. */
  const threadsShown = shallowReactive(new Set<string>())
  /** This window is that of one mail: whatever is written in it is shown whole. */
  let ownWindow = false
  /** Drafts that are being opened now, so that two events do not open one twice. */
  const opening = new Map<string, Promise<OpenComposer | undefined>>()
  /** When drafts were discarded or sent from here: a list asked for before must not bring them back. */
  const ended = new Map<string, number>()
  let clock = 0

  const deps: ComposerDeps = {
    drafts: rpc.drafts,
    journal: createDraftJournal(localStorage),
    sendFile,
    fileUrl: (path) => host.fileUrl(path),
    isConflict: (error) => code(error) === 'CONFLICT',
    isGone: (error) => code(error) === 'NOT_FOUND',
    // A save that met no connection is simply tried again: nobody has to look or do anything.
    messageOf: (error) =>
      error instanceof ConnectionLostError ? t('composer.save.offline') : wordsFor(error),
  }

  function placeOf({ threadId }: DraftView): OpenComposer['place'] {
    if (ownWindow) return 'window'
    return threadId !== null && threadsShown.has(threadId) ? 'thread' : 'dock'
  }

  function show(draft: DraftView, isNew: boolean, focus: boolean): OpenComposer {
    const known = open.find(({ session }) => session.id === draft.id)
    if (known) {
      if (focus) bringUp(known)
      return known
    }
    const session = createComposerSession(draft, deps)
    const untouched = contentOf(draft)
    const composer: OpenComposer = {
      session,
      place: placeOf(draft),
      size: ref('normal'),
      focusWanted: ref(focus ? 1 : 0),
      isPristine: () =>
        // An answer that was begun earlier is opened again by the engine: it is not ours to throw away.
        isNew &&
        draft.version === 1 &&
        draft.html === '' &&
        session.saver.version === draft.version &&
        session.attachments.value.length === draft.attachments.length &&
        session.uploads.size === 0 &&
        sameContent(session.saver.content, untouched),
    }
    open.push(composer)
    rememberDocked()
    return composer
  }

  function bringUp(composer: OpenComposer): void {
    if (composer.size.value === 'minimised') composer.size.value = 'normal'
    composer.focusWanted.value += 1
  }

  /** A new mail; `preset` comes from a `mailto:` link. */
  async function openNew(preset?: Partial<Omit<DraftContent, 'channelId'>>): Promise<void> {
    const draft = await attempt(() => rpc.drafts.open({ mode: 'new', ...(preset && { preset }) }))
    if (draft) show(draft, preset === undefined, true)
  }

  /**
   * An answer to a message, or the one that is being written in its conversation already; then the writer is offered to
   * make it one to this message.
   */
  async function answer(mode: Exclude<DraftMode, 'new'>, messageId: MessageId): Promise<void> {
    const known = open.find(({ session }) => session.mode === mode && session.sourceMessageId === messageId)
    if (known) return bringUp(known)
    const draft = await attempt(() => rpc.drafts.open({ mode, sourceMessageId: messageId }))
    if (!draft) return
    const { session } = show(draft, true, true)
    if (mode === 'forward' || (draft.mode === mode && draft.sourceMessageId === messageId)) return
    useToastsStore().show(t('composer.begun.notice'), {
      stays: 12_000,
      action: {
        label: t(mode === 'reply_all' ? 'composer.begun.insteadAll' : 'composer.begun.instead'),
        run: () => session.answerInstead(mode, messageId),
      },
    })
  }

  /** An existing draft, in its thread when that is on screen. */
  function openDraft(id: DraftId, focus = true): Promise<OpenComposer | undefined> {
    const known = open.find(({ session }) => session.id === id)
    if (known) {
      if (focus) bringUp(known)
      return Promise.resolve(known)
    }
    const running = opening.get(id)
    if (running) return running
    const task = attempt(async () => show(await rpc.drafts.get({ id }), false, focus)).finally(() =>
      opening.delete(id),
    )
    opening.set(id, task)
    return task
  }

  /**
   * The same by itself, for a draft of a list: one that was sent or discarded since is no news, and does not come back;
   * nor does one whose thread was left meanwhile.
   */
  function openBegun(id: DraftId, threadId: ThreadId, asked: number): Promise<OpenComposer | undefined> {
    const isKnown = opening.has(id) || open.some(({ session }) => session.id === id)
    if (isKnown) return openDraft(id, false)
    const task = attempt(async () => {
      try {
        const draft = await rpc.drafts.get({ id })
        const isWanted = (ended.get(id) ?? 0) < asked && threadsShown.has(threadId)
        return isWanted ? show(draft, false, false) : undefined
      } catch (error) {
        if (deps.isGone(error) || deps.isConflict(error)) return undefined
        throw error
      }
    }).finally(() => opening.delete(id))
    opening.set(id, task)
    return task
  }

  /** Opens what was begun in a thread that comes on screen. */
  async function openDraftsOf(threadId: ThreadId): Promise<void> {
    const asked = (clock += 1)
    // A screen that only looks must not complain: the Drafts view says why it cannot be read.
    const list = await rpc.drafts.list({}).catch(() => [])
    if (!threadsShown.has(threadId)) return
    await Promise.all(
      list
        .filter((each) => each.threadId === threadId && (ended.get(each.id) ?? 0) < asked)
        .map(({ id }) => openBegun(id, threadId, asked)),
    )
  }

  function enterThread(threadId: ThreadId): void {
    threadsShown.add(threadId)
    void openDraftsOf(threadId)
  }

  /** The thread leaves the screen: what was written stays in its draft, which stays with its thread. */
  function leaveThread(threadId: ThreadId): void {
    threadsShown.delete(threadId)
    for (const composer of [...open]) {
      if (composer.place === 'thread' && composer.session.threadId === threadId) void close(composer)
    }
  }

  /** Takes a composer off the screen. The draft stays, unless nothing was ever written into it. */
  async function close(composer: OpenComposer): Promise<void> {
    const { session } = composer
    if (composer.isPristine()) {
      remove(composer)
      session.saver.finish()
      ended.set(session.id, (clock += 1))
      await attempt(() => throwAway(session.id))
      return
    }
    try {
      await session.saver.flush()
    } catch {
      // Not saved: the window stays, says so itself, and the text also lies in the journal.
      if (composer.place === 'dock') return
    }
    remove(composer)
  }

  /** Gives a mail a window of its own, and leaves this one once that is there. */
  async function detach(composer: OpenComposer): Promise<void> {
    const { session } = composer
    try {
      await session.saver.flush()
    } catch {
      // Not saved: it stays and says so itself.
      return
    }
    const opened = await attempt(() => host.openWindow(`/draft/${session.id}`))
    if (opened === 'opened') remove(composer)
    else if (opened) useToastsStore().show(t('composer.detached.refused'), { tone: 'danger' })
  }

  /** Makes this the window of one mail. Answers with whether it is there to be written. */
  async function openAlone(id: DraftId): Promise<boolean> {
    ownWindow = true
    try {
      show(await rpc.drafts.get({ id }), false, true)
      return true
    } catch (error) {
      if (!deps.isGone(error) && !deps.isConflict(error)) reportError(error)
      return false
    }
  }

  function remove(composer: OpenComposer): void {
    const index = open.indexOf(composer)
    if (index >= 0) open.splice(index, 1)
    composer.session.dispose()
    rememberDocked()
  }

  /** The draft was sent or discarded: it is not to be saved or opened again by a late answer. */
  function end(composer: OpenComposer): void {
    composer.session.saver.finish()
    ended.set(composer.session.id, (clock += 1))
    remove(composer)
  }

  /** Two windows, or two events, may throw one draft away: that it is gone already is what was wanted. */
  async function throwAway(id: DraftId): Promise<true> {
    ended.set(id, (clock += 1))
    try {
      await rpc.drafts.discard({ id })
    } catch (error) {
      if (!deps.isGone(error)) throw error
    }
    return true
  }

  async function discard(composer: OpenComposer): Promise<boolean> {
    const done = await attempt(() => throwAway(composer.session.id))
    if (done) end(composer)
    return done === true
  }

  const rememberDocked = () =>
    remember(open.filter(({ place }) => place === 'dock').map(({ session }) => session.id))

  /** Docked composers come back after a reload of the window, minimised. */
  async function reopen(): Promise<void> {
    for (const id of remembered()) {
      try {
        const composer = show(await rpc.drafts.get({ id }), false, false)
        composer.size.value = 'minimised'
      } catch (error) {
        // Sent or discarded meanwhile, which is no news.
        if (!deps.isGone(error) && !deps.isConflict(error)) reportError(error)
      }
    }
  }

  const flushAll = () => {
    for (const { session } of open) session.saver.flush().catch(() => {})
  }
  // What could not be saved while the engine was away is not left to wait for its next try.
  watch(connectionState, (state) => state === 'open' && flushAll())
  window.addEventListener('pagehide', flushAll)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flushAll()
  })

  onEngineChange((change) => {
    const drafts = change.changes.find(({ entity }) => entity === 'drafts')
    if (!drafts) return
    for (const composer of [...open]) {
      const { session } = composer
      if (drafts.ids !== null && !drafts.ids.includes(session.id)) continue
      session.refresh().catch((error: unknown) => {
        // Sent or discarded in another window. With something unsaved in it, it stays and says so.
        if (error instanceof DraftGoneError && !session.saver.dirty && open.includes(composer)) end(composer)
        // An engine that does not answer shows at the next save.
      })
    }
  })

  return {
    open,
    openNew,
    answer,
    openDraft,
    enterThread,
    leaveThread,
    close,
    end,
    discard,
    detach,
    openAlone,
    reopen,
    isShownInThread: (threadId: string | null) => threadId !== null && threadsShown.has(threadId),
  }
})
