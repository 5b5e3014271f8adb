import { historyBefore } from '../store/queries/history.ts'
import type { ReadableDb } from '../store/statements.ts'
import { blockedPage, blockedSenderById, type BlockedSenderRow } from '../store/tables/blocked-senders.ts'
import { movesOfThread } from '../store/tables/junk-moves.ts'
import { threadById, type ThreadRow } from '../store/tables/threads.ts'
import { canSeeThread, type Access } from '../team/access.ts'
import { pageOf, placeOf } from './cursor.ts'

/** Changes of a conversation that are looked through for who said that it is spam. */
const CHANGES_LOOKED_AT = 200

const blockedShape = (db: ReadableDb, access: Access, row: BlockedSenderRow) => {
  const thread = row.thread_id === null ? undefined : threadById(db, row.thread_id)
  return {
    id: row.id,
    pattern: row.pattern,
    kind: row.key.startsWith('@') ? ('domain' as const) : ('address' as const),
    byId: row.blocked_by,
    at: row.blocked_at,
    threadId: thread && canSeeThread(access, thread) ? thread.id : null,
  }
}

/** A page of the list of blocked senders, the newest first. It is the whole workspace's. */
export function blockedSenders(
  db: ReadableDb,
  access: Access,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const rows = blockedPage(db, cursor === undefined ? null : placeOf(cursor), limit + 1)
  const { shown, nextCursor } = pageOf(rows, limit, (row) => [row.blocked_at, row.id])
  return { senders: shown.map((row) => blockedShape(db, access, row)), nextCursor }
}

/** Why a conversation is spam, and how far its messages have come on the server; null when it is none. */
export function spamShape(db: ReadableDb, access: Access, thread: ThreadRow) {
  if (thread.status !== 'spam') return null
  const block = thread.spam_block_id === null ? undefined : blockedSenderById(db, thread.spam_block_id)
  return {
    at: thread.spam_at ?? thread.sort_at,
    byId: block ? null : whoSaid(db, thread.id),
    block: block ? { ...blockedShape(db, access, block), active: block.removed_at === null } : null,
    server: serverState(db, thread.id),
  }
}

const whoSaid = (db: ReadableDb, threadId: string): string | null =>
  historyBefore(db, 'thread', threadId, Number.MAX_SAFE_INTEGER, CHANGES_LOOKED_AT).find(
    ({ change }) => (JSON.parse(change) as { status?: unknown }).status === 'spam',
  )?.actor_id ?? null

function serverState(db: ReadableDb, threadId: string) {
  const moves = movesOfThread(db, threadId).filter(({ wanted }) => wanted === 'junk')
  const failed = moves.find(({ state }) => state === 'failed')
  if (failed) return { state: 'failed' as const, serverText: failed.problem }
  const has = (state: string): boolean => moves.some((move) => move.state === state)
  const state = has('waiting') ? 'waiting' : has('no_junk') ? 'no_junk' : has('done') ? 'moved' : 'nothing'
  return { state: state as 'waiting' | 'no_junk' | 'moved' | 'nothing', serverText: null }
}
