import { randomBytes } from 'node:crypto'
import { implement, ORPCError, ValidationError } from '@orpc/server'
import type { Logger } from 'pino'
import { contract } from '../../../contract/index.ts'
import { errors, type ErrorCode } from '../../../contract/errors.ts'
import { ChannelError } from '../channels/types.ts'
import { DomainError } from '../lib/domain-error.ts'
import { StorageFullError, type Store } from '../store/store.ts'
import { machineSetting } from '../store/tables/workspaces.ts'
import { accessOf, type Access } from '../team/access.ts'

/** What one connection knows. `userId` is null until a user was picked or the machine's own is looked up. */
export type Session = { userId: string | null }

export type ApiContext = { session: Session; store: Store; log: Logger }

/**
 * The access of the connection's user: the one that signed in here, else the machine's current user. Null when
 * there is neither, the user is gone (the sample was thrown away), or a passphrase has to be entered first.
 */
export function sessionAccess(session: Session, store: Store): Access | null {
  if (session.userId !== null) {
    const access = accessOf(store.read, session.userId)
    if (access) return access
    session.userId = null
  }
  const meId = machineSetting(store.read, 'me_id')
  const access = meId === null ? null : accessOf(store.read, meId)
  if (!access || access.user.passphrase !== null) return null
  session.userId = access.user.id
  return access
}

/** @throws DomainError NO_USER */
export const mustAccess = (context: ApiContext): Access =>
  orNobody(sessionAccess(context.session, context.store))

/** The access of a user whom `mustAccess` found earlier, as it is now. @throws DomainError NO_USER */
export const mustAccessOf = (store: Store, userId: string): Access => orNobody(accessOf(store.read, userId))

function orNobody(access: Access | null): Access {
  if (!access) throw new DomainError('NO_USER', 'Nobody is signed in. Pick a user first.')
  return access
}

/** Turns whatever was thrown into the contract's one error shape. Details of faults go to the log only. */
export function toContractError(error: unknown, log: Logger, path: readonly string[]): unknown {
  if (error instanceof DomainError) return contractError(error.code, error.message, error.data, error)
  if (error instanceof StorageFullError) return contractError('STORAGE_FULL', error.message, undefined, error)
  if (error instanceof ChannelError) {
    const { message, hint, serverText } = error.problem
    const data = serverText === null ? undefined : { serverText }
    return contractError('SERVER_REFUSED', [message, hint].filter(Boolean).join(' '), data, error)
  }
  if (error instanceof ORPCError) {
    if (error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
      const [issue] = error.cause.issues
      const field = issue?.path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
      const message = `${field ? `${field}: ` : ''}${issue?.message ?? 'The input cannot be used.'}`
      return contractError('BAD_INPUT', message, field ? { field } : undefined, error)
    }
    if (error.code !== 'INTERNAL_SERVER_ERROR') return error
  }
  const reference = randomBytes(4).toString('hex')
  log.error({ err: error, cause: (error as Error | null)?.cause, path, reference }, 'a call failed')
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message: `Something went wrong inside Anteroom (reference ${reference}). Try again; the log has the details.`,
  })
}

function contractError(code: ErrorCode, message: string, data: unknown, cause: unknown) {
  return new ORPCError(code, { status: errors[code].status, message, data, cause })
}

/** Where every handler begins: errors become the contract's own. */
export const os = implement(contract)
  .$context<ApiContext>()
  .use(async ({ next, path, context }) => {
    try {
      return await next()
    } catch (error) {
      throw toContractError(error, context.log, path)
    }
  })

/** Gives what a stream throws the contract's one error shape too: it is thrown after the call itself has answered. */
export async function* guarded<T>(stream: AsyncGenerator<T, void>, log: Logger): AsyncGenerator<T, void> {
  try {
    yield* stream
  } catch (error) {
    throw toContractError(error, log, ['stream'])
  }
}
