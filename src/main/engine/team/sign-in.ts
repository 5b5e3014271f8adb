import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { DomainError } from '../lib/domain-error.ts'
import type { Store } from '../store/store.ts'
import { userById, type UserRow } from '../store/tables/users.ts'
import type { Clock } from '../types.ts'
import { isPassphrase } from './passphrase.ts'

/** Wrong guesses in a row that cost nothing: people mistype. */
const FREE_GUESSES = 3
const LONGEST_WAIT_MS = 60_000

export type SignIn = {
  /**
   * Whether somebody may become a user: by the passphrase, by what an earlier sign-in of this run gave them, or
   * because the user has none. @returns what a window shows to become the same user again
   * @throws DomainError NOT_FOUND, NOT_ALLOWED for somebody who left, BAD_INPUT for a wrong or missing passphrase
   */
  admit(userId: string, proof: { passphrase?: string; resume?: string }): Promise<string>
  /** @throws DomainError BAD_INPUT when it is wrong, or too many were */
  check(user: UserRow, passphrase: string | undefined, field: 'passphrase' | 'current'): Promise<void>
}

/**
 * Guards the users that have a passphrase. Wrong guesses make the next one wait, longer and longer; the waiting is
 * kept in memory, and begins anew with the program.
 */
export function createSignIn({ store, clock }: { store: Store; clock: Clock }): SignIn {
  const key = randomBytes(32)
  const guesses = new Map<string, { count: number; waitUntil: number }>()

  /** Ends with the run of the program, and when the passphrase changes. */
  const resumeOf = (user: UserRow): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([user.id, user.passphrase]))
      .digest('base64url')

  const isResume = (user: UserRow, given: string): boolean => {
    const wanted = Buffer.from(resumeOf(user))
    const bytes = Buffer.from(given)
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted)
  }

  const check: SignIn['check'] = async (user, passphrase, field) => {
    if (user.passphrase === null) return
    if (passphrase === undefined || passphrase === '') {
      throw new DomainError('BAD_INPUT', `${user.name} has a passphrase. Enter it.`, { field })
    }
    const now = clock.now()
    const before = guesses.get(user.id) ?? { count: 0, waitUntil: 0 }
    if (now < before.waitUntil) {
      const seconds = Math.ceil((before.waitUntil - now) / 1000)
      throw new DomainError(
        'BAD_INPUT',
        `Too many wrong passphrases for ${user.name}. Wait ${seconds} s, then try again.`,
        { field },
      )
    }
    // Counted before it is known to be wrong, so that guesses side by side wait as those one by one do.
    const count = before.count + 1
    const waitMs = count < FREE_GUESSES ? 0 : Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (count - FREE_GUESSES))
    guesses.set(user.id, { count, waitUntil: now + waitMs })
    if (await isPassphrase(user.passphrase, passphrase)) {
      guesses.delete(user.id)
      return
    }
    throw new DomainError('BAD_INPUT', `This is not the passphrase of ${user.name}.`, { field })
  }

  return {
    check,
    async admit(userId, { passphrase, resume }) {
      const user = userById(store.read, userId)
      if (!user) throw new DomainError('NOT_FOUND', 'There is no such user.')
      if (user.active === 0) {
        throw new DomainError(
          'NOT_ALLOWED',
          `${user.name} is no longer active here. Ask an admin to change that.`,
        )
      }
      if (resume === undefined || !isResume(user, resume)) await check(user, passphrase, 'passphrase')
      return resumeOf(user)
    },
  }
}
