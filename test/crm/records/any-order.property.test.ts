import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessOf } from '../../../src/main/engine/team/access.ts'
import { createUser } from '../../../src/main/engine/team/workspace-actions.ts'
import { listRecords } from '../../../src/main/engine/read/records/list.ts'
import { recordShape } from '../../../src/main/engine/read/records/record.ts'
import { applyOp, type Op, type Scalar } from '../../../src/main/engine/store/ops.ts'
import { Store } from '../../../src/main/engine/store/store.ts'
import { associationOf } from '../../../src/main/engine/store/tables/associations.ts'
import {
  companyIdOf,
  companyOfDomain,
  contactIdOf,
  seeContact,
} from '../../../src/main/engine/store/tables/contacts.ts'
import { propertyValueId } from '../../../src/main/engine/store/tables/properties.ts'

/** Ops about records and the mail that makes some of them: whichever comes first, the records are the same. */

const TABLES = [
  'contacts',
  'contact_phones',
  'companies',
  'deals',
  'pipelines',
  'stages',
  'associations',
  'properties',
  'property_values',
  'tickets',
]

let dir: string
let store: Store
let userId: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-any-order-'))
  store = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: { now: () => 1 } })
  userId = store.write((write) =>
    createUser(write, store, null, { name: 'Ada', email: 'ada@acme.test', role: 'super_admin' }),
  )
})
afterAll(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

type Happening = { hlc: string; op: Op } | { mail: { address: string; at: number } }

const stamp = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom('a', 'b'))
  .map(([ms, node]) => `${ms.toString(16).padStart(12, '0')}-0000-${node}`)

const addresses = ['ann@x.test', 'ben@x.test', 'cy@y.test']
const contactIds = [...addresses.map(contactIdOf), 'f0f0f0f0-0000-4000-8000-000000000001']
const companyIds = [companyIdOf('x.test'), 'f0f0f0f0-0000-4000-8000-000000000002']
const dealIds = ['f0f0f0f0-0000-4000-8000-000000000003', 'f0f0f0f0-0000-4000-8000-000000000004']
const propertyId = 'f0f0f0f0-0000-4000-8000-000000000005'
const stageIds = ['f0f0f0f0-0000-4000-8000-000000000006', 'f0f0f0f0-0000-4000-8000-000000000007']
const pipelineId = 'f0f0f0f0-0000-4000-8000-000000000008'
const ticketId = 'f0f0f0f0-0000-4000-8000-000000000009'

const contactId = fc.constantFrom(...contactIds)
const companyId = fc.constantFrom(...companyIds)
const dealId = fc.constantFrom(...dealIds)
const text = fc.constantFrom('', 'Ann', 'Rossi', 'B')
const removed = fc.constantFrom(null, 7)

const setOne = (
  entity: 'contact' | 'company' | 'deal' | 'ticket' | 'property' | 'pipeline' | 'stage',
  id: fc.Arbitrary<string>,
  values: Record<string, fc.Arbitrary<Scalar>>,
): fc.Arbitrary<Op> =>
  fc
    .tuple(id, fc.constantFrom(...Object.keys(values)))
    .chain(([of, field]) =>
      values[field]!.map((value): Op => ({ entity, id: of, kind: 'set', values: { [field]: value } })),
    )

