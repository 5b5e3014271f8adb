import type { DraftContent } from '@contract/composing.ts'
import { sameContent } from './draft-journal.ts'
import type { DraftJournal } from './draft-journal.ts'

export type SaveState =
  | { kind: 'saved'; at: number }
  /** Typed and not yet confirmed. */
  | { kind: 'saving' }
  /** The engine could not be reached or refused; tried again by itself. */
  | { kind: 'failed'; message: string }
  /** Another window saved something else. Nothing is written until the writer decides. */
  | { kind: 'conflict' }
  /** The draft was sent or discarded elsewhere. Nothing can be saved to it any more. */
  | { kind: 'gone' }

export type DraftSaverOptions = {
  draftId: string
  version: number
  /** What the engine has now. */
  content: DraftContent
  journal: DraftJournal
  save(input: { version: number; content: DraftContent }): Promise<{ version: number }>
  /** The draft as the engine has it, asked after a conflict. */
  fetch(): Promise<{ version: number; content: DraftContent }>
  isConflict(error: unknown): boolean
  isGone(error: unknown): boolean
  messageOf(error: unknown): string
  onState(state: SaveState): void
  now?: () => number
  /** ms from the first unsaved key to its save, however fast the typing goes on; at most 200. */
  delayMs?: number
  /** ms before the next try after a failure, by how many failed. */
  retryMs?: readonly number[]
}

export type DraftSaver = {
  readonly version: number
  readonly state: SaveState
  /** The newest text that was handed in. */
  readonly content: DraftContent
  /** True while something was typed that the engine has not confirmed. */
  readonly dirty: boolean
  /** Takes the newest text. Kept in the journal before this returns. */
  change(content: DraftContent): void
  /** Saves what is not saved yet. Resolves with the version when all is; rejects on failure and conflict. */
  flush(): Promise<number>
  /** After a conflict: this window's text goes over the other's. */
  keepMine(): Promise<void>
  /** After a conflict or a restore: the engine's text is the one that counts from now on. */
  adopt(version: number, content: DraftContent): void
  /** Nothing is saved from now on: the draft was sent or discarded, and the journal is cleared. */
  finish(): void
  /** Stops the timers and keeps the journal, for a tab that goes away. */
  dispose(): void
}

/** So many tries without an answer are remembered: with the pauses between them, the better part of an hour. */
const MOST_UNANSWERED = 100

/** Why `flush` could not save. */
export class DraftNotSavedError extends Error {
  override readonly name = 'DraftNotSavedError'
  readonly conflict: boolean
  constructor(message: string, conflict: boolean) {
    super(message)
    this.conflict = conflict
  }
}

/**
 * Saves one draft: a moment after a key, whether or not others follow, so that a process that ends takes no more than
 * that moment with it. One save at a time, never losing the newest text. A save whose answer was lost is recognised by its content and not taken for somebody else's.
 */
