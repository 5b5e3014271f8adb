import type { ReadableDb } from '../store/statements.ts'
import { claimantsOf, nodesOf, nodesOfThread } from '../store/tables/reference-nodes.ts'
import type { ThreadGraph } from '../threading/types.ts'

/** A channel's graph of Message-IDs, as threading asks for it, from the store. */
export const channelGraph = (db: ReadableDb, channelId: string): ThreadGraph => ({
  nodes: (ids) =>
    new Map(
      nodesOf(db, channelId, ids).map((row) => [
        row.message_id,
        { threadId: row.thread_id, hasParent: row.has_parent === 1 },
      ]),
    ),
  nodesOf: (threadId, hasParent, limit) => nodesOfThread(db, threadId, hasParent, limit),
  claimants: (messageId) =>
    claimantsOf(db, channelId, messageId).map((row) => ({
      fromAddress: row.from_address,
      receivedAt: row.received_at,
    })),
})
