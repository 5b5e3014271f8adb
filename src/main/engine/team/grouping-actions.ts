import { contactWrote } from '../crm/tickets.ts'
import { openForMail } from '../ingest/open-for-mail.ts'
import { DomainError } from '../lib/domain-error.ts'
import { decisionsToSplit, partsByAnswers, splitIdOf } from '../store/grouping/answers.ts'
import { messagesOfOrigin, originOfMessage } from '../store/grouping/settle.ts'
import { foldedInto, mergedInto, partOfMessage, saidOf, shownAs } from '../store/grouping/structure.ts'
import { logOf, type LogRow } from '../store/queries/conversation-history.ts'
import {
  countOwn,
  newestInbound,
  partsOf,
  splitById,
  splitMessages,
  splitOf,
  type SplitRow,
} from '../store/queries/grouping.ts'
import { messageById, type MessageRow } from '../store/queries/messages.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { tagsOfThreads } from '../store/tables/tags.ts'
import { partOfTicket } from '../store/tables/tickets.ts'
import { threadPartById } from '../store/tables/thread-parts.ts'
import { collectUndo, standingSteps, threadMergeBehind, type UndoCollector } from '../store/undo.ts'
import { mustAct, refusalToAct, type Access } from './access.ts'
import { AWAKE, mustActOn, mustSeeThread, type TeamThread } from './thread-actions.ts'

/** Merging and splitting conversations (D8). What follows from it is put right in store/grouping. */

export type Grouped = { undo: string | null; threadId: string }

const grouped = (
  store: Store,
  access: Access,
  work: (write: Write, undo: UndoCollector) => string,
): Grouped =>
  store.write(
    (write) => {
      const undo = collectUndo(write, store, access.user.id)
      const threadId = work(write, undo)
      return { undo: undo.id(), threadId }
    },
    { durable: true },
  )

/**
 * Shows conversations as one.
 * @param into  the one that stays
 * @throws DomainError NOT_FOUND, NOT_ALLOWED about any of them; BAD_INPUT for one alone, and for spam among others
 */
export function mergeThreads(store: Store, access: Access, ids: readonly string[], into: string): Grouped {
  return grouped(store, access, (write, undo) => {
    const threads = mustActOn(write.db, access, [into, ...ids])
    const [stays, ...others] = threads
    if (!stays || others.length === 0) {
      throw new DomainError(
        'BAD_INPUT',
        'These are one conversation already. Choose another one to merge with it.',
      )
    }
    const odd = threads.find((one) => (one.status === 'spam') !== (stays.status === 'spam'))
    if (odd) {
      throw new DomainError(
        'BAD_INPUT',
        'One of them is spam. Say that it is no spam first, so that nothing of the other is hidden with it.',
      )
    }
    for (const { id } of others) {
      undo.append({ entity: 'thread', id, kind: 'set', values: { merged_into: stays.id } })
      write.changed('threads', id)
    }
    opens(undo, stays, others)
    changedAround(write, stays.id)
    return stays.id
  })
}

/** What waits for an answer is not hidden in what is closed, or comes back later. */
function opens(undo: UndoCollector, stays: TeamThread, others: readonly TeamThread[]): void {
  const waits = others.some((one) => one.status === 'open' && !isSnoozed(one))
  if (!waits || (stays.status === 'open' && !isSnoozed(stays))) return
  const values = {
    ...(stays.status === 'closed' && { status: 'open' }),
    ...(isSnoozed(stays) && AWAKE),
  }
  undo.append({ entity: 'thread', id: stays.id, kind: 'set', values })
}

const isSnoozed = (thread: TeamThread): boolean =>
  thread.snoozed_until !== null || thread.snoozed_until_reply === 1

/** The mail, comments and tickets of it show elsewhere now. */
function changedAround(write: Write, threadId: string): void {
  write.changed('threads', threadId)
  for (const entity of ['messages', 'comments', 'tickets', 'drafts', 'outbox'] as const)
    write.changedAll(entity)
}

/** Why the user may not take a part out of where it is shown: they have to be able to act there, and where it goes. */
export function refusalToTakeApart(db: ReadableDb, access: Access, partId: string): string | null {
  const shown = mustSeeThread(db, access, partId)
  const home = (saidOf(db, partId, 'inbox_id') ?? threadPartById(db, partId)?.inbox_id ?? null) as
    string | null
  return refusalToAct(access, shown.inbox_id) ?? refusalToAct(access, home)
}

/**
 * Shows a conversation by itself that was merged into another.
 * @throws DomainError CONFLICT where it is merged into none
 */
