import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import type { CheckFindings, CheckReply, CheckRequest, CheckWorkerData } from './check-types.ts'

/** Checks who sent a message: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489), ARC (RFC 8617). */
export type SenderChecks = {
  /** Rejects with a CheckTimeoutError when a message takes longer than it may. */
  check(request: CheckRequest): Promise<CheckFindings>
  close(): Promise<void>
}

/** Checking one message took too long: made so, or a slow DNS. */
export class CheckTimeoutError extends Error {
  override readonly name = 'CheckTimeoutError'
}

export type SenderCheckOptions = {
  /** The module that the worker thread runs: check-worker.ts, or what it was built to. */
  worker: URL
  dnsServers: readonly string[]
  log: Logger
  /** How long a message may take, in ms. */
  limitMs?: number
}

const LIMIT_MS = 30_000
/** The thread ends when nothing came for so long: it holds 40 MB. */
const IDLE_MS = 5 * 60_000

type Waiting = {
  resolve(findings: CheckFindings): void
  reject(error: Error): void
  timer: NodeJS.Timeout
}

/** One thread, started when mail comes and ended when none does or when a message holds it up. */
export function createSenderChecks(options: SenderCheckOptions): SenderChecks {
  const limitMs = options.limitMs ?? LIMIT_MS
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let serial = 0
  let closed = false

  const settle = (id: number): Waiting | undefined => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (one) clearTimeout(one.timer)
    if (waiting.size === 0) {
      clearTimeout(idle)
      idle = setTimeout(() => void end(), IDLE_MS).unref()
    }
    return one
  }
  const failAll = (error: Error): void => {
    for (const id of [...waiting.keys()]) settle(id)?.reject(error)
  }
  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    clearTimeout(idle)
    await ending?.terminate()
  }
  const running = (): Worker => {
    if (worker) return worker
    const workerData: CheckWorkerData = { dnsServers: [...options.dnsServers] }
    const started = new Worker(options.worker, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    started.on('message', (reply: CheckReply) => {
      const one = settle(reply.id)
      if ('findings' in reply) one?.resolve(reply.findings)
      else one?.reject(new Error(reply.failure))
    })
    started.on('error', (error) => {
      options.log.error({ err: error }, 'the thread that checks senders failed')
      if (worker === started) worker = null
      failAll(error instanceof Error ? error : new Error(String(error)))
    })
    started.unref()
    worker = started
    return started
  }

  return {
    check(request) {
      if (closed) return Promise.reject(new Error('Checking was stopped.'))
      clearTimeout(idle)
      return new Promise<CheckFindings>((resolve, reject) => {
        const id = ++serial
        const timer = setTimeout(() => {
          settle(id)?.reject(new CheckTimeoutError('Checking this message took too long.'))
          // Whatever it is busy with is not worth waiting for; the others are asked to try again too.
          failAll(new CheckTimeoutError('Checking was interrupted by another message.'))
          void end()
        }, limitMs)
        waiting.set(id, { resolve, reject, timer })
        running().postMessage({ id, request })
      })
    },
    async close() {
      closed = true
      failAll(new Error('Checking was stopped.'))
      await end()
    },
  }
}
