import { expect, test } from 'vitest'
import { mentionsSql, unreadMentionsSql } from '../../src/main/engine/store/queries/mentions.ts'
import { commentVersionsSql } from '../../src/main/engine/store/queries/history.ts'
import { commentsBeforeSql, unreadMentionsInSql } from '../../src/main/engine/store/tables/comments.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

const pages = (['newest', 'oldest'] as const).flatMap((sort) =>
  [null, 2].flatMap((inboxes) =>
    [true, false].map((unread): [string, string] => [
      `${unread ? 'unread ' : ''}mentions, ${sort} first, ${inboxes === null ? 'of all inboxes' : 'of some'}`,
      mentionsSql({ sort, unread }, inboxes),
    ]),
  ),
)

test.each([
  ...pages,
  ['the count of unread mentions', unreadMentionsSql(2)],
  ['the unread mentions of a conversation', unreadMentionsInSql],
  ['the comments of a conversation', commentsBeforeSql],
  ['what a comment said before', commentVersionsSql],
])('%s: by index, in order, whatever was said in years', (_name, sql) => {
  const plan = planOf(sql)
  // The capped count is one scan of the few rows within it.
  expect(plan.filter((line) => /^SCAN (?!\(subquery)/.test(line))).toEqual([])
  expect(plan.filter((line) => line.includes('TEMP B-TREE'))).toEqual([])
})
