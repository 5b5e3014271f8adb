import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RemoteFolder } from '../channels/types.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Sync } from '../sync/types.ts'
import type { EngineTimeouts } from '../types.ts'

/** A provider may take a while to file what it sent; after so many looks that found nothing, the user has the word. */
const LOOKS = 5
const LONGEST_MS = 15 * 60_000

export type LookUpDeps = {
  sync: Pick<Sync, 'withSession'>
  log: Logger
  timeouts: Pick<EngineTimeouts, 'lookAgain'>
}

/**
 * Looks for a message of unknown outcome (fault 22): a provider that files what it sends shows it in Sent, and a mail
 * to an own address lies in INBOX. A server that cannot be asked is asked again until `signal` aborts.
 * @returns the folder it lies in, or null when it was looked for in vain, which decides nothing
 */
export async function findSent(
  { sync, log, timeouts }: LookUpDeps,
  channelId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<RemoteFolder | null> {
  let looks = 0
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      const found = await sync.withSession(channelId, async (session) => {
        const folders = await session.listFolders()
        for (const role of ['sent', 'inbox'] as const) {
          for (const folder of folders.filter((one) => one.selectable && one.role === role)) {
            if ((await session.findByMessageId(folder.path, messageId)).length > 0) return folder
          }
        }
        return null
      })
      looks += 1
      if (found || looks >= LOOKS) return found
    } catch (error) {
      log.warn({ err: error, messageId }, 'the server could not be asked about a message of unknown outcome')
    }
    await sleep(backoffMs(attempt, timeouts.lookAgain, LONGEST_MS), undefined, { signal }).catch(
      () => undefined,
    )
  }
  return null
}
