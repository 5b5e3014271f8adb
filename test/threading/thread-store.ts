import Database from 'better-sqlite3'
import { threadAfresh } from '../../src/main/engine/threading/afresh.ts'
import { decideThread } from '../../src/main/engine/threading/decide.ts'
import type {
  Claimant,
  ReferenceNode,
  ThreadGraph,
  ThreadingHeaders,
  ThreadReason,
} from '../../src/main/engine/threading/types.ts'

export const ADDRESS = 'support@acme.test'

type Stored = { headers: ThreadingHeaders; nodeId: string; threadId: string; reason: ThreadReason }

/** What ingest does with decisions, over the same table in SQLite: its collation is part of what is tested. */
export class ThreadStore {
  readonly messages: Stored[] = []
  readonly aliases = new Map<string, string>()
  /** Looks into the graph since the start. */
  looks = 0
  readonly #db = new Database(':memory:')
  readonly #graph: ThreadGraph

  constructor() {
    this.#db.exec(`
      CREATE TABLE reference_nodes (
        message_id TEXT PRIMARY KEY, thread_id TEXT NOT NULL, has_parent INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX by_thread ON reference_nodes (thread_id, has_parent, message_id);`)
    type Row = { message_id: string; thread_id: string; has_parent: number }
    const one = this.#db.prepare<[string], Row>('SELECT * FROM reference_nodes WHERE message_id = ?')
    const some = this.#db.prepare<[string, number, number], Row>(
      'SELECT * FROM reference_nodes WHERE thread_id = ? AND has_parent = ? ORDER BY message_id LIMIT ?',
    )
    this.#graph = {
      nodes: (ids) => {
        this.looks += 1
        const found = new Map<string, ReferenceNode>()
        for (const id of ids) {
          const row = one.get(id)
          if (row) found.set(id, { threadId: row.thread_id, hasParent: row.has_parent === 1 })
        }
        return found
      },
      nodesOf: (threadId, hasParent, limit) => {
        this.looks += 1
        return some.all(threadId, hasParent ? 1 : 0, limit).map((row) => row.message_id)
      },
      claimants: (id) => this.#claimants(id),
    }
  }

  #claimants(messageId: string): Claimant[] {
    return this.messages.map((one) => one.headers).filter((headers) => headers.messageId === messageId)
  }

  add(headers: ThreadingHeaders): void {
    const decision = decideThread(ADDRESS, headers, this.#graph)
    if (decision.rethreadIds.length > 0) {
      this.#rethread(decision.rethreadIds, headers)
      return
    }
    const put = this.#db.prepare('INSERT INTO reference_nodes VALUES (?, ?, ?)')
    const parent = this.#db.prepare('UPDATE reference_nodes SET has_parent = 1 WHERE message_id = ?')
    const move = this.#db.prepare('UPDATE reference_nodes SET thread_id = ? WHERE thread_id = ?')
    for (const node of decision.newNodes) put.run(node.messageId, decision.threadId, node.hasParent ? 1 : 0)
    for (const id of decision.parentedIds) parent.run(id)
    for (const merged of decision.mergedThreadIds) {
      move.run(decision.threadId, merged)
      for (const one of this.messages) if (one.threadId === merged) one.threadId = decision.threadId
      for (const [alias, target] of this.aliases)
        if (target === merged) this.aliases.set(alias, decision.threadId)
      this.aliases.set(merged, decision.threadId)
      this.aliases.delete(decision.threadId)
    }
    const { threadId, nodeId, reason } = decision
    this.messages.push({ headers, nodeId, threadId, reason })
  }

  #rethread(threadIds: readonly string[], added: ThreadingHeaders): void {
    const stays = this.messages.filter((one) => !threadIds.includes(one.threadId))
    const again = this.messages.filter((one) => threadIds.includes(one.threadId)).map((one) => one.headers)
    again.push(added)
    const result = threadAfresh(ADDRESS, again, (id) => [
      ...this.#claimants(id),
      ...(added.messageId === id ? [added] : []),
    ])
    const drop = this.#db.prepare('DELETE FROM reference_nodes WHERE thread_id = ?')
    for (const id of threadIds) drop.run(id)
    const put = this.#db.prepare('INSERT INTO reference_nodes VALUES (?, ?, ?)')
    for (const node of result.nodes) put.run(node.messageId, node.threadId, node.hasParent ? 1 : 0)
    const placed = again.map((headers, index) => ({ headers, nodeId: '', ...result.messages[index]! }))
    this.messages.splice(0, this.messages.length, ...stays, ...placed)
  }

  /** Thread id by message. */
  threads(): Map<ThreadingHeaders, string> {
    return new Map(this.messages.map((one) => [one.headers, one.threadId]))
  }

  /** Messages that are together, each group and the groups sorted. */
  groups(label: (headers: ThreadingHeaders) => string): string[][] {
    const groups = new Map<string, string[]>()
    for (const one of this.messages) {
      groups.set(one.threadId, [...(groups.get(one.threadId) ?? []), label(one.headers)])
    }
    return [...groups.values()].map((group) => group.sort()).sort()
  }
}

/** Headers with defaults, for short tests. */
export function message(given: Partial<ThreadingHeaders> & { messageId: string }): ThreadingHeaders {
  return {
    inReplyTo: [],
    references: [],
    subject: 'Order 1',
    fromAddress: 'ann@a.test',
    receivedAt: 1,
    ...given,
  }
}
