/** After so long without use, what was used counts half, in ms. */
export const HALF_LIFE = 30 * 86_400_000

/**
 * Recency and frequency in one number of ms: the time at which a single use would count as much as all uses so far.
 * It falls behind the present by itself, so that two of them compare the same whenever they are read.
 * @param rank  before this use; null for the first
 * @param at    ms, when it was used
 */
export function used(rank: number | null, at: number): number {
  if (rank === null) return at
  return Math.round(Math.max(rank, at) + HALF_LIFE * Math.log2(1 + 2 ** (-Math.abs(rank - at) / HALF_LIFE)))
}

/** The rank of what was used `count` times, lastly at `at` ms, of which no more is known. */
export const rankOf = (count: number, at: number): number =>
  Math.round(at + HALF_LIFE * Math.log2(Math.min(Math.max(count, 1), 1024)))
