import { addressKey } from '../../lib/address-key.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Write } from '../../store/store.ts'
import { blockByKey, blockedSenderById, type BlockedSenderRow } from '../../store/tables/blocked-senders.ts'
import { ownAddresses } from '../../store/tables/channels.ts'
import { allUsers } from '../../store/tables/users.ts'
import { companyOfAddress } from '../company-domain.ts'
import { parsePattern } from '../never-log/patterns.ts'
import type { Append } from '../tickets.ts'

/** Whose new mail is spam: single addresses, and domains with all those under them. */
export type SenderPattern = { kind: 'address' | 'domain'; text: string; key: string }

const refuse = (message: string): never => {
  throw new DomainError('BAD_INPUT', message, { field: 'pattern' })
}

/**
 * Reads what somebody wants blocked.
 * @throws DomainError BAD_INPUT for what is neither address nor domain, for a provider where millions have their mail, and
 *   for the workspace's own
 */
export function readSender(db: ReadableDb, written: string): SenderPattern {
  const pattern = parsePattern(written)
  if (pattern.kind === 'wildcard')
    return refuse(
      'Write one address or one domain; a domain stands for all its addresses and those under it.',
    )
  const own = ourAddresses(db)
  if (pattern.kind === 'address') {
    if (own.has(pattern.key)) return refuse(`${pattern.text} is one of your own addresses.`)
    return { kind: 'address', text: pattern.text, key: pattern.key }
  }
  if (companyOfAddress(`someone@${pattern.domain}`) === null)
    return refuse(
      `Many people who know nothing of each other write from ${pattern.text}. Block addresses of it instead.`,
    )
  const key = `@${pattern.domain}`
  for (const address of own)
    if (keysOf(address).includes(key)) return refuse(`${address} is one of your own addresses.`)
  return { kind: 'domain', text: pattern.text, key }
}

/** Of channels and users; nobody blocks a colleague by a slip. */
function ourAddresses(db: ReadableDb): Set<string> {
  const written = [
    ...ownAddresses(db),
    ...allUsers(db).flatMap((user) => (user.active === 1 ? [user.email] : [])),
  ]
  return new Set(written.filter((address) => address.includes('@')).map(addressKey))
}

/** The keys under which an address could be on the list: its own, its domain's, and those of the domains above. */
function keysOf(address: string): string[] {
  const key = addressKey(address)
  const labels = key.slice(key.lastIndexOf('@') + 1).split('.')
  if (!key.includes('@') || labels.length > 127) return []
  return [key, ...labels.slice(0, -1).map((_, from) => `@${labels.slice(from).join('.')}`)]
}

/** The entry that blocks an address, in whichever spelling; undefined when none does. */
export const blockOf = (db: ReadableDb, address: string): BlockedSenderRow | undefined =>
  blockByKey(db, keysOf(address))

/** What of a sender can be blocked besides the address: its domain; null where that is a provider's, or our own. */
export function domainToBlock(db: ReadableDb, address: string): string | null {
  const domain = companyOfAddress(address)?.domain
  if (domain === undefined) return null
  try {
    return readSender(db, domain).text
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

const idOf = (key: string): string => uuidV5(NAMESPACE.blockedSender, key)

/**
 * Puts a sender on the list; who is on it stays as they are.
 * @param threadId  the conversation that was marked as spam; null where somebody writes it into the list
 * @returns whether it was not on it before
 */
export function addBlock(
  write: Write,
  append: Append,
  { text, key }: SenderPattern,
  by: { userId: string; threadId: string | null },
): boolean {
  const id = idOf(key)
  const known = blockedSenderById(write.db, id)
  if (known && known.removed_at === null) return false
  const now = { thread_id: by.threadId, blocked_by: by.userId, blocked_at: write.now }
  append(
    known
      ? { entity: 'blocked_sender', id, kind: 'set', values: { ...now, removed_at: null } }
      : { entity: 'blocked_sender', id, kind: 'create', values: { pattern: text, key, ...now } },
  )
  write.changed('blockedSenders', id)
  return true
}

/** Takes a sender off the list. */
export function dropBlock(write: Write, append: Append, { id }: Pick<BlockedSenderRow, 'id'>): void {
  append({ entity: 'blocked_sender', id, kind: 'set', values: { removed_at: write.now } })
  write.changed('blockedSenders', id)
}
