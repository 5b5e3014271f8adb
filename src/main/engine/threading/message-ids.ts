import { NAMESPACE, uuidV5 } from '../lib/uuid.ts'

/** RFC 5322 section 2.1.1 allows no longer line. */
const LONGEST = 998

/**
 * A Message-ID that can tell messages apart, without angle brackets; null for garbage (fault 52).
 * RFC 5322 section 3.6.4 wants `left@right`, but much real mail has no `@`, so anything without spaces and control
 * characters that holds a letter or a digit is taken.
 */
export function usableMessageId(id: string | null | undefined): string | null {
  if (id == null) return null
  const bare = id.trim().replace(/^<+|>+$/g, '')
  if (bare.length === 0 || bare.length > LONGEST) return null
  if (/[\s\p{Cc}\p{Surrogate}]/u.test(bare)) return null
  return /[\p{L}\p{N}]/u.test(bare) ? bare : null
}

/**
 * The id of a message that came without a usable one: the same for every copy of it on every machine (fault 52).
 * The domain cannot exist (RFC 2606 section 2), so that no sender can hold it.
 * @param contentHash what `ParsedMessage.contentHash` holds, or the raw bytes' hash of a message that was not understood
 */
export function stableMessageId(contentHash: string): string {
  return `${uuidV5(NAMESPACE.message, contentHash)}${MADE_HERE}`
}

const MADE_HERE = '@anteroom.invalid'

/** Whether a Message-ID was made here, so that no server knows it. */
export const isStableId = (messageId: string): boolean => messageId.endsWith(MADE_HERE)

/** Like SQLite's BINARY collation, so that the smallest id is the same wherever it is looked for. */
export function compareIds(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}
