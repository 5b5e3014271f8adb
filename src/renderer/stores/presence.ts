import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { defineStore } from 'pinia'
import type { ThreadId } from '@contract/ids.ts'
import type { PresenceDoing, PresenceView } from '@contract/presence.ts'
import { rpc } from '@/rpc/client.ts'
import { connectionState, openConnection } from '@/rpc/connection.ts'
import { useSelectionStore } from './selection.ts'
import { useSessionStore } from './session.ts'

/** The engine speaks every 5 s. When it said nothing for this long, nobody knows who is where; in ms. */
const SILENCE = 16_000
/** A key that was pressed counts as typing for that long, in ms. */
const TYPING = 4_000

/** Something that is being written in a conversation in this window. */
export type Writing = {
  /** A key was pressed in it. */
  typed(): void
  /** It is closed. */
  end(): void
}

type Place = { threadId: ThreadId; doing: PresenceDoing; typing: boolean }

/** Who else is in which conversation, and what this window tells them of its own user (D5). */
export const usePresenceStore = defineStore('presence', () => {
  const session = useSessionStore()
  const selection = useSelectionStore()

  const people = shallowRef<readonly PresenceView[]>([])
  const isHeard = ref(false)
  /** False while there is no word from the engine: then nobody knows who is where. */
  const known = computed(() => isHeard.value && connectionState.value === 'open')
  const byThread = computed(() => {
    const found = new Map<string, PresenceView[]>()
    for (const one of known.value ? people.value : [])
      found.set(one.threadId, [...(found.get(one.threadId) ?? []), one])
    return found
  })

  /** A conversation is looked at where the window can be seen; what is written in it is, wherever the window is. */
  const visible = ref(document.visibilityState === 'visible')
  document.addEventListener('visibilitychange', () => {
    visible.value = document.visibilityState === 'visible'
  })
  const writings = reactive(new Map<symbol, Place>())
  const places = computed<Place[]>(() => [
    ...(visible.value && selection.open
      ? [{ threadId: selection.open, doing: 'viewing' as const, typing: false }]
      : []),
    ...writings.values(),
  ])

  const tell = (): void => {
    if (!session.me || connectionState.value !== 'open') return
    // No connection, or a conversation that went out of sight: the window says both elsewhere, and the next word
    // brings the next try.
    rpc.presence.here({ places: places.value.slice(0, 20).map((place) => ({ ...place })) }).catch(() => {})
  }
  watch([() => JSON.stringify(places.value), () => session.me?.id, connectionState], tell)

  let silence: ReturnType<typeof setTimeout> | undefined
  const heard = (now: readonly PresenceView[]): void => {
    people.value = now
    isHeard.value = true
    clearTimeout(silence)
    silence = setTimeout(() => (isHeard.value = false), SILENCE)
  }

  /** Listens for as long as the page lives, over every reconnection. */
  async function follow(): Promise<never> {
    for (;;) {
      const connection = await openConnection()
      try {
        for await (const word of await rpc.presence.stream({})) {
          heard(word.people)
          tell()
        }
      } catch {
        // The pipe dropped, or the stream ended; both are followed by a new one.
      }
      isHeard.value = false
      // An engine that ends the stream but keeps the pipe must not be asked in a tight loop.
      if (!connection.closed)
        await Promise.race([connection.dropped, new Promise((go) => setTimeout(go, 1_000))])
    }
  }
  void follow()

  return {
    known,
    /** The others in a conversation; nobody while that is not known. */
    inThread: (threadId: string | null): readonly PresenceView[] =>
      (threadId !== null && byThread.value.get(threadId)) || [],
    /** Tells the others that something is being written in a conversation, until `end`. */
    write(threadId: ThreadId, doing: Exclude<PresenceDoing, 'viewing'>): Writing {
      const key = Symbol(doing)
      writings.set(key, { threadId, doing, typing: false })
      let rest: ReturnType<typeof setTimeout> | undefined
      const set = (typing: boolean): void => {
        const place = writings.get(key)
        if (place && place.typing !== typing) writings.set(key, { ...place, typing })
      }
      return {
        typed() {
          set(true)
          clearTimeout(rest)
          rest = setTimeout(() => set(false), TYPING)
        },
        end() {
          clearTimeout(rest)
          writings.delete(key)
        },
      }
    },
  }
})
