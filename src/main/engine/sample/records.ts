import type { PropertyValues, RecordRef } from '../../../contract/records.ts'
import { associate } from '../crm/records/associate.ts'
import { createRecord } from '../crm/records/create.ts'
import { beginDoing, UNGUARDED, type Doing } from '../crm/records/doing.ts'
import { pipelinesOf } from '../crm/records/pipelines.ts'
import { updateRecords } from '../crm/records/update.ts'
import type { Store, Write } from '../store/store.ts'
import { companiesWithDomain } from '../store/tables/companies.ts'
import { contactById, contactIdOf } from '../store/tables/contacts.ts'

/** Days are counted from the day on which the sample starts. */
type SampleDeal = {
  name: string
  /** In cents. */
  amount: number
  currency: string
  /** The place of its stage in the pipeline. */
  stage: number
  closesIn: number
  owner: string
  /** The address of the contact whose deal it is; the company is the contact's. */
  contact: string
}

const DEALS: readonly SampleDeal[] = [
  {
    name: 'Fleet lights for 140 couriers',
    amount: 612_000,
    currency: 'GBP',
    stage: 2,
    closesIn: 12,
    owner: 'mira@lumen.example',
    contact: 'sam.okafor@citycouriers.example',
  },
  {
    name: 'Spring order 2027',
    amount: 1_845_000,
    currency: 'EUR',
    stage: 3,
    closesIn: 5,
    owner: 'jonas@lumen.example',
    contact: 'nina.hartmann@radhaus.example',
  },
  {
    name: 'Lights for rental bikes',
    amount: 940_000,
    currency: 'EUR',
    stage: 1,
    closesIn: 30,
    owner: 'mira@lumen.example',
    contact: 'lars@havnecykler.example',
  },
  {
    name: 'Dealer contract Lyon',
    amount: 2_300_000,
    currency: 'EUR',
    stage: 4,
    closesIn: -6,
    owner: 'mira@lumen.example',
    contact: 'g.moreau@velo-lyon.example',
  },
  {
    name: 'Trial with cargo bikes',
    amount: 150_000,
    currency: 'EUR',
    stage: 0,
    closesIn: 45,
    owner: 'jonas@lumen.example',
    contact: 'priya.raman@greenfleet.example',
  },
]

/** What the team has noted about people. */
const PEOPLE: readonly { contact: string; values: PropertyValues }[] = [
  {
    contact: 'nina.hartmann@radhaus.example',
    values: {
      first_name: 'Nina',
      last_name: 'Hartmann',
      job_title: 'Buyer',
      phone: '+49 30 2345678',
      lifecycle_stage: 'customer',
      consent: 'granted',
    },
  },
  {
    contact: 'sam.okafor@citycouriers.example',
    values: {
      first_name: 'Sam',
      last_name: 'Okafor',
      job_title: 'Head of fleet',
      phone: '+44 20 7946 0123',
      lifecycle_stage: 'opportunity',
    },
  },
  {
    contact: 'priya.raman@greenfleet.example',
    values: { first_name: 'Priya', last_name: 'Raman', lifecycle_stage: 'lead' },
  },
  { contact: 'carmen.ortega@example.org', values: { lifecycle_stage: 'customer', consent: 'refused' } },
]

const COMPANIES: readonly { domain: string; values: PropertyValues }[] = [
  {
    domain: 'radhaus.example',
    values: { name: 'Radhaus', industry: 'Bicycle shop', city: 'Berlin', country: 'Germany' },
  },
  {
    domain: 'citycouriers.example',
    values: { name: 'City Couriers', industry: 'Logistics', city: 'London', country: 'United Kingdom' },
  },
  {
    domain: 'velo-lyon.example',
    values: { name: 'Vélo Lyon', industry: 'Bicycle shop', city: 'Lyon', country: 'France' },
  },
]

/**
 * Deals, and what is known of the people and companies of the sample's mail. People whose mail has not come are left out.
 * @param userOf  the id of the user with an address
 */
export function showRecords(
  write: Write,
  store: Pick<Store, 'hlc'>,
  userOf: (email: string) => string,
): void {
  const doing = (email: string): Doing => beginDoing(write, store, userOf(email), UNGUARDED)
  const mira = doing('mira@lumen.example')
  for (const { contact, values } of PEOPLE) {
    const id = contactIdOf(contact)
    if (contactById(write.db, id)) updateRecords(mira, 'contact', [id], values)
  }
  for (const { domain, values } of COMPANIES) {
    const [company] = companiesWithDomain(write.db, domain)
    if (company) updateRecords(mira, 'company', [company.id], values)
  }
  for (const deal of DEALS) {
    const contact = contactById(write.db, contactIdOf(deal.contact))
    if (!contact) continue
    const by = doing(deal.owner)
    const stages = pipelinesOf(write.db)[0]?.stages ?? []
    const id = createRecord(by, 'deal', {
      name: deal.name,
      amount: deal.amount,
      currency: deal.currency,
      stage: stages[deal.stage]?.id ?? null,
      close_date: dayAfter(write.now, deal.closesIn),
      owner_id: userOf(deal.owner),
      company: contact.company_id,
    })
    const ref: RecordRef = { type: 'contact', id: contact.id }
    associate(by, { type: 'deal', id }, ref, true)
  }
}

const DAY_MS = 24 * 60 * 60 * 1000
const dayAfter = (now: number, days: number): string =>
  new Date(now + days * DAY_MS).toISOString().slice(0, 10)
