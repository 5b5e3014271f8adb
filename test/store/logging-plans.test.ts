import { expect, test } from 'vitest'
import {
  decisionsSql,
  leftInFoldersSql,
  loggedPersonalSql,
} from '../../src/main/engine/store/queries/logging.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

const plan = (sql: string, params: (string | number)[]): string => planOf(sql, params).join('\n')

const page = ['channel', 1, 'id', 50]

test.each([
  ['all', 'personal_messages_decided'],
  ['logged', 'personal_messages_by_logged'],
  ['not_logged', 'personal_messages_by_logged'],
] as const)('a page of decisions (%s) is a walk along an index', (only, index) => {
  const text = plan(decisionsSql(only), page)
  expect(text).toMatch(
    new RegExp(`SEARCH p USING INDEX ${index} \\(channel_id=\\?.*\\(at,id\\)<\\(\\?,\\?\\)\\)`),
  )
  expect(text).not.toMatch(/SCAN|TEMP B-TREE/)
})

test('what lies in a folder is found newest first without sorting', () => {
  const text = plan(leftInFoldersSql, ['channel', '[]'])
  expect(text).toContain('USING INDEX personal_messages_by_logged (channel_id=? AND logged=?)')
  expect(text).not.toContain('TEMP B-TREE')
})

test.each([true, false])('all logged personal mail is read by its channels (of one user: %s)', (owner) => {
  const text = plan(loggedPersonalSql(owner), owner ? ['user'] : [])
  expect(text).toContain('USING INDEX personal_messages_by_logged (channel_id=? AND logged=?)')
  expect(text).not.toMatch(/SCAN (p|personal_messages)\b/)
})