export function takeApart(store: Store, access: Access, id: string): Grouped {
  return grouped(store, access, (write, undo) => {
    const { db } = write
    const part = foldedInto(db, id)
    const shown = mustSeeThread(db, access, part)
    mustAct(access, shown.inbox_id)
    const isMerged = partsOf(db, shown.id).some((one) => one.id === part)
    if (!isMerged || mergedInto(db, part) === null) {
      throw new DomainError('CONFLICT', 'This conversation is not merged into another one any more.')
    }
    const refusal = refusalToTakeApart(db, access, part)
    if (refusal !== null) throw new DomainError('NOT_ALLOWED', refusal)
    closeAgain(db, undo, part)
    undo.append({ entity: 'thread', id: part, kind: 'set', values: { merged_into: null } })
    // Two that were merged into each other on two machines: neither is part of the other any more.
    if (mergedInto(db, shown.id) !== null && shownAs(db, shown.id) === shownAs(db, part))
      undo.append({ entity: 'thread', id: shown.id, kind: 'set', values: { merged_into: null } })
    write.changed('threads', part)
    changedAround(write, shown.id)
    return part
  })
}

/**
 * What was opened only because of the merge, or of mail to what was merged, is as it was; so is the ticket that came with it
 * and followed the other conversation meanwhile. Unless somebody changed them since, or wrote to it.
 */
function closeAgain(db: ReadableDb, undo: UndoCollector, part: string): void {
  const command = threadMergeBehind(db, part)
  const steps = command === undefined ? [] : standingSteps(db, command)
  // What else the same command merged goes on holding it open.
  const isHeld = steps.some(
    ({ entity_id, field }) => field === 'merged_into' && foldedInto(db, entity_id) !== part,
  )
  for (const { entity, entity_id: id, field, before_value } of steps) {
    if (field === 'merged_into' || (entity !== 'thread' && entity !== 'ticket')) continue
    if (isHeld && (entity === 'thread' || partOfTicket(db, id) !== part)) continue
    undo.append({ entity, id, kind: 'set', values: { [field]: before_value } })
  }
}

function mustFind(db: ReadableDb, id: string): MessageRow {
  const message = messageById(db, id)
  if (!message) throw new DomainError('NOT_FOUND', 'This message does not exist here.')
  return message
}

/** The message and all that answers it, of those that are shown in its conversation. */
export function answersOf(
  db: ReadableDb,
  access: Access,
  messageId: string,
): { thread: TeamThread; ids: Set<string> } {
  const message = mustFind(db, messageId)
  const thread = mustSeeThread(db, access, message.thread_id)
  const inbox_id = mustAct(access, thread.inbox_id)
  const origin = originOfMessage(db, messageId)!
  // As if it were split off alone: what follows it is what answers it.
  const rows = messagesOfOrigin(db, origin)
  const own = rows.find((row) => row.id === messageId)!
  const alone = rows.map((row) => (row.part === own.part ? { ...row, split_root: null } : row))
  const parts = partsByAnswers(
    alone.map((row) => (row.id === messageId ? { ...row, split_root: messageId } : row)),
    origin,
  )
  const split = splitIdOf(messageId)
  const ids = rows.filter((row) => row.part === own.part && parts.get(row.id) === split).map((row) => row.id)
  return { thread: { ...thread, inbox_id }, ids: new Set(ids) }
}

/**
 * Makes a conversation of some messages of one. It begins with that one's status, assignee, inbox and tags.
 * @throws DomainError BAD_INPUT where they are of several, or where nothing would stay
 */
export function splitThread(store: Store, access: Access, messageIds: readonly string[]): Grouped {
  return grouped(store, access, (write, undo) => {
    const { db } = write
    const chosen = new Map(messageIds.map((id) => [id, mustFind(db, id)]))
    const messages = [...chosen.values()].sort((a, b) => a.sort_at - b.sort_at || (a.id < b.id ? -1 : 1))
    const seed = messages[0]!
    const thread = mustSeeThread(db, access, seed.thread_id)
    const inbox_id = mustAct(access, thread.inbox_id)
    if (messages.some((one) => one.thread_id !== thread.id)) {
      throw new DomainError('BAD_INPUT', 'These messages are of several conversations. Choose some of one.')
    }
    if (chosen.size >= thread.message_count) {
      throw new DomainError('BAD_INPUT', 'One message at least has to stay. Leave one out.')
    }
    if (
      messages.filter((one) => (one.part_id ?? one.thread_id) === thread.id).length ===
      countOwn(db, thread.id)
    ) {
      throw new DomainError(
        'BAD_INPUT',
        'Only what was merged into this conversation would stay. Take that apart instead, or leave one message out.',
      )
    }
    const id = splitIdOf(seed.id)
    const tags = tagsOfThreads(db, [thread.id]).get(thread.id) ?? []
    keepBrought(db, undo, { from: thread.id, split: id, tags })
    const origins = new Set(messages.map((one) => one.origin_id ?? one.thread_id))
    for (const origin of origins) {
      const rows = messagesOfOrigin(db, origin)
      for (const [id, root] of decisionsToSplit(rows, origin, seed.id, new Set(chosen.keys()))) {
        undo.append({ entity: 'message', id, kind: 'set', values: { split_root: root } })
        write.changed('messages', id)
      }
    }
    const { status, assignee_id, team_id } = thread
    undo.append({
      entity: 'thread',
      id,
      kind: 'set',
      values: { inbox_id, status, assignee_id, team_id, merged_into: null },
    })
    copyTags(db, undo, id, tags)
    write.changed('threads', id)
    changedAround(write, thread.id)
    return id
  })
}

