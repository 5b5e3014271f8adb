import type { z } from 'zod'
import type { QuoteStart } from '../../../contract/quotes.ts'
import type { ReadableDb } from '../store/statements.ts'
import { associationsOf, otherEnd } from '../store/tables/associations.ts'
import { companyRecordRow } from '../store/tables/companies.ts'
import { contactRecord, type ContactRow } from '../store/tables/contacts.ts'
import { dealById } from '../store/tables/deals.ts'
import type { QuoteRow } from '../store/tables/quotes.ts'
import { theWorkspace } from '../store/tables/workspaces.ts'
import type { ActivityRecord } from '../team/activity-records.ts'

/**
 * What a new quote begins with.
 * @param record  the deal or contact that it is for, if it is known
 * @param last  what its writer wrote last: who offers is the same
 */
export function quoteStart(
  db: ReadableDb,
  record: ActivityRecord | null,
  last: QuoteRow | undefined,
): z.input<typeof QuoteStart> {
  const deal = record?.type === 'deal' ? dealById(db, record.id) : undefined
  const contact =
    record?.type === 'contact' ? contactRecord(db, record.id) : deal ? contactOfDeal(db, deal.id) : undefined
  const companyId = deal?.company_id ?? contact?.company_id ?? null
  const company = companyId === null ? undefined : companyRecordRow(db, companyId)
  const place = [company?.city, company?.country].filter(Boolean).join(', ')
  const customer = [contact?.name || contact?.email, company?.name, place].filter(Boolean).join('\n')
  return {
    record:
      record && (record.type === 'deal' || record.type === 'contact')
        ? { type: record.type, id: record.id }
        : null,
    recordName: record?.name ?? '',
    currency: deal?.currency || last?.currency || 'EUR',
    seller: last?.seller || (theWorkspace(db)?.name ?? ''),
    customer,
  }
}

/** Of several contacts the one that was associated last. */
function contactOfDeal(db: ReadableDb, id: string): ContactRow | undefined {
  for (const row of associationsOf(db, 'deal', [id], 100)) {
    const end = otherEnd(row, 'deal', new Set([id]))
    const contact = end.type === 'contact' ? contactRecord(db, end.id) : undefined
    if (contact?.listed === 1) return contact
  }
  return undefined
}
