import { Begun } from './answers.ts'

/** One for each person: somebody else at this machine begins their own. */
const keyOf = (userId: string) => `anteroom.connect.${userId}`

/** The wizard that this person began and did not end; null where there is none that can be read. */
export function readBegun(userId: string): Begun | null {
  try {
    const stored = Begun.safeParse(JSON.parse(localStorage.getItem(keyOf(userId)) ?? 'null'))
    return stored.success ? stored.data : null
  } catch {
    // Cut off by a crash while it was written: nothing to go on with.
    return null
  }
}

/** Keeps the wizard as it stands. It never holds a password: there is no field for one. */
export function keepBegun(userId: string, begun: Begun): void {
  try {
    localStorage.setItem(keyOf(userId), JSON.stringify(begun))
  } catch (error) {
    // A full storage costs the way back after a crash, never the wizard itself.
    console.error('The wizard could not be kept for a restart.', error)
  }
}

export function forgetBegun(userId: string): void {
  localStorage.removeItem(keyOf(userId))
}
