import type { LoggingSettings } from '../../../contract/logging.ts'
import { DomainError } from '../lib/domain-error.ts'
import { mailboxOf } from '../ingest/personal-case.ts'
import { folderFacts, judge } from '../ingest/personal-judge.ts'
import { appendOp } from '../store/ops.ts'
import { leftInFolders } from '../store/queries/logging.ts'
import type { Store, Write } from '../store/store.ts'
import type { ChannelRow } from '../store/tables/channels.ts'
import { foldersOf } from '../store/tables/folders.ts'
import type { ReadableDb } from '../store/statements.ts'
import { mustBeConnected } from './channel-actions.ts'

/** Folders of a personal address that can be opted in beside INBOX (G6): what comes in, and never junk (E1). */
export const foldersToOptIn = (db: ReadableDb, channelId: string): string[] =>
  foldersOf(db, channelId)
    .filter(
      ({ role, gone_at, path }) => role === 'other' && gone_at === null && path.toUpperCase() !== 'INBOX',
    )
    .map(({ path }) => path)
    .sort((a, b) => a.localeCompare(b))

/**
 * Changes how mail of a personal address is logged. What came before keeps its verdict, but for what lay in a folder that
 * is opted in now: that was its one step.
 * @returns whether anything changed
 * @throws DomainError BAD_INPUT for a folder that cannot be opted in
 */
export function setLogging(
  store: Store,
  actorId: string,
  channelId: string,
  changes: { mode?: LoggingSettings['mode']; folder?: { path: string; on: boolean } },
): boolean {
  return store.write(
    (write) => {
      const row = mustBeConnected(write.db, channelId)
      const values: Record<string, string | number> = {}
      const set = (column: keyof ChannelRow, value: string | number): void => {
        if (row[column] !== value) values[column] = value
      }
      if (changes.mode !== undefined) {
        set('log_replies', Number(changes.mode !== 'off'))
        set('log_all', Number(changes.mode === 'all_with_contacts'))
      }
      const { folder } = changes
      if (folder !== undefined) {
        const chosen = row.log_folders.split('\n').filter((path) => path !== '' && path !== folder.path)
        const known = [...foldersToOptIn(write.db, channelId), ...row.log_folders.split('\n')]
        if (folder.on && (folder.path === '' || !known.includes(folder.path)))
          throw new DomainError(
            'BAD_INPUT',
            `There is no folder "${folder.path}" that mail comes into. Choose one of the list.`,
            { field: 'folder' },
          )
        set('log_folders', [...chosen, ...(folder.on ? [folder.path] : [])].join('\n'))
      }
      if (Object.keys(values).length === 0) return false
      appendOp(write, store.hlc, actorId, { entity: 'channel', id: channelId, kind: 'set', values })
      write.changed('channels', channelId)
      if (folder?.on) judgeAgain(write, channelId, [folder.path])
      return true
    },
    { durable: true },
  )
}

/** What was not logged for its folder alone, in folders that count from now on. */
function judgeAgain(write: Write, channelId: string, paths: readonly string[]): void {
  const mailbox = mailboxOf(write.db, mustBeConnected(write.db, channelId))
  const folders = foldersOf(write.db, channelId)
  for (const row of leftInFolders(write.db, channelId, paths))
    judge(write, mailbox, row, folderFacts(row, folders), null)
}
