import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Clock } from '../types.ts'
import type { Store } from './store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LOOK_MS = 60_000
/** No commit for this long counts as idle. */
const IDLE_MS = 30_000

/**
 * Renews the copy that a damaged database is replaced with (fault 37): once a day, when nothing was written for a
 * while, or after a day and a half whatever is going on.
 */
export function createBackups(options: { store: Store; dataDir: string; log: Logger; clock: Clock }): {
  start(): void
  stop(): void
} {
  const { store, log, clock } = options
  const path = join(options.dataDir, 'anteroom.backup.db')
  let timer: NodeJS.Timeout | null = null
  let off: () => void = () => {}
  let lastCommit = clock.now()
  let running = false

  const startedAt = clock.now()

  /** Where there is no copy yet, one is due; the first sync has a while to come to rest before it. */
  const ageMs = (): number =>
    clock.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? startedAt - DAY_MS)

  const look = async (): Promise<void> => {
    const age = ageMs()
    const idle = clock.now() - lastCommit >= IDLE_MS
    if (running || store.rev === 0 || age < DAY_MS || (!idle && age < 1.5 * DAY_MS)) return
    running = true
    try {
      await store.backup()
      log.info('the daily copy of the database is made')
    } catch (error) {
      log.error({ err: error }, 'the daily copy of the database failed; tried again in a minute')
    } finally {
      running = false
    }
  }

  return {
    start() {
      off = store.onChange(() => {
        lastCommit = clock.now()
      })
      timer = setInterval(() => void look(), LOOK_MS)
      timer.unref()
    },
    stop() {
      off()
      if (timer) clearInterval(timer)
    },
  }
}