export function createDraftSaver(options: DraftSaverOptions): DraftSaver {
  const now = options.now ?? Date.now
  const delayMs = Math.min(options.delayMs ?? 150, 200)
  const retryMs = options.retryMs ?? [1000, 2000, 5000, 10_000, 30_000]
  let version = options.version
  let saved = options.content
  let latest = options.content
  let state: SaveState = { kind: 'saved', at: now() }
  let running: Promise<void> | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  /** What the timer waits for: another try may come sooner when there is something new to save. */
  let waitsFor: 'save' | 'retry' = 'save'
  /** Somebody waits until everything is saved: what is typed meanwhile is saved without the moment between. */
  let flushing = 0
  let failures = 0
  let ended = false
  /** What was sent since the last answer: the engine may have stored any of it. */
  let unanswered: DraftContent[] = []
  /** Conflicts in a row that were nobody else's; a limit keeps a confused engine from being asked forever. */
  let harmless = 0

  const halted = () => state.kind === 'conflict' || state.kind === 'gone'
  const setState = (next: SaveState) => {
    state = next
    options.onState(next)
  }
  const isDirty = () => !sameContent(latest, saved)
  const stopTimer = () => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const plan = (ms: number, reason: typeof waitsFor = 'save') => {
    stopTimer()
    waitsFor = reason
    timer = setTimeout(() => {
      timer = null
      void run()
    }, ms)
  }
  const confirmed = (nextVersion: number, content: DraftContent) => {
    version = nextVersion
    saved = content
    unanswered = []
    failures = 0
    options.journal.confirm(options.draftId, content)
  }

  async function attempt(): Promise<void> {
    const content = latest
    unanswered = [...unanswered.slice(-MOST_UNANSWERED), content]
    try {
      const answer = await options.save({ version, content })
      harmless = 0
      confirmed(answer.version, content)
    } catch (error) {
      if (!options.isConflict(error)) throw error
      const theirs = await options.fetch()
      // The save had arrived and only its answer was lost, or the other window wrote the same.
      const ours = [saved, ...unanswered].some((one) => sameContent(theirs.content, one))
      if (ours && harmless < 3) {
        harmless += 1
        confirmed(theirs.version, theirs.content)
        return
      }
      setState({ kind: 'conflict' })
    }
  }

  /** Saves until nothing is left; a second caller waits for the same run. */
  function run(): Promise<void> {
    stopTimer()
    running ??= (async () => {
      // Never ends before it is stored as the running one.
      await Promise.resolve()
      try {
        do {
          if (ended || halted() || !isDirty()) break
          setState({ kind: 'saving' })
          await attempt()
        } while (flushing > 0)
        if (ended || halted()) return
        if (isDirty()) plan(delayMs)
        else setState({ kind: 'saved', at: now() })
      } catch (error) {
        if (ended) return
        if (options.isGone(error)) {
          setState({ kind: 'gone' })
          return
        }
        setState({ kind: 'failed', message: options.messageOf(error) })
        plan(retryMs[Math.min(failures, retryMs.length - 1)] ?? 30_000, 'retry')
        failures += 1
      } finally {
        running = null
      }
    })()
    return running
  }

  return {
    get version() {
      return version
    },
    get state() {
      return state
    },
    get content() {
      return latest
    },
    get dirty() {
      return isDirty() || running !== null
    },
    change(content) {
      if (ended) return
      latest = content
      if (!isDirty() && running === null) {
        // Typed back to what is saved.
        options.journal.drop(options.draftId)
        if (!halted()) {
          stopTimer()
          setState({ kind: 'saved', at: now() })
        }
        return
      }
      options.journal.write(options.draftId, { version, content, at: now() })
      if (halted()) return
      setState({ kind: 'saving' })
      // The save under way plans the next one; where saving fails, each key would be one more try.
      if (running !== null || (timer !== null && waitsFor === 'save')) return
      plan(failures === 0 ? delayMs : 1000)
    },
    async flush() {
      flushing += 1
      try {
        await run()
        // The run that was under way may have ended before it learned that somebody waits.
        if (!ended && !halted() && state.kind !== 'failed' && isDirty()) await run()
      } finally {
        flushing -= 1
      }
      if (state.kind === 'conflict') throw new DraftNotSavedError('conflict', true)
      if (state.kind === 'gone') throw new DraftNotSavedError('gone', false)
      if (state.kind === 'failed') throw new DraftNotSavedError(state.message, false)
      return version
    },
    async keepMine() {
      if (state.kind !== 'conflict') return
      const theirs = await options.fetch()
      version = theirs.version
      saved = theirs.content
      state = { kind: 'saving' }
      await run()
    },
    adopt(nextVersion, content) {
      if (ended) return
      stopTimer()
      version = nextVersion
      saved = content
      latest = content
      failures = 0
      options.journal.drop(options.draftId)
      setState({ kind: 'saved', at: now() })
    },
    finish() {
      ended = true
      stopTimer()
      options.journal.drop(options.draftId)
    },
    dispose() {
      stopTimer()
      ended = true
    },
  }
}

/** What to show when a draft is opened and an unconfirmed text of it lies in the journal. */
export type Recovery =
  | { kind: 'none' }
  /** Typed last and never confirmed: shown, and saved again. */
  | { kind: 'recovered'; content: DraftContent }
  /** The draft moved on elsewhere: the writer chooses. */
  | { kind: 'conflict'; content: DraftContent }

/** Decides what becomes of an unconfirmed text when its draft is opened again. */
export function recover(
  draft: { version: number; content: DraftContent },
  entry: { version: number; content: DraftContent } | null,
): Recovery {
  if (!entry || sameContent(entry.content, draft.content)) return { kind: 'none' }
  return entry.version >= draft.version
    ? { kind: 'recovered', content: entry.content }
    : { kind: 'conflict', content: entry.content }
}
