import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportsAboutSql, sentToSql, sentWithIdSql } from '../../src/main/engine/store/tables/mail-reports.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
beforeAll(() => {
  ws = makeWorkspace()
})
afterAll(() => ws.stop())

/** Ingest asks these for every automatic message, and lists for every page of Sent. */
test.each([
  ['what was reported about messages', reportsAboutSql],
  ['the messages of ours with a Message-ID', sentWithIdSql],
  ['what was sent to somebody lately', sentToSql],
])('%s: by index, whatever the size of the mailbox', (_name, sql) => {
  const plan = ws.store.read
    .all<{ detail: string }>(
      `EXPLAIN QUERY PLAN ${sql}`,
      Array.from(sql.matchAll(/\?/g), () => null),
    )
    .map((row) => row.detail)
  // Channels are few; the ids asked for come as a list.
  expect(plan.filter((line) => /^SCAN (?!c\b|channels|j VIRTUAL)/.test(line))).toEqual([])
  expect(plan.join('\n')).toMatch(/USING (?:COVERING )?INDEX/)
})
