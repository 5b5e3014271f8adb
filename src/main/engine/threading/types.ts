/** The headers that decide where a message belongs. Ids without angle brackets. */
export type ThreadingHeaders = {
  messageId: string
  inReplyTo: readonly string[]
  /** Oldest first, bounded. */
  references: readonly string[]
  subject: string
  /** Lower case; empty when there is none. */
  fromAddress: string
  /** INTERNALDATE in ms: when the server took the message. The sender cannot choose it. */
  receivedAt: number
}

/** Who used a Message-ID in the channel, and when the server took that message. */
export type Claimant = { fromAddress: string; receivedAt: number }

/** A message, or an id that some message refers to, in the graph whose components are the threads. */
export type ReferenceNode = {
  threadId: string
  /** Some message names another one as this one's ancestor. Once true, always true. */
  hasParent: boolean
}

/** What threading asks about the channel so far. Every answer is one look into an index. */
export type ThreadGraph = {
  /** The known ones among the ids (at most 102). */
  nodes(ids: readonly string[]): ReadonlyMap<string, ReferenceNode>
  /**
   * The thread's nodes with that `hasParent`, ascending by their UTF-8 bytes, at most `limit`.
   * With an index on (thread_id, has_parent, message_id) this reads only the rows it returns.
   */
  nodesOf(threadId: string, hasParent: boolean, limit: number): readonly string[]
  /** The messages in the channel with that Message-ID, without the one that is being decided. Nearly always none. */
  claimants(messageId: string): readonly Claimant[]
}

/** Why a message is in its thread (D10): a code with its facts, and the same in words. */
export type ThreadReason = {
  code: 'answers' | 'begins' | 'subject_only' | 'unusable_references' | 'same_message_id' | 'message_id_taken'
  params: Readonly<Record<string, string>>
  text: string
}

/** What is to be written for one message, all of it in one transaction. */
export type ThreadDecision = {
  threadId: string
  /** The node that the thread's id comes from. */
  rootMessageId: string
  /** The message's own node; its Message-ID, but for a stranger who used one that was taken. */
  nodeId: string
  /** Rows to add, all of them in `threadId`. */
  newNodes: readonly { messageId: string; hasParent: boolean }[]
  /** Known nodes that now have a parent. */
  parentedIds: readonly string[]
  /**
   * Threads that are part of `threadId` from now on: their nodes, messages, comments and ops move there, and each
   * leaves an alias. `threadId` itself may be new, when a merge or an older message moved the root.
   */
  mergedThreadIds: readonly string[]
  reason: ThreadReason
  /**
   * Nearly always empty. Otherwise nothing above is to be written: this message was received before the one that
   * holds its Message-ID so far, from another sender, so the id is its own (fault 51). All messages of these threads
   * and this one are to be threaded again with `threadAfresh`.
   */
  rethreadIds: readonly string[]
}
