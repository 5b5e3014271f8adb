import { DomainError } from '../../lib/domain-error.ts'

/** Who does something. Admins may change what others wrote. */
export type Actor = { id: string; isAdmin: boolean }

/** @throws DomainError NOT_ALLOWED for what somebody else wrote */
export function mustBeOwn(actor: Actor, authorId: string, what: 'note' | 'call'): void {
  if (actor.id === authorId || actor.isAdmin) return
  throw new DomainError(
    'NOT_ALLOWED',
    `Only who wrote this ${what}, or an admin, can change it. Add a note of your own instead.`,
  )
}
