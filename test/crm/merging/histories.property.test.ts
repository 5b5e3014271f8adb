import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { companyOfAddress } from '../../../src/main/engine/crm/company-domain.ts'
import { dismissDuplicate } from '../../../src/main/engine/crm/merging/duplicates.ts'
import { mergeFields } from '../../../src/main/engine/crm/merging/fields.ts'
import { mergeRecords, unmergeRecord } from '../../../src/main/engine/crm/merging/merge.ts'
import { MERGEABLE, type MergeableType } from '../../../src/main/engine/crm/merging/mergeable.ts'
import { addAddress, mustBeContact, removeAddress } from '../../../src/main/engine/crm/records/addresses.ts'
import { createRecord } from '../../../src/main/engine/crm/records/create.ts'
import { beginDoing, UNGUARDED, type Doing } from '../../../src/main/engine/crm/records/doing.ts'
import { removeRecords } from '../../../src/main/engine/crm/records/remove.ts'
import { updateRecords } from '../../../src/main/engine/crm/records/update.ts'
import { DomainError } from '../../../src/main/engine/lib/domain-error.ts'
import { applyOp, type Op, type OpRow, type Scalar } from '../../../src/main/engine/store/ops.ts'
import { Store } from '../../../src/main/engine/store/store.ts'
import { companyOfDomain, seeContact } from '../../../src/main/engine/store/tables/contacts.ts'
import { runUndo } from '../../../src/main/engine/store/undo.ts'
import { seeded, type Random } from '../../support/random.ts'

/**
 * Random histories of people's edits, merges and their undoing, and of mail, on two machines that tell each other now and
 * then. Whoever plays the ops again, in whatever order and however mail comes in between, has the same records.
 */

const HISTORIES = 1000
const SEED = Number(process.env['HISTORY_SEED'] ?? 20261122)

const ADDRESSES = ['ann@acme.test', 'a.nn@acme.test', 'ben@wool.test', 'ben@gmail.com', 'b.en@gmail.com']
const NAMES = ['', 'Ann', 'Ben B.']
const PROPERTIES = ['f0f0f0f0-0000-4000-8000-00000000aaaa', 'f0f0f0f0-0000-4000-8000-00000000bbbb']
const KEYS: Record<MergeableType, readonly string[]> = {
  contact: [
    'first_name',
    'job_title',
    'notes',
    'lifecycle_stage',
    'company',
    'phone',
    'email',
    ...PROPERTIES,
  ],
  company: ['name', 'city', 'notes', 'industry', 'domain'],
}

/** What every machine sees in the same order, although not at the same time. */
type Mail = { address: string; name: string; at: number }

type Machine = { store: Store; undos: string[]; read: number; mails: number }

let dir: string
let machines: [Machine, Machine]
let fresh: Store
let now = 1_700_000_000_000
const open = (name: string): Store =>
  new Store({ dataDir: join(dir, name), log: pino({ level: 'silent' }), clock: { now: () => (now += 1) } })

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-histories-'))
  const machine = (store: Store): Machine => ({ store, undos: [], read: 0, mails: 0 })
  machines = [machine(open('a')), machine(open('b'))]
  fresh = open('c')
})
afterAll(() => {
  for (const store of [...machines.map((machine) => machine.store), fresh]) store.close()
  rmSync(dir, { recursive: true, force: true })
})

const TABLES = [
  'contacts',
  'companies',
  'contact_phones',
  'property_values',
  'duplicate_dismissals',
  'properties',
  'field_clocks',
]

function empty(store: Store): void {
  store.write(({ db }) => {
    for (const table of [...TABLES, 'undo_steps', 'undos', 'ops']) db.run(`DELETE FROM ${table}`)
  })
}

const rowsOf = (store: Store, tables: readonly string[]): Record<string, unknown[]> =>
  Object.fromEntries(
    tables.map((table) => [table, store.read.all(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)]),
  )

