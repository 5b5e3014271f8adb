import { marks, type ReadableDb, type WritableDb } from '../statements.ts'

export type NodeRow = { message_id: string; thread_id: string; has_parent: number }

/** The known ones among some Message-IDs of a channel. */
export const nodesOf = (db: ReadableDb, channelId: string, ids: readonly string[]): NodeRow[] =>
  db.all<NodeRow>(
    `SELECT message_id, thread_id, has_parent FROM reference_nodes WHERE channel_id = ? AND message_id IN (${marks(ids.length)})`,
    [channelId, ...ids],
  )

/** A thread's Message-IDs with or without a parent, ascending, at most `limit`. */
export const nodesOfThread = (
  db: ReadableDb,
  threadId: string,
  hasParent: boolean,
  limit: number,
): string[] =>
  db
    .all<{ message_id: string }>(
      `SELECT message_id FROM reference_nodes INDEXED BY reference_nodes_thread
       WHERE thread_id = ? AND has_parent = ? ORDER BY message_id LIMIT ?`,
      [threadId, Number(hasParent), limit],
    )
    .map((row) => row.message_id)

/** Who used a Message-ID in the channel, and when the server took it. */
export const claimantsOf = (
  db: ReadableDb,
  channelId: string,
  messageId: string,
): { from_address: string; received_at: number }[] =>
  db.all(
    // Of a forward whoever sent it counts, not whom it was attributed to.
    `SELECT coalesce((SELECT forwarder_address FROM forwards f WHERE f.id = m.id), m.from_address) AS from_address, m.received_at
     FROM messages m INDEXED BY messages_by_message_id WHERE m.channel_id = ? AND m.message_id = ?`,
    [channelId, messageId],
  )

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
