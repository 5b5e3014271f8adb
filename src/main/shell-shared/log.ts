import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { Logger } from 'pino'

const KEEP_BYTES = 5 * 1024 * 1024

/** The log file of a shell and what closes it. */
export type ShellLog = { log: Logger; path: string; flush(): void }

/**
 * Opens `logs/anteroom.log` in the data folder. A log past 5 MB is set aside as `anteroom.1.log` first.
 * Passwords and tokens are never logged by key; what looks like one is cut out.
 *
 * @param dataDir made when missing
 */
export function openLog(dataDir: string): ShellLog {
  const folder = join(dataDir, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'anteroom.log')
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > KEEP_BYTES) renameSync(path, join(folder, 'anteroom.1.log'))
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600 })
  const log = pino(
    {
      level: process.env.ANTEROOM_LOG_LEVEL || 'info',
      base: { pid: process.pid },
      redact: { paths: ['password', '*.password', 'pass', '*.pass', 'token', '*.token'], censor: '[cut]' },
    },
    destination,
  )
  return { log, path, flush: () => destination.flushSync() }
}
