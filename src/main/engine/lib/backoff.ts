/**
 * Milliseconds to wait before try number `attempt` (from 1): doubling from `baseMs` to `maxMs`, with full jitter
 * in the upper half, so that many channels behind one failing server do not come back together.
 */
export function backoffMs(
  attempt: number,
  baseMs: number,
  maxMs: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
