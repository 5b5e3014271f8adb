import { expect, test } from 'vitest'
import {
  companiesMatchingSql,
  companyPeopleSql,
  contactsMatchingSql,
  lastMailSql,
  latestContactsSql,
} from '../../src/main/engine/store/queries/recipients.ts'
import { draftsOfOthersSql } from '../../src/main/engine/store/tables/drafts.ts'
import { quietItemsSql } from '../../src/main/engine/store/tables/outbox.ts'
import { pastByRankSql, pastSearchSql } from '../../src/main/engine/store/tables/past-recipients.ts'
import { emptyStore } from '../support/plans.ts'

/** What is asked with every key typed into a recipient field, and with every change of a conversation. */

const { planOf } = emptyStore()

test.each([
  ['whom a user wrote to most', pastByRankSql, 'past_recipients_by_rank (user_id=?)'],
  ['whom a user wrote to, by words', pastSearchSql, 'p USING INTEGER PRIMARY KEY'],
  ['contacts last in touch with', latestContactsSql, 'contacts_by_last_seen'],
  ['contacts by words', contactsMatchingSql, 'c USING INTEGER PRIMARY KEY'],
  ['companies by words', companiesMatchingSql, 'c USING INTEGER PRIMARY KEY'],
  ['people of a company', companyPeopleSql, 'contacts_by_company (company_id=?)'],
  ['the last mail of somebody', lastMailSql(null), 'messages_by_contact (contact_id=?)'],
  ['the last mail of somebody in some inboxes', lastMailSql(2), 'messages_by_contact (contact_id=?)'],
  ['what waits for nobody answering', quietItemsSql, 'outbox_if_quiet'],
])('%s is a walk along an index', (_name, sql, index) => {
  const plan = planOf(sql).join('\n')
  expect(plan).toContain(index)
  expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY/)
  // What waits is an index of its own, as a virtual table's is.
  expect(
    plan
      .replaceAll(/SCAN f VIRTUAL TABLE INDEX \d+:M\S*|SCAN contacts USING INDEX contacts_by_last_seen/g, '')
      .replace('SCAN outbox USING INDEX outbox_if_quiet', ''),
  ).not.toMatch(/SCAN/)
})

test('what others write in a conversation sorts no more than that conversation has', () => {
  expect(planOf(draftsOfOthersSql).join('\n')).toContain('drafts_by_thread (thread_id=?)')
})
