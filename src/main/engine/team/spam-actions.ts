import { addBlock, blockOf, domainToBlock, dropBlock, readSender } from '../crm/blocking/senders.ts'
import { seePeople } from '../crm/senders.ts'
import { closeTicket, reopenTicket, type Append } from '../crm/tickets.ts'
import { welcomeThreads } from '../ingest/new-threads.ts'
import { DomainError } from '../lib/domain-error.ts'
import { setSenderContact, strangersIn } from '../store/queries/thread-commands.ts'
import type { Store, Write } from '../store/store.ts'
import { blockedSenderById, blocksOfThread } from '../store/tables/blocked-senders.ts'
import { channelById, ownAddresses } from '../store/tables/channels.ts'
import { refreshThread } from '../store/tables/threads.ts'
import { collectUndo } from '../store/undo.ts'
import type { Access } from './access.ts'
import { AWAKE, mustActOn, type TeamThread } from './thread-actions.ts'

/**
 * Spam: what people say is spam, or no spam, and whose new mail is (store/tables/blocked-senders.ts). That the messages go
 * to Junk on the server, and back, follows from the status (store/tables/junk-moves.ts).
 */

/** Whom marking a conversation puts on the list of blocked senders. */
export type BlockChoice = 'sender' | 'domain' | 'nobody'

export type Marked = {
  undo: string | null
  /** What was put on the list. */
  blocked: string[]
  /** The domains that could be blocked instead of the senders. */
  domains: string[]
  /** Addresses whose mailbox has no Junk folder: on the server nothing moves. */
  withoutJunk: string[]
}

/**
 * Marks conversations as spam and teaches the list of blocked senders. Of those that are marked already, only whom that
 * blocked changes. What somebody put on the list before stays there.
 * @throws DomainError BAD_INPUT where a domain cannot be blocked
 */
export function markSpam(store: Store, access: Access, ids: readonly string[], choice: BlockChoice): Marked {
  return store.write(
    (write) => {
      const { db } = write
      const undo = collectUndo(write, store, access.user.id)
      const append: Append = (op) => undo.append(op)
      const blocked = new Set<string>()
      const domains = new Set<string>()
      const withoutJunk = new Set<string>()
      for (const thread of mustActOn(db, access, ids)) {
        if (thread.status !== 'spam') {
          const values = { status: 'spam', spam_at: write.now, spam_block_id: null, ...AWAKE }
          append({ entity: 'thread', id: thread.id, kind: 'set', values })
          closeTicket(write, append, thread.id)
        }
        write.changed('threads', thread.id)
        const wanted = senderToBlock(write, thread, choice)
        for (const known of blocksOfThread(db, thread.id))
          if (known.key !== wanted?.key) dropBlock(write, append, known)
        if (wanted && addBlock(write, append, wanted, { userId: access.user.id, threadId: thread.id }))
          blocked.add(wanted.text)
        const domain = domainToBlock(db, thread.sender_address)
        if (domain !== null) domains.add(domain)
        const mailbox = mailboxOf(write, thread)
        if (mailbox?.junk_path === '') withoutJunk.add(mailbox.address)
      }
      return {
        undo: undo.id(),
        blocked: [...blocked],
        domains: [...domains].filter((domain) => !blocked.has(domain)),
        withoutJunk: [...withoutJunk],
      }
    },
    { durable: true },
  )
}

/** The channel in whose mailbox a conversation's mail lies. */
function mailboxOf({ db }: Write, thread: TeamThread) {
  const channel = channelById(db, thread.channel_id)
  return channel?.parent_channel_id ? channelById(db, channel.parent_channel_id) : channel
}

/** Whom a choice means; null for nobody, also where the sender is one of us. @throws DomainError BAD_INPUT */
function senderToBlock({ db }: Write, thread: TeamThread, choice: BlockChoice) {
  const address = thread.sender_address
  if (choice === 'nobody' || address === '') return null
  if (choice === 'domain') return readSender(db, address.slice(address.lastIndexOf('@') + 1))
  try {
    return readSender(db, address)
  } catch (error) {
    // One of our own, or what is no address at all: the conversation is spam all the same.
    if (error instanceof DomainError) return null
    throw error
  }
}

export type Unmarked = {
  undo: string | null
  unblocked: string[]
  /** Domains that stay on the list, so that the senders' next mail is spam again. */
  stillBlocked: string[]
}

