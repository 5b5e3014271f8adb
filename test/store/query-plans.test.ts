import { expect, test } from 'vitest'
import { contactSearchSql, contactThreadsSql } from '../../src/main/engine/store/queries/contacts.ts'
import { historyBeforeSql } from '../../src/main/engine/store/queries/history.ts'
import { mailFrom, mailTo } from '../../src/main/engine/store/queries/mail-of-people.ts'
import { messagesBeforeSql } from '../../src/main/engine/store/queries/messages.ts'
import {
  draftCountSql,
  draftsSql,
  sentCountSql,
  sentSql,
  waitingCountSql,
  waitingSql,
} from '../../src/main/engine/store/queries/outgoing.ts'
import { hitsSql, stretchSql, type SearchScope } from '../../src/main/engine/store/queries/search.ts'
import {
  threadCountSql,
  threadPageSql,
  type ThreadPage,
  type ThreadScope,
} from '../../src/main/engine/store/queries/thread-lists.ts'
import { nextSnoozedSql, snoozedUntilSql } from '../../src/main/engine/store/tables/threads.ts'
import { commentsBeforeSql } from '../../src/main/engine/store/tables/comments.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

/** Reads a table from end to end, or sorts: what no list may do, however large the mailbox is. */
function troublesIn(plan: readonly string[]): string[] {
  return plan.filter(
    (line) =>
      /TEMP B-TREE FOR (RIGHT PART OF )?ORDER BY/.test(line) ||
      // A virtual table says SCAN for its own index; a subquery was limited by its own search; what waits in the outbox
      // is an index of its own.
      (/^SCAN /.test(line) &&
        !/VIRTUAL TABLE INDEX \d+:M|^SCAN (outbox USING INDEX outbox_waiting|\(subquery|json_each|j VIRTUAL)/.test(
          line,
        )),
  )
}

const two = ['a', 'b']
const scopes: Record<string, ThreadScope> = {
  open: { status: 'open' },
  unassigned: { status: 'open', assigneeId: null },
  mine: { status: 'open', assigneeId: 'u' },
  inbox: { status: 'open', inboxId: 'i' },
  snoozed: { status: 'snoozed' },
  'unread snoozed': { status: 'snoozed', unread: true },
  'inbox by assignee': { status: 'open', inboxId: 'i', assigneeId: null },
  unread: { status: 'open', unread: true },
  'unread of mine with files': { status: 'open', assigneeId: 'u', unread: true, hasAttachment: true },
  'read in an inbox': { status: 'closed', inboxId: 'i', unread: false },
}

const queries: [name: string, sql: string][] = []
for (const [name, scope] of Object.entries(scopes)) {
  for (const sort of ['newest', 'oldest'] as const) {
    for (const after of [null, { at: 1, id: 'x' }]) {
      const page: ThreadPage = { scope, sort, after, limit: 50 }
      queries.push([`${name}, ${sort}${after ? ', next page' : ''}`, threadPageSql(page, null).sql])
    }
  }
  queries.push([`count of ${name}`, threadCountSql(scope, two).sql])
}
queries.push([
  'mine in some inboxes',
  threadPageSql({ scope: scopes.mine!, sort: 'newest', after: null, limit: 50 }, two).sql,
])
queries.push(['count of open, all inboxes', threadCountSql(scopes.open!, null).sql])
for (const sort of ['newest', 'oldest'] as const) {
  for (const some of [null, 2]) {
    queries.push([`sent, ${sort}, ${some ?? 'all'} inboxes`, sentSql(sort, some)])
    queries.push([
      `sent with files, ${sort}, ${some ?? 'all'} inboxes`,
      sentSql(sort, some, { hasAttachment: true, assigneeId: null }),
    ])
    queries.push([`outbox, ${sort}, ${some ?? 'all'} channels`, waitingSql(sort, some)])
  }
  queries.push([`drafts, ${sort}`, draftsSql(sort)])
}
for (const some of [null, 2]) {
  queries.push([`count of sent, ${some ?? 'all'}`, sentCountSql(some)])
  queries.push([`count of outbox, ${some ?? 'all'}`, waitingCountSql(some)])
  queries.push([`threads of a contact, ${some ?? 'all'}`, contactThreadsSql(some)])
  for (const withFiles of [true, false]) {
    const what = { inboxes: some, withFiles }
    queries.push([`mail from a contact, ${some ?? 'all'}, ${withFiles}`, mailFrom(what)])
    queries.push([`mail to a contact, ${some ?? 'all'}, ${withFiles}`, mailTo(what)])
  }
}
queries.push(['what comes back next', nextSnoozedSql])
queries.push(['what is to come back', snoozedUntilSql])
queries.push(['count of drafts', draftCountSql])
queries.push(['messages of a thread', messagesBeforeSql])
queries.push(['comments of a thread', commentsBeforeSql])
queries.push(['history of a thread', historyBeforeSql])
queries.push(['contacts by name', contactSearchSql])

const everything: SearchScope = {
  inboxIds: two,
  status: 'open',
  unread: true,
  hasAttachment: true,
  sent: true,
  assignees: [{ ids: ['u', null], negated: true }],
  before: 2,
  after: 1,
}
for (const words of ['wanted', 'unwanted', 'none'] as const) {
  queries.push([`search hits, ${words}`, hitsSql(everything, words).sql])
}
queries.push(['search stretch with words', stretchSql(true)])
queries.push(['search stretch without', stretchSql(false)])

test.each(queries)('%s is a walk along an index', (_name, sql) => {
  const plan = planOf(sql)
  expect(plan.join('\n')).toMatch(/SEARCH|VIRTUAL TABLE|outbox_waiting/)
  expect(troublesIn(plan)).toEqual([])
})

test('the check finds a scan and a sort', () => {
  expect(troublesIn(planOf('SELECT * FROM threads WHERE subject = ?'))).not.toEqual([])
  expect(troublesIn(planOf('SELECT * FROM threads WHERE contact_id = ? ORDER BY subject'))).not.toEqual([])
})
