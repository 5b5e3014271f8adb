import type { RecordRef, RecordType } from '../../../../contract/records.ts'
import { recordRow } from '../../crm/records/doing.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { ContactRow } from '../../store/tables/contacts.ts'
import { firstPhones } from '../../store/tables/contact-phones.ts'
import type { CompanyRow } from '../../store/tables/companies.ts'
import type { DealRow } from '../../store/tables/deals.ts'
import { stageById } from '../../store/tables/pipelines.ts'
import { threadById } from '../../store/tables/threads.ts'
import type { TicketRow } from '../../store/tables/tickets.ts'
import { canSeeThread, type Access } from '../../team/access.ts'

export type Summary = { ref: RecordRef; name: string; detail: string }

/** Whether the user may see a ticket: where its conversation lies (A1). */
export function seesTicket(db: ReadableDb, access: Access, ticket: TicketRow): boolean {
  if (ticket.thread_id === null) return true
  const thread = threadById(db, ticket.thread_id)
  return thread === undefined ? access.seesAll : canSeeThread(access, thread)
}

/** A record in a line, through merges; null where there is none, it was removed, or the user may not see it. */
export function summaryOf(db: ReadableDb, access: Access, type: RecordType, id: string): Summary | null {
  const row = recordRow(db, type, id)
  if (!row) return null
  const ref = { type, id: row.id }
  switch (type) {
    case 'contact':
      return { ref, ...contactLine(db, row as ContactRow) }
    case 'company': {
      const { name, domain, city } = row as CompanyRow
      return { ref, name: name || (domain ?? ''), detail: domain ?? city }
    }
    case 'deal':
      return { ref, name: (row as DealRow).name, detail: dealLine(db, row as DealRow) }
    case 'ticket': {
      const ticket = row as TicketRow
      if (!seesTicket(db, access, ticket)) return null
      return {
        ref,
        name: ticket.subject,
        detail: `#${ticket.number} · ${spelledOut(ticket.status)}`,
      }
    }
  }
}

/** `waiting_on_us` as a person reads it. */
const spelledOut = (status: string): string =>
  (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll('_', ' ')

function contactLine(db: ReadableDb, row: ContactRow): { name: string; detail: string } {
  const phone = row.name === '' || row.email === '' ? (firstPhones(db, [row.id]).get(row.id) ?? '') : ''
  const name = row.name || row.email || phone
  return {
    name,
    detail: [row.email, phone, row.job_title].find((text) => text !== '' && text !== name) ?? '',
  }
}

function dealLine(db: ReadableDb, deal: DealRow): string {
  const stage = deal.stage_id === null ? undefined : stageById(db, deal.stage_id)
  return [stage?.name ?? '', amountText(deal)].filter(Boolean).join(' · ')
}

/** "EUR 1,200.00": the currency by its letters, with as many decimals as it has (ISO 4217). */
function amountText({ amount, currency }: DealRow): string {
  if (amount === null) return ''
  const format = new Intl.NumberFormat('en', {
    ...(currency === '' ? {} : { style: 'currency', currency, currencyDisplay: 'code' }),
    minimumFractionDigits: currency === '' ? 2 : undefined,
  })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits)
}