/**
 * Says that conversations are no spam: they are open again, their messages go back to INBOX, and whom they had blocked is
 * not blocked any more. One that came in as spam is welcomed now, as new mail is.
 */
export function unmarkSpam(store: Store, access: Access, ids: readonly string[]): Unmarked {
  return store.write(
    (write) => {
      const { db } = write
      const undo = collectUndo(write, store, access.user.id)
      const append: Append = (op) => undo.append(op)
      const unblocked = new Set<string>()
      const stillBlocked = new Set<string>()
      const own = ownAddresses(db)
      const begun: string[] = []
      for (const thread of mustActOn(db, access, ids)) {
        if (thread.status !== 'spam') continue
        const values = { status: 'open', spam_at: null, spam_block_id: null }
        append({ entity: 'thread', id: thread.id, kind: 'set', values })
        reopenTicket(write, append, thread.id)
        const reason = thread.spam_block_id === null ? undefined : blockedSenderById(db, thread.spam_block_id)
        const blocks = [...blocksOfThread(db, thread.id), ...(reason ? [reason] : [])]
        for (const block of new Map(blocks.map((one) => [one.id, one])).values()) {
          // A whole domain is more than this conversation: its entry stays, unless the conversation itself made it.
          const isOurs = block.thread_id === thread.id || !block.key.startsWith('@')
          if (block.removed_at !== null || !isOurs) continue
          dropBlock(write, append, block)
          unblocked.add(block.pattern)
        }
        const rest = blockOf(db, thread.sender_address)
        if (rest) stillBlocked.add(rest.pattern)
        meetStrangers(write, thread, own)
        if (thread.spam_block_id !== null) begun.push(thread.id)
        write.changed('threads', thread.id)
      }
      welcomeThreads(write, store, begun, own)
      return { undo: undo.id(), unblocked: [...unblocked], stillBlocked: [...stillBlocked] }
    },
    { durable: true },
  )
}

/** Whoever wrote what came in as spam was made no contact then (D2). */
function meetStrangers(write: Write, thread: TeamThread, own: ReadonlySet<string>): void {
  const { db } = write
  for (const message of strangersIn(db, thread.id)) {
    if (message.automatic !== null) continue
    const from = { name: message.from_name, address: message.from_address }
    const contactId = seePeople(write, { direction: 'in', from, recipients: [], at: message.sort_at }, own)
    if (contactId === null) continue
    setSenderContact(db, message.rowid, contactId)
    write.changed('messages', message.id)
  }
  refreshThread(db, thread.id)
}

/**
 * Only who works in an inbox, or an admin, says whose mail is spam.
 * @throws DomainError NOT_ALLOWED
 */
export function mustBlock(access: Access): void {
  const acts = [...access.inboxes.values()].some(({ isMember }) => isMember)
  if (acts || access.user.role !== 'member') return
  throw new DomainError(
    'NOT_ALLOWED',
    'Only members of an inbox, or an admin, change the list of blocked senders. Ask one of them.',
  )
}

/** Writes a sender into the list. @throws DomainError BAD_INPUT, CONFLICT when it is there, NOT_ALLOWED */
export function blockSender(
  store: Store,
  access: Access,
  written: string,
): { undo: string | null; pattern: string } {
  mustBlock(access)
  return store.write(
    (write) => {
      const undo = collectUndo(write, store, access.user.id)
      const pattern = readSender(write.db, written)
      const added = addBlock(write, (op) => undo.append(op), pattern, {
        userId: access.user.id,
        threadId: null,
      })
      if (!added)
        throw new DomainError('CONFLICT', `${pattern.text} is blocked already.`, { field: 'pattern' })
      return { undo: undo.id(), pattern: pattern.text }
    },
    { durable: true },
  )
}

/** Takes senders off the list; what came in as spam stays that. @throws DomainError NOT_FOUND, NOT_ALLOWED */
export function unblockSenders(store: Store, access: Access, ids: readonly string[]): string | null {
  mustBlock(access)
  return store.write(
    (write) => {
      const undo = collectUndo(write, store, access.user.id)
      for (const id of new Set(ids)) {
        const known = blockedSenderById(write.db, id)
        if (!known || known.removed_at !== null)
          throw new DomainError('NOT_FOUND', 'This sender is not on the list any more.')
        dropBlock(write, (op) => undo.append(op), known)
      }
      return undo.id()
    },
    { durable: true },
  )
}
