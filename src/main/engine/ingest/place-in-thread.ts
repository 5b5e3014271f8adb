import type { ParsedMessage } from '../mime/types.ts'
import type { WritableDb } from '../store/statements.ts'
import { moveMessage, threadingOfThread, type ThreadingRow } from '../store/tables/messages.ts'
import { regroup, ungroup } from '../store/grouping/settle.ts'
import {
  hasMessages,
  hasSplits,
  isHere,
  isRegrouped,
  mergedInto,
  mergedThere,
  partOfAnswer,
  shownAs,
} from '../store/grouping/structure.ts'
import { deleteNodes, insertNode, moveNodes, setHasParent } from '../store/tables/reference-nodes.ts'
import { aliasThread, ensureThread, foldThread } from '../store/tables/threads.ts'
import { threadAfresh } from '../threading/afresh.ts'
import { decideThread } from '../threading/decide.ts'
import type { Claimant, ThreadDecision, ThreadingHeaders } from '../threading/types.ts'
import { channelGraph } from './channel-graph.ts'
import type { Home } from './types.ts'

export type Placed = {
  /** The conversation that shows it. */
  threadId: string
  /** Which part of it the message belongs to, and the thread that its headers put it into: the same nearly always. */
  partId: string
  originId: string
  /** Whether its origin has to be looked at again when the message is here: people merged or split something of it. */
  unsettled: boolean
  /** Every thread that gained or lost messages by it, `threadId` among them. */
  touched: string[]
  /** The threads that were here before and hold its conversation: none when the message began it. */
  joined: string[]
  reason: string
}

const lines = (text: string): string[] => (text === '' ? [] : text.split('\n'))

const headersOf = (row: ThreadingRow): ThreadingHeaders => ({
  messageId: row.message_id,
  inReplyTo: lines(row.in_reply_to),
  references: lines(row.reference_ids),
  subject: row.subject,
  fromAddress: row.from_address,
  receivedAt: row.received_at,
})

/**
 * Finds the thread of a new message, and writes what follows from it: its nodes, and the threads that turn out to be
 * one.
 * @param messageId  its own, or the stable one made for it
 */
export function placeInThread(
  db: WritableDb,
  home: Home,
  message: ParsedMessage,
  messageId: string,
  receivedAt: number,
): Placed {
  const headers: ThreadingHeaders = {
    messageId,
    inReplyTo: message.inReplyTo,
    references: message.references,
    subject: message.subject,
    fromAddress: message.from.address.toLowerCase(),
    receivedAt,
  }
  const decision = decideThread(home.address, headers, channelGraph(db, home.id))
  if (decision.rethreadIds.length > 0) return threadAgain(db, home, headers, decision)
  const { threadId } = decision
  const joined = [threadId, ...decision.mergedThreadIds].filter((id) => isHere(db, id))
  const wasHere = joined.includes(threadId)
  // Headers join threads that people merged or split: first as if nobody had.
  const isGrouped = decision.mergedThreadIds.length > 0 && joined.some((id) => isRegrouped(db, id))
  const touched = isGrouped ? joined.flatMap((id) => ungroup(db, id)) : []
  if (!wasHere) makeThread(db, home, threadId, decision.rootMessageId)
  for (const node of decision.newNodes) insertNode(db, home.id, { ...node, threadId })
  for (const id of decision.parentedIds) setHasParent(db, home.id, id)
  for (const merged of decision.mergedThreadIds) {
    moveNodes(db, merged, threadId)
    if (isHere(db, merged)) foldThread(db, merged, threadId)
    else aliasThread(db, merged, threadId)
  }
  if (isGrouped) touched.push(...regroup(db, { origins: [threadId] }))
  const partId = hasSplits(db, threadId) ? partOfAnswer(db, home.id, threadId, message) : threadId
  const shown = shownAs(db, partId)
  return {
    threadId: shown,
    partId,
    originId: threadId,
    unsettled: partId !== threadId || (wasHere ? isEmptied(db, threadId) : isAwaited(db, threadId)),
    touched: [...new Set([...touched, threadId, shown, ...decision.mergedThreadIds])],
    joined,
    reason: decision.reason.text,
  }
}

/** Everything of it was split off, and this message stays. */
const isEmptied = (db: WritableDb, id: string): boolean => shownAs(db, id) !== id && !hasMessages(db, id)

/** It was merged, or something was merged into it, before it was here (fault 50). */
const isAwaited = (db: WritableDb, id: string): boolean =>
  mergedInto(db, id) !== null || mergedThere(db, id).length > 0

const makeThread = (db: WritableDb, home: Home, id: string, rootMessageId: string): void => {
  const { inbox_id, user_id, thread_channel_id: channel_id } = home
  // Team mail without an inbox, or personal mail without an owner, would be seen by nobody or by everybody.
  if ((inbox_id === null) === (user_id === null)) throw new Error(`The mail of ${home.address} has no home.`)
  ensureThread(db, { id, inbox_id, user_id, channel_id, root_message_id: rootMessageId })
}

/**
 * The message was received before the one that holds its Message-ID so far (fault 51): all threads in question are
 * taken apart and put together as if it had come first.
 */
function threadAgain(
  db: WritableDb,
  home: Home,
  headers: ThreadingHeaders,
  decision: ThreadDecision,
): Placed {
  const here = decision.rethreadIds.filter((id) => isHere(db, id))
  const isGrouped = here.some((id) => isRegrouped(db, id))
  const before = isGrouped ? here.flatMap((id) => ungroup(db, id)) : []
  const rows = decision.rethreadIds.flatMap((id) => threadingOfThread(db, id))
  const stored = channelGraph(db, home.id)
  const claimants = (id: string): readonly Claimant[] =>
    id === headers.messageId ? [...stored.claimants(id), headers] : stored.claimants(id)
  const afresh = threadAfresh(home.address, [...rows.map(headersOf), headers], claimants)
  for (const id of decision.rethreadIds) deleteNodes(db, id)
  for (const [id, root] of afresh.roots) makeThread(db, home, id, root)
  for (const node of afresh.nodes) insertNode(db, home.id, node)
  const touched = new Set([...decision.rethreadIds, ...before])
  rows.forEach((row, index) => {
    const { threadId, reason } = afresh.messages[index]!
    moveMessage(db, row.rowid, threadId, reason.text)
    touched.add(threadId)
  })
  const { threadId, reason } = afresh.messages.at(-1)!
  touched.add(threadId)
  for (const old of decision.rethreadIds) {
    // What people did to a thread stays with its first message.
    const heir = afresh.messages[rows.findIndex((row) => row.thread_id === old)]?.threadId ?? threadId
    if (heir !== old && !afresh.nodes.some((node) => node.threadId === old)) foldThread(db, old, heir)
  }
  const joined = rows.flatMap((row, i) => (afresh.messages[i]!.threadId === threadId ? [row.thread_id] : []))
  if (isGrouped) for (const id of regroup(db, { origins: afresh.roots.keys() })) touched.add(id)
  return {
    threadId: shownAs(db, threadId),
    partId: threadId,
    originId: threadId,
    unsettled: isGrouped,
    touched: [...touched],
    joined: [...new Set(joined)],
    reason: reason.text,
  }
}
