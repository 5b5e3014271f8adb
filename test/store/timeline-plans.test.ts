import { expect, test } from 'vitest'
import {
  activitiesOfSql,
  newestActivitySql,
} from '../../src/main/engine/store/queries/timeline/activities.ts'
import {
  aliasesSql,
  commentsOfThreadSql,
  newestCommentSql,
} from '../../src/main/engine/store/queries/timeline/conversations.ts'
import { headsSql } from '../../src/main/engine/store/queries/timeline/heads.ts'
import {
  HISTORY,
  historyOfSql,
  makerSql,
  newestOpSql,
} from '../../src/main/engine/store/queries/timeline/history.ts'
import {
  mailFromSql,
  mailToSql,
  mailWithinSql,
  newestFromSql,
  newestToSql,
  newestWithinSql,
} from '../../src/main/engine/store/queries/timeline/mail.ts'
import {
  associatedSql,
  associationsOfSql,
  peopleOfCompanySql,
  peopleOfContactSql,
  phonesOfSql,
  rowsOfCompanySql,
  threadsOfPeopleSql,
  ticketIdsSql,
  valuesOfSql,
  visibleThreadsSql,
} from '../../src/main/engine/store/queries/timeline/scope.ts'
import {
  newestTicketSql,
  ticketsByIdSql,
  ticketsOfContactSql,
} from '../../src/main/engine/store/queries/timeline/tickets.ts'
import {
  doneTasksSql,
  dueRemindersSql,
  nextReminderSql,
  openTasksSql,
  remindersSql,
} from '../../src/main/engine/store/tables/activities.ts'
import { timesProposedSql } from '../../src/main/engine/store/tables/library.ts'
import { quoteLinesSql, quotesInDraftSql, quotesOfSql } from '../../src/main/engine/store/tables/quotes.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

/** A table that is read from end to end; the list of ids that was handed in is not one. */
const scansIn = (plan: readonly string[]): string[] =>
  plan.filter((line) => /^SCAN (?!o VIRTUAL|json_each|\(subquery)/.test(line))
const sortsIn = (plan: readonly string[]): string[] =>
  plan.filter((line) => /TEMP B-TREE FOR (RIGHT PART OF |LAST TERM OF )?ORDER BY/.test(line))

/** Walks along an index in its order, whatever the owner has. */
const walks: [name: string, sql: string][] = [
  ['mail of a conversation', mailWithinSql],
  ['comments of a conversation', commentsOfThreadSql],
  ['open tasks', openTasksSql],
  ['tasks that are done', doneTasksSql],
  ['reminders that fell due', remindersSql],
  ['reminders of a user', dueRemindersSql],
  ['the next reminder', nextReminderSql],
  ['who made a thing', makerSql],
  ['lines of a quote', quoteLinesSql],
  ['times that were proposed', timesProposedSql],
]
/** Reads what belongs to a record, by an index; what that is may be sorted. */
const lookUps: [name: string, sql: string][] = [
  ['people of a contact', peopleOfContactSql],
  ['people of a company', peopleOfCompanySql(3)],
  ['rows of a company', rowsOfCompanySql],
  ['conversations of people', threadsOfPeopleSql(false)],
  ['conversations of people that had begun', threadsOfPeopleSql(true)],
  ['associated things', associatedSql],
  ['associations', associationsOfSql],
  ['values of own properties', valuesOfSql],
  ['phones', phonesOfSql],
  ['aliases of conversations', aliasesSql],
  ['newest mail of conversations', headsSql(newestWithinSql)],
  ['newest comments', headsSql(newestCommentSql)],
  ['quotes of deals', quotesOfSql('deal_id', 2)],
  ['quotes of contacts', quotesOfSql('contact_id', 2)],
  ['quotes in a draft', quotesInDraftSql],
]
for (const some of [null, 2]) {
  const who = some === null ? 'all inboxes' : 'some inboxes'
  walks.push([`mail from a contact, ${who}`, mailFromSql(some)])
  walks.push([`mail to an address, ${who}`, mailToSql(some)])
  walks.push([`tickets of a contact, ${who}`, ticketsOfContactSql(some)])
  lookUps.push([`newest mail from contacts, ${who}`, headsSql(newestFromSql(some))])
  lookUps.push([`newest mail to addresses, ${who}`, headsSql(newestToSql(some))])
  lookUps.push([`newest tickets, ${who}`, headsSql(newestTicketSql(some))])
  lookUps.push([`visible conversations, ${who}`, visibleThreadsSql(some)])
  lookUps.push([`visible tickets, ${who}`, ticketsByIdSql(some)])
  lookUps.push([`ids of tickets, ${who}`, ticketIdsSql(some)])
}
for (const kind of ['notes', 'calls', 'tasks', 'tasks_done'] as const) {
  walks.push([`${kind} of a record`, activitiesOfSql(kind)])
  lookUps.push([`newest ${kind}`, headsSql(newestActivitySql(kind))])
}
for (const kind of Object.keys(HISTORY) as (keyof typeof HISTORY)[]) {
  walks.push([`history, ${kind}`, historyOfSql(kind)])
  lookUps.push([`newest op, ${kind}`, headsSql(newestOpSql(kind))])
}

test.each(walks)('%s: a walk along an index', (_name, sql) => {
  const plan = planOf(sql)
  expect(plan.join('\n')).toContain('SEARCH')
  expect([scansIn(plan), sortsIn(plan)]).toEqual([[], []])
})

test.each(lookUps)('%s: looked up in an index', (_name, sql) => {
  const plan = planOf(sql)
  expect(plan.join('\n')).toContain('SEARCH')
  expect(scansIn(plan)).toEqual([])
})

test.each(lookUps.filter(([name]) => name.startsWith('newest')))(
  '%s: one look for each owner, without sorting',
  (_name, sql) => expect(sortsIn(planOf(sql))).toEqual([]),
)

test('the check finds a scan and a sort', () => {
  expect(scansIn(planOf('SELECT * FROM notes WHERE text = ?'))).not.toEqual([])
  expect(sortsIn(planOf('SELECT * FROM notes WHERE id = ? ORDER BY text'))).toEqual([])
  expect(sortsIn(planOf('SELECT * FROM notes WHERE text = ? ORDER BY at'))).not.toEqual([])
})
