import { expect, test } from 'vitest'
import { rawMailSql } from '../../src/main/engine/store/queries/messages.ts'
import {
  blockByKeySql,
  blockedPageSql,
  blocksOfThreadSql,
} from '../../src/main/engine/store/tables/blocked-senders.ts'
import {
  channelsWithMovesSql,
  movesOfThreadSql,
  spamCopiesSql,
  waitingMovesSql,
} from '../../src/main/engine/store/tables/junk-moves.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

/** Ingest asks these for every message that comes in, sync at every pass, and the list for every page of it. */
test.each([
  ['whether a sender is blocked', blockByKeySql(4)],
  ['what marking a conversation blocked', blocksOfThreadSql],
  ['the first page of blocked senders', blockedPageSql(false)],
  ['a later page of blocked senders', blockedPageSql(true)],
  ['the copies of a conversation on servers', spamCopiesSql],
  ['what is moved of a conversation', movesOfThreadSql],
  ['what waits to be moved in a mailbox', waitingMovesSql],
  ['the channels that have something to move', channelsWithMovesSql],
  ['the bytes of a conversation', rawMailSql],
])('%s: by index, in order, whatever the size of the workspace', (_name, sql) => {
  const plan = planOf(sql)
  // Folders are few; the list is walked in its order, and no further than the page.
  const walks = /^SCAN (?!f\b|blocked_senders USING INDEX blocked_senders_listed)/
  expect(plan.filter((line) => walks.test(line))).toEqual([])
  const sorted = plan.filter((line) => line.includes('TEMP B-TREE FOR ORDER BY'))
  // One of a handful of keys is taken.
  expect(sorted).toEqual(sql === blockByKeySql(4) ? sorted : [])
  expect(plan.join('\n')).toMatch(/USING (?:COVERING )?INDEX/)
})