/** What was split off before, and given a tag then, brought that along when it was put back: it stays on both now. */
function keepBrought(
  db: ReadableDb,
  undo: UndoCollector,
  { from, split, tags }: { from: string; split: string; tags: readonly string[] },
): void {
  const isOn = (id: string, tag: string): boolean => saidOf(db, id, `tags:${tag}`) === 1
  const members = tags.filter((tag) => isOn(split, tag) && !isOn(from, tag))
  if (members.length > 0) undo.append({ entity: 'thread', id: from, kind: 'add', set: 'tags', members })
}

/** What is split off has just these tags, also where it had others when it was by itself before. */
function copyTags(db: ReadableDb, undo: UndoCollector, id: string, tags: readonly string[]): void {
  const had = tagsOfThreads(db, [id]).get(id) ?? []
  const set = { entity: 'thread', id, set: 'tags' } as const
  const more = tags.filter((tag) => !had.includes(tag))
  const less = had.filter((tag) => !tags.includes(tag))
  if (more.length > 0) undo.append({ ...set, kind: 'add', members: more })
  if (less.length > 0) undo.append({ ...set, kind: 'remove', members: less })
}

/** What came with the split goes with it: tags that somebody gave the conversation since stay. */
function dropCopiedTags(db: ReadableDb, undo: UndoCollector, { id, seed_id }: SplitRow): void {
  const decision = splitOf(db, seed_id)
  const last = new Map<string, LogRow>()
  for (const row of logOf(db, 'thread', id)) {
    if (row.kind !== 'add') continue
    for (const tag of (JSON.parse(row.change) as { tags?: string[] }).tags ?? []) last.set(tag, row)
  }
  const members = (tagsOfThreads(db, [id]).get(id) ?? []).filter((tag) => {
    const by = last.get(tag)
    return by?.at === decision?.at && by?.actor_id === decision?.actor_id
  })
  if (members.length > 0) undo.append({ entity: 'thread', id, kind: 'remove', set: 'tags', members })
}

/**
 * Messages are back in the conversation that they were split off from. What came for them meanwhile would have opened it, and
 * would have woken it: it does so now, as nobody closed it since.
 */
export function settleReturned(write: Write, store: Pick<Store, 'hlc'>, messageIds: readonly string[]): void {
  const { db } = write
  for (const part of new Set(messageIds.map((id) => partOfMessage(db, id)))) {
    const at = part === null ? 0 : newestInbound(db, part)
    if (part === null || at === 0) continue
    openForMail(write, store, part, at)
    write.changed('threads', shownAs(db, part))
    contactWrote(write, store, part, at)
  }
}

/**
 * Puts what was split off back into the conversation that it came from.
 * @throws DomainError CONFLICT where it was not split off
 */
export function putBack(store: Store, access: Access, id: string): Grouped {
  return grouped(store, access, (write, undo) => {
    const { db } = write
    const [thread] = mustActOn(db, access, [id])
    const split = splitById(db, thread!.id)
    const messages = split ? splitMessages(db, split.seed_id) : []
    if (!split || messages.length === 0) {
      throw new DomainError('CONFLICT', 'This conversation was not split off from another one.')
    }
    dropCopiedTags(db, undo, split)
    for (const message of messages) {
      undo.append({ entity: 'message', id: message.id, kind: 'set', values: { split_root: null } })
      write.changed('messages', message.id)
    }
    for (const origin of new Set(messages.map((one) => one.origin))) {
      // Those that stayed when what they answer left have nothing to stay out of now.
      const rows = messagesOfOrigin(db, origin)
      const parts = partsByAnswers(
        rows.map((row) => (row.split_root === '' ? { ...row, split_root: null } : row)),
        origin,
      )
      for (const row of rows) {
        if (row.split_root === '' && parts.get(row.id) === origin)
          undo.append({ entity: 'message', id: row.id, kind: 'set', values: { split_root: null } })
      }
    }
    const back = shownAs(db, thread!.id)
    mustActOn(db, access, [back])
    settleReturned(
      write,
      store,
      messages.map((message) => message.id),
    )
    write.changed('threads', thread!.id)
    changedAround(write, back)
    return back
  })
}
