import type { z } from 'zod'
import type {
  LoggingDecisionView,
  LoggingFact,
  LoggingVerdictView,
  NeverLogView,
} from '../../../contract/logging.ts'
import type { DiagnosticsInput } from '../crm/reply-logging/diagnostics.ts'
import { settingsOf } from '../ingest/personal-case.ts'
import { groupBy } from '../lib/group-by.ts'
import {
  decisionOfMessage,
  decisionsPage,
  recipientsOfPersonal,
  type DecisionRow,
} from '../store/queries/logging.ts'
import type { MessageRow } from '../store/queries/messages.ts'
import { contactsOfRows } from '../store/queries/personal-threads.ts'
import type { ReadableDb } from '../store/statements.ts'
import { channelById } from '../store/tables/channels.ts'
import { contactIdOf } from '../store/tables/contacts.ts'
import { neverLogOf } from '../store/tables/never-log.ts'
import { pageOf, placeOf } from './cursor.ts'

/** Decisions about personal mail, as the interface shows them. */

type DecisionShape = z.input<typeof LoggingDecisionView>
type VerdictShape = z.input<typeof LoggingVerdictView>

/** The decisions about a personal address, newest first, a page at a time. */
export function decisions(
  db: ReadableDb,
  options: {
    channelId: string
    only: 'all' | 'logged' | 'not_logged'
    cursor?: string | undefined
    limit: number
  },
): { rows: DecisionShape[]; nextCursor: string | null } {
  const { cursor, limit } = options
  const found = decisionsPage(db, { ...options, before: placeOf(cursor), limit: limit + 1 })
  const { shown, nextCursor } = pageOf(found, limit, (row) => [row.at, row.id])
  return { rows: decisionShapes(db, shown), nextCursor }
}

/** Several decisions with their people; one query for each kind of part. */
export function decisionShapes(db: ReadableDb, rows: readonly DecisionRow[]): DecisionShape[] {
  const recipients = groupBy(
    recipientsOfPersonal(
      db,
      rows.map(({ id }) => id),
    ).filter(({ kind }) => kind !== 'delivered'),
    (one) => one.personal_id,
  )
  // Of an unlogged mail its sender alone: the owner sees whether that is a contact, and of nobody else.
  const people = (row: DecisionRow): string[] =>
    row.logged === 0 && row.direction === 'in'
      ? [row.from_address.toLowerCase()]
      : [row.from_address.toLowerCase(), ...(recipients.get(row.id) ?? []).map(({ address }) => address)]
  const contacts = new Map(
    contactsOfRows(db, [...new Set(rows.flatMap(people))].map(contactIdOf)).map((one) => [
      one.address,
      one.id,
    ]),
  )
  return rows.map((row) => ({
    id: row.id,
    channelId: row.channel_id,
    direction: row.direction,
    from: { name: row.from_name, address: row.from_address },
    to: (recipients.get(row.id) ?? [])
      .filter(({ kind }) => kind === 'to')
      .map(({ name, address }) => ({ name, address })),
    subject: row.subject,
    folder: row.folder,
    at: row.at,
    verdict: verdictShape(row),
    messageId: row.stored_id,
    threadId: row.thread_id,
    contactIds: [...new Set(people(row).flatMap((address) => contacts.get(address) ?? []))],
  }))
}

/** The verdict as it was given when the message came. */
export const verdictShape = (row: DecisionRow): VerdictShape => ({
  logged: row.logged === 1,
  pending: row.state === 'pending',
  reason: row.reason,
  step: row.step as VerdictShape['step'],
  stepText: row.step_text,
  trace: JSON.parse(row.trace) as LoggingFact[],
  decidedAt: row.decided_at ?? row.at,
  byHand: row.by_hand === 1,
})

/** Why a message is in the CRM; null for mail of a team address, which the rules leave alone. */
export function verdictOfMessage(db: ReadableDb, messageRowid: number): VerdictShape | null {
  const row = decisionOfMessage(db, messageRowid)
  return row ? verdictShape(row) : null
}

/** The workspace's Never Log list and the user's own. */
export const neverLogShapes = (db: ReadableDb, userId: string): z.input<typeof NeverLogView>[] =>
  neverLogOf(db, userId).map((row) => ({
    id: row.id,
    pattern: row.pattern,
    userId: row.user_id,
    addedBy: row.added_by,
    at: row.at,
  }))

/** What diagnostics say about a message beside its header (G9): the decision, the record, and the head that is kept. */
export function diagnosticsOf(
  db: ReadableDb,
  decision: DecisionRow | null,
  message: MessageRow | null,
): Pick<DiagnosticsInput, 'decision' | 'trace' | 'record' | 'head'> {
  const time = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString())
  const channel = channelById(db, (decision ?? message)?.channel_id ?? '')
  const shape = decision && decisionShapes(db, [decision])[0]
  const contacts = shape ? shape.contactIds : message?.contact_id ? [message.contact_id] : []
  return {
    decision: decision
      ? [
          ['Verdict', decision.logged === 1 ? 'logged' : 'not logged'],
          ['Reason', decision.reason],
          ['Code', decision.code],
          ['Would change it', decision.step_text],
          ['By hand', decision.by_hand === 1 ? 'yes' : 'no'],
          ['Decided', time(decision.decided_at)],
          ['State', decision.state],
          ['Problem', decision.problem ?? ''],
        ]
      : [['Verdict', 'none: mail of a team address is in its inbox, and the rules leave it alone']],
    trace: decision ? (JSON.parse(decision.trace) as LoggingFact[]) : [],
    record: [
      ['Address', channel?.address ?? ''],
      ['Kind', channel?.kind ?? ''],
      [
        'Connected',
        channel ? (channel.disconnected_at === null ? 'yes' : `until ${time(channel.disconnected_at)}`) : '',
      ],
      ['Logging', channel && channel.purpose === 'personal' ? settingsOf(channel).mode : ''],
      ['Message', message?.id ?? ''],
      ['Personal message', decision?.id ?? ''],
      ['Conversation', message?.thread_id ?? ''],
      ['Contacts', contacts.join(', ')],
    ],
    head: decision
      ? [
          ['Message-ID', `<${decision.message_id}>`],
          ['In-Reply-To', decision.in_reply_to.replaceAll('\n', ' ')],
          ['References', decision.reference_ids.replaceAll('\n', ' ')],
          ['From', mailboxText({ name: decision.from_name, address: decision.from_address })],
          ...recipientsOfPersonal(db, [decision.id]).map((one): [string, string] => [
            KINDS[one.kind],
            mailboxText(one),
          ]),
          ['Subject', decision.subject],
          ['Date', time(decision.at)],
          ['Received', time(decision.received_at)],
          ['Folder', decision.folder],
          ['Size', String(decision.size)],
        ]
      : [],
  }
}

const KINDS = { to: 'To', cc: 'Cc', bcc: 'Bcc', delivered: 'Delivered-To' } as const
const mailboxText = ({ name, address }: { name: string; address: string }): string =>
  name === '' ? address : `${name} <${address}>`
