/** The part of Storage that is used; tests bring a Map. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export type CommentDraft = {
  /** Takes the newest text. Kept beside the engine before this returns, and by it a moment later. */
  change(text: string): void
  /** The text was posted or thrown away: nothing of it is kept. */
  forget(): void
  /** The box goes away; what is not saved yet is sent now. */
  dispose(): void
}

/** What the engine was last told of each, so that a box that is opened again has its text at once. */
const saved = new Map<string, string>()

/** What a box begins with until the engine has answered: what was typed and not saved, or what it was told last. */
export const knownComment = (storage: DraftStorage, key: string): string =>
  unsavedComment(storage, key) ?? saved.get(key) ?? ''

/** What was typed last and the engine had not confirmed when the window or the engine ended; null for nothing. */
export function unsavedComment(storage: DraftStorage, key: string): string | null {
  try {
    return storage.getItem(key)
  } catch {
    // A browser that refuses storage has kept nothing; the engine's text is the one to show.
    return null
  }
}

/**
 * Keeps a comment that is being written: in the page's storage at each key, in the engine a moment later, so that neither a
 * killed window nor a killed engine takes more than that moment with it. One save at a time, the newest text last.
 * @param options.onTrouble  whether the text lies nowhere but on the screen
 */
export function createCommentDraft(options: {
  storage: DraftStorage
  key: string
  save: (text: string) => Promise<unknown>
  onTrouble: (troubled: boolean) => void
  /** ms from the first unsaved key to its save. */
  delayMs?: number
  /** ms before the next try after a failure. */
  retryMs?: number
}): CommentDraft {
  const { storage, key, save, onTrouble, delayMs = 150, retryMs = 2_000 } = options
  let latest = ''
  let dirty = false
  let keptHere = true
  let running = false
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const drop = (): void => {
    try {
      storage.removeItem(key)
    } catch {
      // A browser that refuses storage has nothing to forget.
    }
  }
  const schedule = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void run(), ms)
  }
  async function run(): Promise<void> {
    if (running || !dirty) return
    running = true
    const sent = latest
    try {
      await save(sent)
      if (dirty) saved.set(key, sent)
      if (dirty && latest === sent) {
        dirty = false
        drop()
      }
      onTrouble(false)
    } catch {
      // No connection, or a full disk; both are said elsewhere. The text is in the page's storage meanwhile.
      onTrouble(!keptHere)
      if (!ended) schedule(retryMs)
    } finally {
      running = false
      if (dirty && latest !== sent && !ended) schedule(delayMs)
    }
  }

  return {
    change(text) {
      latest = text
      try {
        storage.setItem(key, text)
        keptHere = true
      } catch {
        keptHere = false
      }
      if (!dirty) schedule(delayMs)
      dirty = true
    },
    forget() {
      dirty = false
      clearTimeout(timer)
      saved.delete(key)
      drop()
    },
    dispose() {
      ended = true
      clearTimeout(timer)
      void run()
    },
  }
}

/** Under what a comment that is being written is kept in the page's storage: it is its writer's alone. */
export const draftKey = (userId: string | undefined, threadId: string): string =>
  `anteroom.comment.${userId ?? ''}.${threadId}`
