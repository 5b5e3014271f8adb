import type { Claimant, ReferenceNode, ThreadGraph } from '../../threading/types.ts'
import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

/** The channel's graph of Message-IDs as threading asks for it. */
export const channelGraph = (db: ReadableDb, channelId: string): ThreadGraph => ({
  nodes(ids) {
    const rows = db.all<{ message_id: string; thread_id: string; has_parent: number }>(
      `SELECT message_id, thread_id, has_parent FROM reference_nodes WHERE channel_id = ? AND message_id IN (${marks(ids.length)})`,
      [channelId, ...ids],
    )
    return new Map<string, ReferenceNode>(
      rows.map((row) => [row.message_id, { threadId: row.thread_id, hasParent: row.has_parent === 1 }]),
    )
  },
  nodesOf(threadId, hasParent, limit) {
    return db
      .all<{ message_id: string }>(
        `SELECT message_id FROM reference_nodes INDEXED BY reference_nodes_thread
         WHERE thread_id = ? AND has_parent = ? ORDER BY message_id LIMIT ?`,
        [threadId, Number(hasParent), limit],
      )
      .map((row) => row.message_id)
  },
  claimants(messageId) {
    return db
      .all<{ from_address: string; received_at: number }>(
        'SELECT from_address, received_at FROM messages INDEXED BY messages_by_message_id WHERE channel_id = ? AND message_id = ?',
        [channelId, messageId],
      )
      .map((row): Claimant => ({ fromAddress: row.from_address, receivedAt: row.received_at }))
  },
})

export function insertNode(
  db: WritableDb,
  channelId: string,
  node: { messageId: string; threadId: string; hasParent: boolean },
): void {
  db.run('INSERT INTO reference_nodes (channel_id, message_id, thread_id, has_parent) VALUES (?, ?, ?, ?)', [
    channelId,
    node.messageId,
    node.threadId,
    Number(node.hasParent),
  ])
}

export function setHasParent(db: WritableDb, channelId: string, messageId: string): void {
  db.run('UPDATE reference_nodes SET has_parent = 1 WHERE channel_id = ? AND message_id = ?', [
    channelId,
    messageId,
  ])
}

export function moveNodes(db: WritableDb, fromThreadId: string, toThreadId: string): void {
  db.run('UPDATE reference_nodes SET thread_id = ? WHERE thread_id = ?', [toThreadId, fromThreadId])
}

export function deleteNodes(db: WritableDb, threadId: string): void {
  db.run('DELETE FROM reference_nodes WHERE thread_id = ?', [threadId])
}
