import { expect, test } from 'vitest'
import { originSql } from '../../src/main/engine/store/grouping/settle.ts'
import {
  hasMessagesSql,
  hasSplitsSql,
  mergedIntoSql,
} from '../../src/main/engine/store/grouping/structure.ts'
import {
  everMergedSql,
  historyCommentsSql,
  historyMailSql,
  logOfSql,
  splitDecidedSql,
} from '../../src/main/engine/store/queries/conversation-history.ts'
import {
  candidatesSql,
  countOwnSql,
  newestInboundSql,
  partHeadSql,
  partsOfSql,
} from '../../src/main/engine/store/queries/grouping.ts'
import { ownOldestSql } from '../../src/main/engine/store/tables/threads.ts'
import { changedByCommandSql, openedByMergeSql, stepsStandingSql } from '../../src/main/engine/store/undo.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

test.each([
  ['the messages of an origin', originSql],
  ['whether anything belongs to a part', hasMessagesSql],
  ['whether anything was split off', hasSplitsSql],
  ['what was merged into a thread', mergedIntoSql],
  ['what was ever merged into a thread', everMergedSql],
  ['the log of a thing', logOfSql],
  ['the mail of a history', historyMailSql],
  ['the comments of a history', historyCommentsSql],
  ['which messages somebody decided about', splitDecidedSql],
  ['what may be split off', candidatesSql],
  ['the messages that are a conversation’s own', countOwnSql],
  ['the oldest of them', ownOldestSql],
  ['who wrote last to a part', newestInboundSql],
  ['what is merged in', partsOfSql],
  ['what a part begins with', partHeadSql],
  ['whether a command changed it', changedByCommandSql],
  ['whether a merge opened it', openedByMergeSql],
  ['what of a command stands', stepsStandingSql],
])('%s: look-ups by index only, never a table', (_name, sql) => {
  const plan = planOf(sql)
  const walks = plan.filter(
    (line) => line.startsWith('SCAN') && !/VIRTUAL TABLE|SUBQUERY|CONSTANT|\(subquery/.test(line),
  )
  expect(walks).toEqual([])
  expect(plan.some((line) => line.startsWith('SEARCH'))).toBe(true)
})
