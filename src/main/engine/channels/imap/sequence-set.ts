/** UIDs are nz-numbers below 2^32 (RFC 9051 section 2.3.1.1). */
const MAX_UID = 0xffff_ffff
/** A command line of about this many characters is safe everywhere (RFC 7162 section 4 recommends 8,192). */
const MAX_SET_CHARS = 7_000

/** Ascending, without duplicates, without what is no UID. */
export function sortedUids(uids: readonly number[]): number[] {
  const valid = uids.filter((uid) => Number.isInteger(uid) && uid > 0 && uid <= MAX_UID)
  return [...new Set(valid)].sort((a, b) => a - b)
}

/**
 * UIDs as sequence sets with ranges (`1:5,9`), split so that none makes a command line too long.
 * Empty for no UIDs.
 */
export function sequenceSets(uids: readonly number[]): string[] {
  const sorted = sortedUids(uids)
  const sets: string[] = []
  let set = ''
  for (let i = 0; i < sorted.length;) {
    const first = sorted[i] as number
    let last = first
    while (sorted[i + 1] === last + 1) {
      last += 1
      i += 1
    }
    i += 1
    const part = first === last ? `${first}` : `${first}:${last}`
    if (set.length + part.length + 1 > MAX_SET_CHARS) {
      sets.push(set)
      set = ''
    }
    set += set === '' ? part : `,${part}`
  }
  if (set !== '') sets.push(set)
  return sets
}

/**
 * The UIDs of a set that a server sent, ascending; those outside `min`…`max` are left out. Null when the set is
 * no set, or holds more than `limit` UIDs: a hostile `1:4294967295` must not fill the memory.
 */
export function expandSet(
  set: string,
  limits: { min?: number; max: number; limit: number },
): number[] | null {
  const found: number[] = []
  for (const part of set.split(',')) {
    const [, a, b] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part.trim()) ?? []
    if (a === undefined) return null
    const [first, second] = [Number(a), Number(b ?? a)]
    const from = Math.max(Math.min(first, second), limits.min ?? 1, 1)
    const to = Math.min(Math.max(first, second), limits.max, MAX_UID)
    if (found.length + (to - from + 1) > limits.limit) return null
    for (let uid = from; uid <= to; uid++) found.push(uid)
  }
  return sortedUids(found)
}

/**
 * The UIDs of a set in the order in which a server wrote them (COPYUID pairs two sets by their order, RFC 4315
 * section 3). Null when the set is no set, or holds more than `limit`.
 */
export function orderedUids(set: string, limit: number): number[] | null {
  const found: number[] = []
  for (const part of set.split(',')) {
    const [, a, b] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part.trim()) ?? []
    if (a === undefined) return null
    const [first, second] = [Number(a), Number(b ?? a)]
    // A range means its smaller end first, however it is written (RFC 9051 section 9, uid-range).
    const [from, to] = first <= second ? [first, second] : [second, first]
    if (from < 1 || to > MAX_UID || found.length + (to - from + 1) > limit) return null
    for (let uid = from; uid <= to; uid++) found.push(uid)
  }
  return found
}
