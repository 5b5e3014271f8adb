import type { z } from 'zod'
import type {
  LoggingDecisionView,
  LoggingFact,
  LoggingVerdictView,
  NeverLogView,
} from '../../../contract/logging.ts'
import { groupBy } from '../lib/group-by.ts'
import {
  contactsOfAddresses,
  decisionOfMessage,
  decisionsPage,
  recipientsOfPersonal,
  type DecisionRow,
} from '../store/queries/logging.ts'
import type { ReadableDb } from '../store/statements.ts'
import { neverLogOf } from '../store/tables/never-log.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

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
  const [at, id] =
    options.cursor === undefined
      ? [Number.MAX_SAFE_INTEGER, '']
      : (decodeCursor(options.cursor, ['number', 'string']) as [number, string])
  const found = decisionsPage(db, { ...options, before: { at, id }, limit: options.limit + 1 })
  const rows = found.slice(0, options.limit)
  const last = rows.at(-1)
  return {
    rows: decisionShapes(db, rows),
    nextCursor: found.length > options.limit && last ? encodeCursor([last.at, last.id]) : null,
  }
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
  const people = (row: DecisionRow): string[] => [
    row.from_address.toLowerCase(),
    ...(recipients.get(row.id) ?? []).map(({ address }) => address),
  ]
  const logged = rows.filter((row) => row.logged === 1)
  const contacts = groupBy(
    contactsOfAddresses(db, [...new Set(logged.flatMap(people))]),
    (one) => one.address,
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
    contactIds:
      row.logged === 1
        ? [
            ...new Set(
              people(row).flatMap((address) => (contacts.get(address) ?? []).map((one) => one.contact_id)),
            ),
          ]
        : [],
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
