import type { PresenceDoing } from '../../../contract/presence.ts'
import { inboxesOf } from '../store/queries/visibility.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Clock } from '../types.ts'
import { accessOf, canSeeThread, type Access } from './access.ts'

/** How often whoever listens hears something, and then says in turn that they are still there, in ms. */
export const BEAT_MS = 5_000
/** A window that said nothing for that long is gone: frozen, or its machine asleep. In ms. */
export const GONE_MS = 3 * BEAT_MS
/** How long somebody types who was said to, unless it is said again. In ms. */
export const TYPING_MS = BEAT_MS + 2_000

/** Somebody in a conversation. */
export type Present = { userId: string; threadId: string; doing: PresenceDoing; typing: boolean }
export type Place = Omit<Present, 'userId'>

/** What a window said of its user, and when. */
type Said = { userId: string; places: readonly Place[]; at: number }

const RANKS: Record<PresenceDoing, number> = { viewing: 0, commenting: 1, answering: 2 }

/**
 * Who is in which conversation, on this machine (D5). In memory alone: it is of no interest once it has passed. A window is
 * any object that stands for one connection.
 */
export class Presence {
  readonly #clock: Clock
  readonly #windows = new Map<object, Said>()
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #last = '[]'

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock
  }

  /** What the user of a window does, in place of what it said before. */
  here(window: object, userId: string, places: readonly Place[]): void {
    this.#windows.set(window, { userId, places, at: this.#clock.now() })
    this.#look()
  }

  /** A window was closed. */
  leave(window: object): void {
    this.#windows.delete(window)
    this.#look()
  }

  /** Everybody, each once for each conversation that they are in. */
  people(): Present[] {
    const now = this.#clock.now()
    const found = new Map<string, Present>()
    for (const { userId, places, at } of this.#windows.values()) {
      if (now - at >= GONE_MS) continue
      for (const { threadId, doing, typing } of places) {
        const key = `${userId} ${threadId}`
        const isTyping = typing && now - at < TYPING_MS
        const known = found.get(key)
        found.set(key, {
          userId,
          threadId,
          doing: known && RANKS[known.doing] > RANKS[doing] ? known.doing : doing,
          typing: isTyping || (known?.typing ?? false),
        })
      }
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  }

  /** Calls whenever somebody came, went, or does something else. Returns the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#windows.clear()
    this.#listeners.clear()
  }

  /** Tells of a difference, if there is one, and comes back when time alone makes the next. */
  #look(): void {
    clearTimeout(this.#timer)
    const now = this.#clock.now()
    let next = Infinity
    for (const [window, { at, places }] of this.#windows) {
      if (now - at >= GONE_MS) {
        this.#windows.delete(window)
        continue
      }
      const typing = places.some((place) => place.typing) && now - at < TYPING_MS
      next = Math.min(next, at + (typing ? TYPING_MS : GONE_MS))
    }
    if (next < Infinity) {
      this.#timer = setTimeout(() => this.#look(), Math.max(1, next - now))
      this.#timer.unref()
    }
    const people = JSON.stringify(this.people())
    if (people === this.#last) return
    this.#last = people
    for (const listener of this.#listeners) listener()
  }
}

/** The colleagues of a user that are in conversations which both of them can see (A1), now. */
export function presentTo(db: ReadableDb, access: Access, people: readonly Present[]): Present[] {
  const others = people.filter(({ userId }) => userId !== access.user.id)
  if (others.length === 0) return []
  const inboxes = inboxesOf(
    db,
    'threads',
    others.map(({ threadId }) => threadId),
  )
  const known = new Map(others.map(({ userId }) => [userId, accessOf(db, userId)]))
  return others.filter(({ userId, threadId }) => {
    const inboxId = inboxes.get(threadId)
    const other = known.get(userId)
    if (inboxId === undefined || !other) return false
    return [access, other].every((one) => canSeeThread(one, { inbox_id: inboxId }))
  })
}
