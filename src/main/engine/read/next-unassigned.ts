import type { ReadableDb } from '../store/statements.ts'
import { threadPage, type ThreadPosition } from '../store/queries/thread-lists.ts'
import { threadById } from '../store/tables/threads.ts'
import { canSeeThread, type Access } from '../team/access.ts'

/**
 * The next open conversation that nobody has taken (D5), in the order of the list, of the inboxes where the user may
 * act. After the last comes the first again; null when there is no other.
 */
export function nextUnassigned(
  db: ReadableDb,
  access: Access,
  { inboxId, afterId }: { inboxId?: string; afterId?: string },
): string | null {
  const inboxes = access.visible.filter(
    (id) => access.inboxes.get(id)?.isMember && (inboxId === undefined || id === inboxId),
  )
  const from = afterId === undefined ? undefined : threadById(db, afterId)
  const first = (after: ThreadPosition | null): string | undefined =>
    threadPage(
      db,
      { scope: { status: 'open', assigneeId: null }, sort: 'newest', after, limit: 2 },
      inboxes,
    ).find((row) => row.id !== from?.id)?.id
  const after = from && canSeeThread(access, from) ? { at: from.sort_at, id: from.id } : null
  return (after && first(after)) ?? first(null) ?? null
}
