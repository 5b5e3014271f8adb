import { blockOf } from '../crm/blocking/senders.ts'
import { appendOp } from '../store/ops.ts'
import { inboundSenders } from '../store/queries/thread-commands.ts'
import type { ReadableDb, WritableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import type { BlockedSenderRow } from '../store/tables/blocked-senders.ts'
import { followSpam } from '../store/tables/junk-moves.ts'
import { threadById } from '../store/tables/threads.ts'
import type { Placed } from './place-in-thread.ts'

/** What is special about mail that comes from a blocked sender, or into spam. */
export type SpamCase = {
  /** Its conversation is spam. A blocked sender may write into one that others take part in: that stays as it is. */
  isSpam: boolean
  /** The entry that blocks the sender. */
  block: BlockedSenderRow | null
}

/**
 * Decides about one inbound message that is about to be stored. New mail of a blocked sender is spam, unless it comes
 * into a conversation with somebody who is not blocked; whatever comes into spam is spam too. History that is read for
 * the first time is left alone.
 * @returns null for ordinary mail; else it wakes nobody
 */
export function spamCase(
  db: ReadableDb,
  { threadId, joined }: Placed,
  from: string,
  live: boolean,
  own: ReadonlySet<string>,
): SpamCase | null {
  if (threadById(db, threadId)?.status === 'spam') return { isSpam: true, block: null }
  const block = live && !own.has(from.toLowerCase()) ? (blockOf(db, from) ?? null) : null
  if (!block) return null
  const others = joined.length > 0 && inboundSenders(db, threadId).some((address) => !blockOf(db, address))
  return { isSpam: !others, block }
}

/** The conversation is spam from its beginning, or from the blocked sender's new mail on. */
export function beginAsSpam(
  write: Write,
  store: Pick<Store, 'hlc'>,
  threadId: string,
  block: BlockedSenderRow | null,
): void {
  if (!block || threadById(write.db, threadId)?.status === 'spam') return
  appendOp(write, store.hlc, null, {
    entity: 'thread',
    id: threadId,
    kind: 'set',
    values: {
      status: 'spam',
      spam_at: write.now,
      spam_block_id: block.id,
      snoozed_until: null,
      snoozed_until_reply: 0,
    },
  })
}

/** What came into spam goes where spam lies. */
export function followIntoJunk(db: WritableDb, threadIds: Iterable<string>): void {
  for (const id of threadIds) if (threadById(db, id)?.status === 'spam') followSpam(db, id)
}
