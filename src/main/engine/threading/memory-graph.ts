import { compareIds } from './message-ids.ts'
import type { Claimant, ReferenceNode, ThreadDecision, ThreadGraph } from './types.ts'

/** The graph of a few threads, in memory. */
export class MemoryGraph implements ThreadGraph {
  readonly #nodes = new Map<string, ReferenceNode>()
  readonly #members = new Map<string, Set<string>>()
  readonly claimants: (messageId: string) => readonly Claimant[]

  constructor(claimants: (messageId: string) => readonly Claimant[]) {
    this.claimants = claimants
  }

  nodes(ids: readonly string[]): Map<string, ReferenceNode> {
    const found = new Map<string, ReferenceNode>()
    for (const id of ids) {
      const node = this.#nodes.get(id)
      if (node) found.set(id, node)
    }
    return found
  }

  nodesOf(threadId: string, hasParent: boolean, limit: number): string[] {
    const members = [...(this.#members.get(threadId) ?? [])]
    return members
      .filter((id) => this.#nodes.get(id)?.hasParent === hasParent)
      .sort(compareIds)
      .slice(0, limit)
  }

  /** Writes a decision, as the store does. */
  apply(decision: ThreadDecision): void {
    for (const { messageId, hasParent } of decision.newNodes)
      this.#put(messageId, decision.threadId, hasParent)
    for (const merged of decision.mergedThreadIds) {
      for (const id of this.#members.get(merged) ?? []) {
        this.#put(id, decision.threadId, this.#nodes.get(id)?.hasParent ?? false)
      }
      this.#members.delete(merged)
    }
    for (const id of decision.parentedIds) this.#put(id, decision.threadId, true)
  }

  all(): { messageId: string; threadId: string; hasParent: boolean }[] {
    return [...this.#nodes].map(([messageId, node]) => ({ messageId, ...node }))
  }

  #put(id: string, threadId: string, hasParent: boolean): void {
    this.#nodes.set(id, { threadId, hasParent })
    const members = this.#members.get(threadId)
    if (members) members.add(id)
    else this.#members.set(threadId, new Set([id]))
  }
}
