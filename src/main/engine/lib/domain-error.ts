import type { ErrorCode } from '../../../contract/errors.ts'

/**
 * A refusal that the user reads: `code` is one of the contract's, `message` names the thing and the next step.
 * Anything else that is thrown is a fault of the program and reaches the client without its details.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: ErrorCode
  readonly data: { field?: string; inboxId?: string; serverText?: string; id?: string } | undefined
  constructor(code: ErrorCode, message: string, data?: DomainError['data'], options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.data = data
  }
}