const op: fc.Arbitrary<Op> = fc.oneof(
  // What is made always has the same constants: they follow from what it is.
  contactId.map((id): Op => ({
    entity: 'contact',
    id,
    kind: 'create',
    values: {
      address: addresses.find((address) => contactIdOf(address) === id) ?? null,
      name: '',
      first_seen_at: 0,
      last_seen_at: 0,
      created_at: 3,
    },
  })),
  setOne('contact', contactId, {
    name: text,
    first_name: text,
    last_name: text,
    company_id: fc.oneof(companyId, fc.constant(null)),
    merged_into: fc.oneof(contactId, fc.constant(null)),
    is_alias: fc.constantFrom(0, 1),
    removed_at: removed,
    primary_address: fc.constantFrom(null, ...addresses),
    address_removed_at: removed,
  }),
  companyId.map((id): Op => ({
    entity: 'company',
    id,
    kind: 'create',
    values: { name: 'X', domain: id === companyIds[0] ? 'x.test' : null, created_at: 1 },
  })),
  setOne('company', companyId, {
    name: text,
    city: text,
    removed_at: removed,
    merged_into: fc.oneof(companyId, fc.constant(null)),
  }),
  dealId.map((id): Op => ({ entity: 'deal', id, kind: 'create', values: { name: 'Deal', created_at: 1 } })),
  setOne('deal', dealId, {
    name: text,
    amount: fc.constantFrom(null, 5, 9),
    stage_id: fc.constantFrom(...stageIds),
    company_id: companyId,
    removed_at: removed,
  }),
  fc.constant<Op>({
    entity: 'pipeline',
    id: pipelineId,
    kind: 'create',
    values: { name: 'Sales', created_at: 1 },
  }),
  fc.tuple(fc.constantFrom(...stageIds), fc.integer({ min: 0, max: 2 })).map(([id, position]): Op => ({
    entity: 'stage',
    id,
    kind: 'create',
    values: { pipeline_id: pipelineId, name: 'S', outcome: 'open', probability: 1, position },
  })),
  setOne('stage', fc.constantFrom(...stageIds), {
    position: fc.integer({ min: 0, max: 3 }),
    removed_at: removed,
  }),
  fc
    .tuple(contactId, fc.constantFrom('+39061', '+39062'), fc.integer({ min: 0, max: 1 }))
    .map(([id, number, position]): Op => ({
      entity: 'contact_phone',
      id: `${id} ${number}`,
      kind: 'create',
      values: { contact_id: id, number, label: '', position },
    })),
  fc.tuple(contactId, fc.constantFrom('+39061', '+39062'), removed).map(([id, number, value]): Op => ({
    entity: 'contact_phone',
    id: `${id} ${number}`,
    kind: 'set',
    values: { removed_at: value },
  })),
  fc.constant<Op>({
    entity: 'property',
    id: propertyId,
    kind: 'create',
    values: { record_type: 'contact', name: 'Seats', type: 'number', created_at: 1 },
  }),
  fc
    .tuple(contactId, fc.constantFrom<'create' | 'set'>('create', 'set'), fc.constantFrom(null, 1, 2))
    .map(([of, kind, value]): Op => ({
      entity: 'property_value',
      id: propertyValueId(of, propertyId),
      kind,
      values: kind === 'create' ? { property_id: propertyId, of_id: of, value } : { value },
    })),
  fc
    .tuple(contactId, dealId, fc.constantFrom<'create' | 'set'>('create', 'set'), removed)
    .map(([contact, deal, kind, value]): Op => {
      const { id, a, b } = associationOf({ type: 'contact', id: contact }, { type: 'deal', id: deal })
      const ends = { a_type: a.type, a_id: a.id, b_type: b.type, b_id: b.id, created_at: 1 }
      return {
        entity: 'association',
        id,
        kind,
        values: kind === 'create' ? { ...ends, removed_at: value } : { removed_at: value },
      }
    }),
  fc.constant<Op>({
    entity: 'ticket',
    id: ticketId,
    kind: 'create',
    values: {
      number: 1,
      thread_id: null,
      contact_id: null,
      subject: 'Ticket',
      pipeline: 'Support',
      status: 'new',
      priority: 'low',
      category: '',
      created_at: 1,
    },
  }),
  setOne('ticket', fc.constant(ticketId), {
    subject: text,
    status: fc.constantFrom('new', 'closed'),
    removed_at: removed,
  }),
)

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ hlc: stamp, op }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...addresses), fc.integer({ min: 10, max: 14 }))
      .map(([address, at]) => ({ mail: { address, at } })),
  },
)

const history = fc
  .uniqueArray(happening, {
    selector: (one) => ('hlc' in one ? one.hlc : JSON.stringify(one)),
    minLength: 15,
    maxLength: 50,
  })
  .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))

const PAGES = [
  ['contact', 'name'],
  ['company', 'name'],
  ['deal', 'name'],
  ['ticket', 'subject'],
] as const

/** Everything that ops can change, and what people see of it. */
function play(happenings: readonly Happening[]): unknown {
  store.write((write) => {
    for (const table of [...TABLES, 'field_clocks', 'ops']) write.db.run(`DELETE FROM ${table}`)
    for (const one of happenings) {
      if ('op' in one) applyOp(write, one.hlc, one.op)
      else
        seeContact(write.db, {
          address: one.mail.address,
          name: `Mail of ${one.mail.address}`,
          at: one.mail.at,
          messages: 1,
          companyOf: () =>
            one.mail.address.endsWith('@x.test') ? companyOfDomain(write.db, 'x.test', 'X', 1) : null,
        })
    }
  })
  const access = accessOf(store.read, userId)!
  const tables = TABLES.map((table) => store.read.all(`SELECT * FROM ${table} ORDER BY id`))
  const seen = PAGES.map(([type, key]) => {
    const settings = { columns: [propertyId], filters: [], sort: { key, descending: false } }
    const list = listRecords(store.read, access, { type, settings, query: '', limit: 100 })
    return list.rows.map((row) => recordShape(store.read, access, row.ref))
  })
  return { tables, seen }
}

test('the same records, in whatever order they were heard of', () => {
  fc.assert(
    fc.property(history, ([all, shuffled]) => {
      expect(play(shuffled)).toEqual(play(all))
    }),
    { numRuns: 150 },
  )
}, 120_000)
