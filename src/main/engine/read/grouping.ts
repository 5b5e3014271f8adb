import { hasMessages, shownAs } from '../store/grouping/structure.ts'
import {
  mergeOf,
  partsOf,
  splitById,
  splitCandidates,
  splitOf,
  splitsOf,
  type SplitRow,
} from '../store/queries/grouping.ts'
import type { ReadableDb } from '../store/statements.ts'
import { threadById, type ThreadRow } from '../store/tables/threads.ts'
import { canSeeThread, refusalToAct, type Access } from '../team/access.ts'
import { refusalToTakeApart } from '../team/grouping-actions.ts'
import type { MergeCandidateShape, PartsShape, SplitCandidateShape, SplitShape } from './shapes.ts'

/** What is shown as part of a conversation, and what was split off from it or it from what. */
export function partsShape(db: ReadableDb, access: Access, threadId: string): PartsShape {
  const parts = partsOf(db, threadId)
  const merged = parts.map((part) => {
    const decision = mergeOf(db, part.id)
    return {
      id: part.id,
      subject: part.subject,
      sender: { name: part.from_name, address: part.from_address },
      messageCount: part.message_count,
      at: decision?.at ?? null,
      actorId: decision?.actor_id ?? null,
      refusal: refusalToTakeApart(db, access, part.id),
    }
  })
  const own = splitById(db, threadId)
  const from = own && hasMessages(db, own.id) ? own.origin_id : null
  const splitFrom = own && from !== null ? splitShape(db, access, own, shownAs(db, from)) : null
  const origins = [threadId, ...parts.map((part) => part.id)]
  const splitOff = origins
    .flatMap((origin) => splitsOf(db, origin))
    .filter((split) => hasMessages(db, split.id) && shownAs(db, split.id) !== threadId)
    .flatMap((split) => splitShape(db, access, split, shownAs(db, split.id)) ?? [])
  return { merged, splitFrom, splitOff }
}

function splitShape(db: ReadableDb, access: Access, split: SplitRow, otherId: string): SplitShape | null {
  const other = threadById(db, otherId)
  if (!other || !canSeeThread(access, other)) return null
  const decision = splitOf(db, split.seed_id)
  return {
    threadId: other.id,
    subject: other.subject,
    at: decision?.at ?? null,
    actorId: decision?.actor_id ?? null,
  }
}

/** What is asked about before conversations are merged. */
export const mergeCandidateShape = (access: Access, thread: ThreadRow): MergeCandidateShape => ({
  id: thread.id,
  subject: thread.subject,
  sender: { name: thread.sender_name, address: thread.sender_address },
  messageCount: thread.message_count,
  status: thread.status,
  at: thread.sort_at,
  refusal: refusalToAct(access, thread.inbox_id),
})

/** The messages that may be split off, with those that answer one of them marked. */
export const splitCandidateShapes = (
  db: ReadableDb,
  threadId: string,
  suggested: ReadonlySet<string>,
): SplitCandidateShape[] =>
  splitCandidates(db, threadId).map((row) => ({
    id: row.id,
    from: { name: row.from_name, address: row.from_address },
    snippet: row.snippet,
    at: row.sort_at,
    suggested: suggested.has(row.id),
  }))
