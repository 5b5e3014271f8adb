import type { ThreadViewSettings } from '../../../contract/organising.ts'
import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import type { Store } from '../store/store.ts'
import type { ReadableDb } from '../store/statements.ts'
import { threadViewById, threadViewsOf, type ThreadViewRow } from '../store/tables/thread-views.ts'
import type { Access } from './access.ts'
import { undoably } from './organising-actions.ts'

/** Whether it is an own one or one of everybody's, also after it was removed. */
export const reachesView = (userId: string, view: ThreadViewRow | undefined): boolean =>
  view !== undefined && (view.owner_id === null || view.owner_id === userId)

/** The view as the user may use and change it: an own one, or one of everybody's. @throws DomainError NOT_FOUND */
export function mustReachView(db: ReadableDb, userId: string, id: string): ThreadViewRow {
  const view = threadViewById(db, id)
  if (view?.removed_at === null && reachesView(userId, view)) return view
  throw new DomainError('NOT_FOUND', 'This view does not exist any more, or it is not yours.')
}

type ViewInit = { name: string; shared: boolean; settings: ThreadViewSettings }

/** Makes a view at the end of the others, or changes what is given of one. @throws DomainError NOT_FOUND */
export function saveThreadView(
  store: Store,
  access: Access,
  view: ({ id?: undefined } & ViewInit) | ({ id: string } & Partial<ViewInit>),
): { id: string; undo: string | null } {
  const me = access.user.id
  let id = view.id ?? ''
  const undo = undoably(store, access, ({ write, undo: collected }) => {
    const values = {
      ...(view.name !== undefined && { name: view.name }),
      ...(view.shared !== undefined && { owner_id: view.shared ? null : me }),
      ...(view.settings !== undefined && { settings: JSON.stringify(view.settings) }),
    }
    if (view.id === undefined) {
      id = uuidV7(write.now)
      const position = (threadViewsOf(write.db, me).at(-1)?.position ?? 0) + 1
      const made = { ...values, position, created_at: write.now }
      collected.append({ entity: 'thread_view', id, kind: 'create', values: made })
    } else {
      const row = mustReachView(write.db, me, view.id)
      const differing = Object.fromEntries(
        Object.entries(values).filter(([field, value]) => row[field as keyof typeof values] !== value),
      )
      if (Object.keys(differing).length === 0) return
      collected.append({ entity: 'thread_view', id, kind: 'set', values: differing })
    }
    write.changed('threadViews', id)
  })
  return { id, undo }
}

/** Before another view of the user's list, or to its end. @throws DomainError NOT_FOUND */
export const moveThreadView = (
  store: Store,
  access: Access,
  id: string,
  before: string | null,
): string | null =>
  undoably(store, access, ({ write, undo }) => {
    const me = access.user.id
    const row = mustReachView(write.db, me, id)
    if (before !== null) mustReachView(write.db, me, before)
    const others = threadViewsOf(write.db, me).filter((view) => view.id !== id)
    const at = before === null ? others.length : others.findIndex((view) => view.id === before)
    const previous = others[at - 1]?.position
    const next = others[at]?.position
    const position =
      previous === undefined ? (next ?? 1) - 1 : next === undefined ? previous + 1 : (previous + next) / 2
    if (position === row.position) return
    undo.append({ entity: 'thread_view', id, kind: 'set', values: { position } })
    write.changed('threadViews', id)
  })

/** @throws DomainError NOT_FOUND */
export const removeThreadView = (store: Store, access: Access, id: string): string | null =>
  undoably(store, access, ({ write, undo }) => {
    mustReachView(write.db, access.user.id, id)
    undo.append({ entity: 'thread_view', id, kind: 'set', values: { removed_at: write.now } })
    write.changed('threadViews', id)
  })
