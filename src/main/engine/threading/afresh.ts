import { decideThread } from './decide.ts'
import { MemoryGraph } from './memory-graph.ts'
import type { Claimant, ThreadDecision, ThreadingHeaders, ThreadReason } from './types.ts'

export type Rethreaded = {
  /** One per message, in the order given. */
  messages: { threadId: string; reason: ThreadReason }[]
  /** Every node of those messages: what replaces the rows of the threads they came from. */
  nodes: { messageId: string; threadId: string; hasParent: boolean }[]
  /** Root by thread id, of the threads that hold those messages now. */
  roots: Map<string, string>
}

/**
 * Threads messages from scratch, for the rare case that a decision asks for it (`rethreadIds`).
 * @param messages all messages of the threads in question, in any order
 * @param claimants everyone in the channel who used a Message-ID, those of `messages` included
 */
export function threadAfresh(
  channelAddress: string,
  messages: readonly ThreadingHeaders[],
  claimants: (messageId: string) => readonly Claimant[],
): Rethreaded {
  const graph = new MemoryGraph(claimants)
  const decisions: ThreadDecision[] = []
  for (const headers of messages) {
    const decision = decideThread(channelAddress, headers, graph)
    graph.apply(decision)
    decisions.push(decision)
  }
  const nodes = graph.all()
  const threadIds = new Map(nodes.map((node) => [node.messageId, node.threadId]))
  const roots = new Map<string, string>()
  // A decision's thread may have become part of another one since; the root's node tells.
  for (const { threadId, rootMessageId } of decisions) {
    if (threadIds.get(rootMessageId) === threadId) roots.set(threadId, rootMessageId)
  }
  return {
    messages: decisions.map(({ nodeId, reason }) => ({ threadId: threadIds.get(nodeId) ?? '', reason })),
    nodes,
    roots,
  }
}
