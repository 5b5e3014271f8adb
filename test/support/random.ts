/** Numbers that look random and are the same for the same seed (mulberry32). */
export type Random = {
  /** In [0, 1). */
  next(): number
  /** An integer in [from, to], both included. */
  int(from: number, to: number): number
  pick<T>(of: readonly T[]): T
  chance(probability: number): boolean
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (of) => of[Math.floor(next() * of.length)] as never,
    chance: (probability) => next() < probability,
  }
}
