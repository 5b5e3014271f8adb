import { expect, test } from 'vitest'
import { reportsAboutSql, sentToSql, sentWithIdSql } from '../../src/main/engine/store/tables/mail-reports.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

/** Ingest asks these for every automatic message, and lists for every page of Sent. */
test.each([
  ['what was reported about messages', reportsAboutSql],
  ['the messages of ours with a Message-ID', sentWithIdSql],
  ['what was sent to somebody lately', sentToSql],
])('%s: by index, whatever the size of the mailbox', (_name, sql) => {
  const plan = planOf(sql)
  // Channels are few; the ids asked for come as a list.
  expect(plan.filter((line) => /^SCAN (?!c\b|channels|j VIRTUAL)/.test(line))).toEqual([])
  expect(plan.join('\n')).toMatch(/USING (?:COVERING )?INDEX/)
})
