import type { PresenceView } from '../../../contract/presence.ts'
import type { Store } from '../store/store.ts'
import { BEAT_MS, presentTo, type Presence } from '../team/presence.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { guarded, mustAccess, os, sessionAccess, type Session } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** How many streams each connection has open: the end of its last one is the end of its window. */
const streams = new WeakMap<Session, number>()

/** Who is where, for the user of a connection, at every change and at least once in each beat. */
async function* presenceStream(
  { store, presence }: { store: Store; presence: Presence },
  session: Session,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ people: PresenceView[] }, void> {
  let changed = false
  let wake: () => void = () => {}
  const off = presence.onChange(() => {
    changed = true
    wake()
  })
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  streams.set(session, (streams.get(session) ?? 0) + 1)
  try {
    while (!signal?.aborted) {
      changed = false
      const access = sessionAccess(session, store)
      const people = access ? presentTo(store.read, access, presence.people()) : []
      yield { people: people as PresenceView[] }
      if (changed || signal?.aborted) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, BEAT_MS).unref()
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  } finally {
    off()
    signal?.removeEventListener('abort', onAbort)
    const left = (streams.get(session) ?? 1) - 1
    streams.set(session, left)
    if (left === 0) presence.leave(session)
  }
}

export const presenceHandlers = (deps: ApiDeps) => ({
  here: os.presence.here.handler(({ input, context }) => {
    const access = mustAccess(context)
    const places = input.places.map(({ threadId, doing, typing }) => ({
      // The conversation that it was joined to, where it was.
      threadId: mustSeeThread(deps.store.read, access, threadId).id,
      doing,
      typing,
    }))
    deps.presence.here(context.session, access.user.id, places)
    return {}
  }),
  stream: os.presence.stream.handler(({ context, signal }) =>
    guarded(presenceStream(deps, context.session, signal), deps.log),
  ),
})
