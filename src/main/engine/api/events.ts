import type { ChangeEvent, EntityName } from '../../../contract/events.ts'
import type { Store } from '../store/store.ts'
import { loggingHomes } from '../store/queries/logging.ts'
import { readerOf, seesItem } from '../outbox/insertables/library.ts'
import { homesOf, homesOfActivities, inboxesOf, writersOf } from '../store/queries/visibility.ts'
import type { ReadableDb } from '../store/statements.ts'
import { libraryHomes } from '../store/tables/library.ts'
import { canSee, canSeeChannel, type Access } from '../team/access.ts'
import { guarded, os, sessionAccess, type Session } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** Commits within this many ms reach a client as one event. */
const COALESCE_MS = 15
/** Ids that are kept for a client that does not read: beyond this it is told to refetch everything of the kind. */
const MAX_IDS = 500

/** Folds events into one: the newest rev, and per entity the ids of all, or null once there are too many. */
export class PendingChanges {
  #rev = 0
  #changes = new Map<ChangeEvent['changes'][number]['entity'], Set<string> | null>()

  get isEmpty(): boolean {
    return this.#changes.size === 0
  }

  add(event: ChangeEvent): void {
    this.#rev = Math.max(this.#rev, event.rev)
    for (const { entity, ids } of event.changes) {
      const known = this.#changes.get(entity)
      if (known === null) continue
      const all = ids === null ? null : new Set([...(known ?? []), ...ids])
      this.#changes.set(entity, all !== null && all.size > MAX_IDS ? null : all)
    }
  }

  take(): ChangeEvent {
    const changes = [...this.#changes].map(([entity, ids]) => ({ entity, ids: ids && [...ids] }))
    this.#changes = new Map()
    return { rev: this.#rev, changes }
  }
}

/** Leaves out what the user cannot see (A1). Without a user, only what a welcome screen shows. */
export function visibleChanges(store: Store, session: Session, event: ChangeEvent): ChangeEvent {
  const access = sessionAccess(session, store)
  if (!access) {
    const shown = event.changes.filter(({ entity }) => ['workspace', 'users', 'inboxes'].includes(entity))
    return {
      rev: event.rev,
      changes: shown.map((change) => (change.entity === 'inboxes' ? { ...change, ids: null } : change)),
    }
  }
  return {
    rev: event.rev,
    changes: event.changes.flatMap((change) => {
      if (change.ids === null) return [change]
      const visible = visibilityOf(store.read, access, change.entity, change.ids)
      if (!visible) return [change]
      const ids = change.ids.filter(visible)
      return ids.length > 0 ? [{ entity: change.entity, ids }] : []
    }),
  }
}

/**
 * Tells which of some ids the user may hear of; null for all. What is not there any more is named: a client that shows
 * it has to learn that it is gone.
 */
function visibilityOf(
  db: ReadableDb,
  access: Access,
  entity: EntityName,
  ids: readonly string[],
): ((id: string) => boolean) | null {
  switch (entity) {
    case 'inboxes':
      // Whoever lost sight of one is told by the change of the workspace that comes with it.
      return (id) => !access.inboxes.has(id) || canSee(access, id)
    case 'threads':
    case 'messages':
    case 'comments':
    case 'tickets':
    case 'refusedMail': {
      if (access.seesAll) return null
      const inboxes = inboxesOf(db, entity, ids)
      return (id) => {
        const inboxId = inboxes.get(id)
        return inboxId === undefined || inboxId === null || canSee(access, inboxId)
      }
    }
    case 'answers': {
      // Of personal mail nobody hears that its owner writes.
      const inboxes = inboxesOf(db, 'threads', ids)
      return (id) => {
        const inboxId = inboxes.get(id)
        return inboxId !== null && (inboxId === undefined || canSee(access, inboxId))
      }
    }
    case 'channels':
    case 'outbox': {
      const homes = homesOf(db, entity, ids)
      return (id) => {
        const home = homes.get(id)
        return home === undefined || canSeeChannel(access, home)
      }
    }
    case 'activities': {
      const homes = homesOfActivities(db, ids)
      return (id) => {
        const home = homes.get(id)
        if (home?.author_id) return [home.author_id, home.assignee_id].includes(access.user.id)
        return !home?.inbox_id || canSee(access, home.inbox_id)
      }
    }
    case 'drafts': {
      const writers = writersOf(db, ids)
      return (id) => (writers.get(id) ?? access.user.id) === access.user.id
    }
    case 'logging': {
      // Unlogged personal mail is its owner's business alone (G8): nobody else learns that any came.
      const homes = loggingHomes(db, ids)
      return (id) => {
        const home = homes.get(id)
        return home === undefined || home.is_open === 1 || home.owner_id === access.user.id
      }
    }
    case 'library': {
      const reader = readerOf(db, access.user.id)
      const homes = libraryHomes(db, ids)
      return (id) => {
        const home = homes.get(id)
        return home === undefined || seesItem(reader, home)
      }
    }
    default:
      return null
  }
}

/**
 * The commits from now on, coalesced, and before them what was missed since `sinceRev`. Memory is bounded whatever the
 * client does: while it is slow, events fold into one.
 */
export async function* changeStream(
  store: Store,
  session: Session,
  sinceRev: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent, void> {
  const pending = new PendingChanges()
  let wake: () => void = () => {}
  const off = store.onChange((event) => {
    pending.add(event)
    wake()
  })
  const onAbort = () => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    const missed = sinceRev === undefined ? null : store.changesSince(sinceRev)
    if (missed) yield visibleChanges(store, session, missed)
    while (!signal?.aborted) {
      if (pending.isEmpty) await new Promise<void>((resolve) => (wake = resolve))
      if (signal?.aborted) return
      await new Promise<void>((resolve) => setTimeout(resolve, COALESCE_MS))
      if (!pending.isEmpty) yield visibleChanges(store, session, pending.take())
    }
  } finally {
    off()
    signal?.removeEventListener('abort', onAbort)
  }
}

export const eventsHandlers = ({ store, log }: ApiDeps) => ({
  stream: os.events.stream.handler(({ input, context, signal }) =>
    guarded(changeStream(store, context.session, input.sinceRev, signal), log),
  ),
})
