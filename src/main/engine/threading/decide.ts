import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'
import { compareIds, usableMessageId } from './message-ids.ts'
import { answers, begins, messageIdTaken, sameMessageId } from './reasons.ts'
import type { Claimant, ThreadDecision, ThreadGraph, ThreadingHeaders, ThreadReason } from './types.ts'

/*
 * A thread is a connected component of the graph of a channel's Message-IDs: every message joins its own id and those
 * that it names. Which ids are joined, and which of them have a parent, only grows with each message, so both are the
 * same in whatever order the mail comes; so then is the root, and the thread's id, which is made from it.
 *
 * The subject takes no part: it never joins (two customers who write "Invoice" are two conversations), and a changed
 * one does not split what References holds together.
 */

/** Ids of References that count: the first and the last (fault 53). The parser has cut the list already. */
const REFERENCES_EACH_END = 50

/**
 * Decides which thread a message belongs to.
 * @param channelAddress the channel's address; threads never reach across channels
 * @param headers of a message that is not in the channel yet (a further copy of one that is needs no decision)
 * @param graph what the channel holds so far
 * @returns what is to be written; the graph itself is not changed
 */
export function decideThread(
  channelAddress: string,
  headers: ThreadingHeaders,
  graph: ThreadGraph,
): ThreadDecision {
  const claimants = graph.claimants(headers.messageId)
  const claim = judgeClaim(headers, claimants)
  const nodeId = claim === 'stranger' ? strangersNode(headers) : headers.messageId

  const ancestors = ancestorsOf(headers)
  const chain = [...ancestors, nodeId]
  const known = graph.nodes(chain)
  const touched = [...new Set([...known.values()].map((node) => node.threadId))]

  if (claim === 'takes_over') {
    const other = graph.nodes([strangersNode(headers)])
    for (const node of other.values()) if (!touched.includes(node.threadId)) touched.push(node.threadId)
  }

  const newNodes: { messageId: string; hasParent: boolean }[] = []
  const parentedIds: string[] = []
  chain.forEach((id, index) => {
    const node = known.get(id)
    if (!node) newNodes.push({ messageId: id, hasParent: index > 0 })
    else if (!node.hasParent && index > 0) parentedIds.push(id)
  })

  const rootMessageId = findRoot(graph, touched, newNodes, parentedIds)
  const threadId = threadIdOf(channelAddress, rootMessageId)
  return {
    threadId,
    rootMessageId,
    nodeId,
    newNodes,
    parentedIds,
    mergedThreadIds: touched.filter((id) => id !== threadId).sort(),
    reason: reasonFor(headers, ancestors, claim, claimants),
    rethreadIds: claim === 'takes_over' ? touched.sort() : [],
  }
}

/** The id of the thread with that root, the same on every machine. */
export function threadIdOf(channelAddress: string, rootMessageId: string): string {
  return uuidV5(NAMESPACE.thread, `${channelAddress.toLowerCase()}\n${rootMessageId}`)
}

/**
 * The ids that a message names as its ancestors, oldest first: References and, where it is not among them, the first
 * id of In-Reply-To (RFC 5256 section 3, step 1A, which takes In-Reply-To only where References is missing; there are
 * mail programs that cut References and leave the parent out). Bounded, without garbage, repetitions and the message
 * itself.
 */
function ancestorsOf(headers: ThreadingHeaders): string[] {
  const ids = usable(headers.references)
  const bounded =
    ids.length <= 2 * REFERENCES_EACH_END
      ? ids
      : [...ids.slice(0, REFERENCES_EACH_END), ...ids.slice(-REFERENCES_EACH_END)]
  const parent = usable(headers.inReplyTo)[0]
  return [...new Set(parent === undefined ? bounded : [...bounded, parent])].filter(
    (id) => id !== headers.messageId,
  )
}

const usable = (ids: readonly string[]): string[] =>
  ids.map(usableMessageId).filter((id): id is string => id !== null)

/** No usable Message-ID holds a space, so this can be nobody else's. */
const strangersNode = ({ messageId, fromAddress }: ThreadingHeaders): string =>
  `${messageId} <${fromAddress}>`

type Claim = 'first' | 'same_sender' | 'stranger' | 'takes_over'

/**
 * Whose a Message-ID is when several senders used it (fault 51): whose message the server received first. A later
 * stranger gets a node of their own, so that they come into no thread by that id.
 */
function judgeClaim(headers: ThreadingHeaders, claimants: readonly Claimant[]): Claim {
  const strangers = claimants.filter((one) => one.fromAddress !== headers.fromAddress)
  if (strangers.length === 0) return claimants.length === 0 ? 'first' : 'same_sender'
  const rival = strangers.reduce(earlier)
  const own = claimants.filter((one) => one.fromAddress === headers.fromAddress)
  if (own.some((one) => earlier(one, rival) === one)) return 'same_sender'
  return earlier(headers, rival) === rival ? 'stranger' : 'takes_over'
}

/** The earlier of two claimants; at the same millisecond, the one with the smaller address. */
const earlier = <T extends Claimant>(a: T, b: T): T => {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? a : b
  return compareIds(a.fromAddress, b.fromAddress) <= 0 ? a : b
}

/**
 * The root of the thread as it will be: the smallest id without a parent; where all have one (a loop), the smallest
 * of all.
 */
function findRoot(
  graph: ThreadGraph,
  touched: readonly string[],
  newNodes: readonly { messageId: string; hasParent: boolean }[],
  parentedIds: readonly string[],
): string {
  const candidates = newNodes.filter((node) => !node.hasParent).map((node) => node.messageId)
  for (const threadId of touched) {
    // Those that just got a parent are still listed as without one, so one more than they are is asked for.
    const listed = graph.nodesOf(threadId, false, parentedIds.length + 1)
    const root = listed.find((id) => !parentedIds.includes(id))
    if (root !== undefined) candidates.push(root)
  }
  if (candidates.length === 0) {
    candidates.push(...newNodes.map((node) => node.messageId))
    for (const threadId of touched) {
      candidates.push(...graph.nodesOf(threadId, false, 1), ...graph.nodesOf(threadId, true, 1))
    }
  }
  return candidates.reduce((a, b) => (compareIds(a, b) <= 0 ? a : b))
}

function reasonFor(
  headers: ThreadingHeaders,
  ancestors: readonly string[],
  claim: Claim,
  claimants: readonly Claimant[],
): ThreadReason {
  const parent = ancestors.at(-1)
  if (parent !== undefined) return answers(parent)
  if (claim === 'stranger') {
    const holder = claimants.filter((one) => one.fromAddress !== headers.fromAddress).reduce(earlier)
    return messageIdTaken(headers.messageId, holder.fromAddress)
  }
  if (claim === 'same_sender') return sameMessageId(headers.messageId)
  return begins(headers)
}