/** What people see of the records: a value that was taken back is none. */
function seen(store: Store): string {
  const rows = rowsOf(store, ['contacts', 'companies', 'property_values'])
  rows['property_values'] = rows['property_values']!.filter(
    (row) => (row as { value: Scalar }).value !== null,
  )
  return JSON.stringify(rows)
}

function receive(store: Store, { address, name, at }: Mail): void {
  store.write((write) =>
    seeContact(write.db, {
      address,
      name,
      at,
      messages: 1,
      companyOf() {
        const company = companyOfAddress(address)
        return company && companyOfDomain(write.db, company.domain, company.name, at)
      },
    }),
  )
}

const opOf = (row: OpRow): Op => {
  const change = JSON.parse(row.change) as Record<string, Scalar>
  return { entity: row.entity, id: row.entity_id, kind: row.kind, values: change } as Op
}
const opsSince = (store: Store, seq: number): OpRow[] =>
  store.read.all<OpRow>('SELECT * FROM ops WHERE seq > ? ORDER BY seq', [seq])

/** One machine hears what the other one did since. */
function hear(machine: Machine, from: Machine): void {
  const rows = opsSince(from.store, machine.read)
  if (rows.length === 0) return
  machine.store.write((write) => {
    for (const row of rows) {
      machine.store.hlc.observe(row.hlc)
      applyOp(write, row.hlc, opOf(row))
    }
  })
  machine.read = rows.at(-1)!.seq
}

const idsOf = (store: Store, type: MergeableType): string[] =>
  store.read.all<{ id: string }>(`SELECT id FROM ${MERGEABLE[type]} ORDER BY id`).map((row) => row.id)

/** One thing that somebody does on a machine; what cannot be done now is refused, and changes nothing. */
function step(random: Random, machine: Machine, mails: Mail[]): void {
  const { store, undos } = machine
  const type: MergeableType = random.chance(0.75) ? 'contact' : 'company'
  const ids = idsOf(store, type)
  const command = (work: (doing: Doing) => void): void => {
    const id = store.write((write) => {
      const doing = beginDoing(write, store, 'ada', UNGUARDED)
      work(doing)
      return doing.undo.id()
    })
    if (id !== null) undos.push(id)
  }
  const what = random.next()
  if (what < 0.15) {
    mails.push({ address: random.pick(ADDRESSES), name: '', at: mails.length + 1 })
    // One name for each address: which of two names is seen first is for the mail to say.
    mails.at(-1)!.name = NAMES[ADDRESSES.indexOf(mails.at(-1)!.address) % NAMES.length]!
  } else if (what < 0.3) {
    const pending = mails[machine.mails]
    if (pending) {
      receive(store, pending)
      machine.mails += 1
    }
  } else if (what < 0.4) command((doing) => void create(random, doing))
  else if (ids.length === 0) return
  else if (what < 0.52) {
    const key = random.pick(KEYS[type])
    const chosen = random.chance(0.3) ? ids : [random.pick(ids)]
    command((doing) => updateRecords(doing, type, chosen, { [key]: random.pick(['', 'lead', 'other']) }))
  } else if (what < 0.55) command((doing) => removeRecords(doing, type, [random.pick(ids)]))
  else if (what < 0.62 && type === 'contact') {
    command((doing) => {
      const record = mustBeContact(doing, random.pick(ids))
      const address = random.pick(ADDRESSES)
      if (random.chance(0.6)) addAddress(doing, record, address)
      else removeAddress(doing, record, address)
    })
  } else if (what < 0.8) {
    const [keep, other] = [random.pick(ids), random.pick(ids)]
    const fields = keep === other ? [] : mergeFields(store.read, type, keep, other)
    const take = fields.filter(() => random.chance(0.5)).map((field) => field.key)
    const before = random.chance(0.4) ? seen(store) : null
    const undo = mergeRecords(store, 'ada', type, { keep, other, take })
    if (before === null) undos.push(undo)
    else {
      expect(undoAs(store, undo)).toEqual({ skipped: 0 })
      expect(seen(store)).toBe(before)
    }
  } else if (what < 0.88) unmergeRecord(store, 'ada', type, random.pick(ids))
  else if (what < 0.97) {
    if (undos.length > 0) undoAs(store, random.pick(undos))
  } else dismissDuplicate(store, 'ada', type, random.pick(ids), random.pick(ids))
}

