import { outboxOfMessages } from '../../store/queries/outgoing.ts'
import { loggedThreads } from '../../store/queries/logging.ts'
import { timelineMail, type MailEntryRow } from '../../store/queries/timeline/mail.ts'
import type { TimelineScope } from './scope.ts'
import { LATEST } from './latest.ts'
import { blank, defineSource } from './source.ts'

/** Mail in and out: with the people of a record, and of the conversations that it is associated with. */
export const mail = defineSource<MailEntryRow>({
  filter: 'email',
  start: [LATEST],
  read: (scope, [before], limit) =>
    timelineMail(
      scope.db,
      {
        contactIds: scope.contactIds,
        addresses: scope.addresses,
        threadIds: scope.linkedThreadIds,
        inboxIds: scope.inboxIds,
      },
      Number(before),
      limit,
    ).map((row) => ({ at: row.sort_at, position: [row.rowid], row })),
  show(scope, rows) {
    const sent = rows.filter((row) => row.direction === 'out')
    const writers = outboxOfMessages(scope.db, sent)
    const logged = loggedThreads(
      scope.db,
      rows.map((row) => row.thread_id),
    )
    return rows.map((row) => [
      {
        ...blank,
        key: row.id,
        filter: 'email',
        kind: row.direction === 'in' ? 'email_in' : 'email_out',
        at: row.sort_at,
        actorId: writers.get(`${row.channel_id} ${row.message_id}`)?.author_id ?? null,
        threadId: row.thread_id,
        messageId: row.id,
        personal: logged.has(row.thread_id),
        title: row.subject,
        detail: row.snippet,
        record: recordOf(scope, row),
      },
    ])
  },
})

const recordOf = (scope: TimelineScope, row: MailEntryRow) =>
  scope.recordOfRow(row.owner) ?? scope.recordOfAddress(row.owner)
