import type { Logger } from 'pino'
import type { ChannelProblem } from '../../../contract/channels.ts'
import { ChannelError } from '../channels/types.ts'
import { backoffMs } from '../lib/backoff.ts'
import { StorageFullError } from '../store/store.ts'
import type { EngineTimeouts } from '../types.ts'

/** What an error means for a channel: always a code, plain words and a next step, whatever was thrown. */
export function problemOf(error: unknown): ChannelProblem {
  if (error instanceof ChannelError) return error.problem
  if (error instanceof StorageFullError) {
    return {
      code: 'storage',
      message: 'The disk is full, so no mail can be stored.',
      hint: 'Free some space. Anteroom goes on by itself.',
      serverText: null,
    }
  }
  return {
    code: 'unknown',
    message: error instanceof Error ? error.message : String(error),
    hint: 'Anteroom tries again by itself. If it stays, copy this text and report it.',
    serverText: null,
  }
}

const NEEDS_A_PERSON = new Set<ChannelProblem['code']>(['login_refused', 'certificate', 'tls_stripped'])

/** True for what trying again soon will not mend: somebody has to do something. */
export const needsAPerson = (problem: ChannelProblem): boolean => NEEDS_A_PERSON.has(problem.code)

const LONGEST_MS = 5 * 60_000
const LONGEST_ALONE_MS = 15 * 60_000

/**
 * How long to wait after failure number `attempt` (from 1), in ms: seconds at first, five minutes at most; where a
 * person has to act, from one minute to fifteen, so that no account is locked by a storm of refused logins; where the
 * server says that it is too much, from half a minute on (fault 13).
 */
export function retryDelayMs(
  problem: ChannelProblem,
  attempt: number,
  timeouts: Pick<EngineTimeouts, 'retry' | 'storageRetry'>,
): number {
  if (problem.code === 'storage') return timeouts.storageRetry
  if (needsAPerson(problem)) return backoffMs(attempt, timeouts.retry * 30, LONGEST_ALONE_MS)
  if (problem.code === 'throttled') return backoffMs(attempt, timeouts.retry * 15, LONGEST_ALONE_MS)
  return backoffMs(attempt, timeouts.retry, LONGEST_MS)
}

/** A sleep that ends early: by `wake()`, or by the signal. */
export class Wakeable {
  #wake: (() => void) | null = null
  #pending = false

  /** Ends the present or the next sleep. */
  wake(): void {
    this.#pending = true
    this.#wake?.()
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#pending || signal.aborted) {
      this.#pending = false
      return
    }
    let timer: NodeJS.Timeout | undefined
    const onAbort = (): void => this.#wake?.()
    const wake = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
      this.#wake = resolve
      signal.addEventListener('abort', onAbort, { once: true })
    })
    await wake
    signal.removeEventListener('abort', onAbort)
    clearTimeout(timer)
    this.#wake = null
    this.#pending = false
  }
}

/** Logs a failure once in full, and shortly when it repeats. */
export function logProblem(log: Logger, address: string, attempt: number, error: unknown): void {
  const problem = problemOf(error)
  const level = problem.code === 'unknown' ? 'error' : 'warn'
  log[level](
    { address, attempt, problem, ...(problem.code === 'unknown' ? { err: error } : {}) },
    'channel failed',
  )
}