/** Both merge at once, each into the other one's. */
function cross(random: Random, a: Machine, b: Machine): void {
  const type: MergeableType = random.chance(0.75) ? 'contact' : 'company'
  const both = idsOf(a.store, type).filter((id) => idsOf(b.store, type).includes(id))
  if (both.length < 2) return
  const [one, other] = [random.pick(both), random.pick(both)]
  for (const [machine, keep, goes] of [
    [a, one, other],
    [b, other, one],
  ] as const) {
    try {
      machine.undos.push(mergeRecords(machine.store, 'ada', type, { keep, other: goes, take: [] }))
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
    }
  }
}

const undoAs = (store: Store, id: string) => runUndo(store, { id: 'ada', seesToOthers: false }, id, () => {})

function create(random: Random, doing: Doing): string {
  if (random.chance(0.3)) {
    const domain = random.pick(['acme.test', 'wool.test', 'zinc.test', ''])
    return createRecord(doing, 'company', { name: random.pick(['Acme', 'Wool']), domain })
  }
  return createRecord(doing, 'contact', {
    email: random.pick([...ADDRESSES, '']),
    first_name: random.pick(['Ann', 'Ben']),
    phone: random.pick(['+390612345678', '']),
  })
}

/** Plays every op and every mail into an empty store: mail in its own order, ops in theirs or, shuffled, in any. */
function play(
  random: Random,
  store: Store,
  rows: readonly OpRow[],
  mails: readonly Mail[],
  shuffled: boolean,
): void {
  empty(store)
  const events: (OpRow | 'mail')[] = [...rows, ...mails.map(() => 'mail' as const)]
  if (shuffled) {
    for (let i = events.length - 1; i > 0; i -= 1) {
      const j = random.int(0, i)
      ;[events[i], events[j]] = [events[j]!, events[i]!]
    }
  }
  const pending = mails.values()
  for (const event of events) {
    if (event === 'mail') receive(store, pending.next().value!)
    else store.write((write) => applyOp(write, event.hlc, opOf(event)))
  }
}

test(`${HISTORIES} histories, played again in any order, give equal records`, () => {
  for (let history = 0; history < HISTORIES; history += 1) {
    const seed = SEED + history
    const random = seeded(seed)
    const mails: Mail[] = []
    for (const machine of machines) {
      empty(machine.store)
      Object.assign(machine, { undos: [], read: 0, mails: 0 })
    }
    const [a, b] = machines
    try {
      const length = random.int(5, 30)
      for (let i = 0; i < length; i += 1) {
        const machine = random.pick(machines)
        if (random.chance(0.1)) cross(random, a, b)
        if (random.chance(0.1)) hear(machine, machine === a ? b : a)
        try {
          step(random, machine, mails)
        } catch (error) {
          if (!(error instanceof DomainError)) throw error
        }
      }
      const own = machines.map(({ store }) => opsSince(store, 0))
      hear(a, b)
      hear(b, a)
      for (const machine of machines)
        for (; machine.mails < mails.length; machine.mails += 1) receive(machine.store, mails[machine.mails]!)
      const expected = rowsOf(a.store, TABLES)
      expect(rowsOf(b.store, TABLES)).toEqual(expected)
      const all = own.flat().sort((x, y) => (x.hlc < y.hlc ? -1 : 1))
      play(random, fresh, all, mails, false)
      expect(rowsOf(fresh, TABLES)).toEqual(expected)
      play(random, fresh, all, mails, true)
      expect(rowsOf(fresh, TABLES)).toEqual(expected)
    } catch (error) {
      throw new Error(`The history of seed ${seed} fails. Run it alone with HISTORY_SEED=${seed}.`, {
        cause: error,
      })
    }
  }
}, 600_000)
