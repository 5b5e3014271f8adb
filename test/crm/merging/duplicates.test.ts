import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dismissDuplicate, findDuplicates } from '../../../src/main/engine/crm/merging/duplicates.ts'
import { companyOfAddress } from '../../../src/main/engine/crm/company-domain.ts'
import { appendOp, type Op } from '../../../src/main/engine/store/ops.ts'
import { Store } from '../../../src/main/engine/store/store.ts'
import { companyOfDomain, contactIdOf, seeContact } from '../../../src/main/engine/store/tables/contacts.ts'
import { addressKey } from '../../../src/main/engine/lib/address-key.ts'
import { cpuTime } from '../../support/cpu-time.ts'

let dir: string
let store: Store

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'anteroom-duplicates-'))
  store = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: { now: () => 1_700_000_000_000 } })
})
afterEach(() => {
  store.close()
  rmSync(dir, { recursive: true, force: true })
})

const op = (op: Op) => store.write((write) => appendOp(write, store.hlc, 'ada', op))

/** Somebody who wrote to us. @returns their id */
const person = (address: string, name: string): string => {
  store.write((write) =>
    seeContact(write.db, {
      address,
      name,
      at: 1,
      messages: 1,
      companyOf() {
        const company = companyOfAddress(address)
        return company && companyOfDomain(write.db, company.domain, company.name, 1)
      },
    }),
  )
  return contactIdOf(address)
}
const phone = (contactId: string, number: string) =>
  op({
    entity: 'contact_phone',
    id: `${contactId}-${number}`,
    kind: 'create',
    values: { contact_id: contactId, number, label: '', position: 0 },
  })
const company = (id: string, name: string, domain: string | null = null): string => {
  op({ entity: 'company', id, kind: 'create', values: { name, domain, created_at: 1 } })
  return id
}
const mergeInto = (entity: 'contact' | 'company', id: string, into: string | null) =>
  op({ entity, id, kind: 'set', values: { merged_into: into } })

const contacts = (limit = 50) => findDuplicates(store.read, 'contact', limit)
const companies = (limit = 50) => findDuplicates(store.read, 'company', limit)
const pair = (a: string, b: string) => ({ a: a < b ? a : b, b: a < b ? b : a })

describe('contacts', () => {
  test('spellings of one mailbox, where the provider ignores what differs', () => {
    const dots = person('anna.rossi@gmail.com', 'Anna')
    const tag = person('annarossi+shop@googlemail.com', '')
    const plain = person('ben@outlook.com', 'Ben')
    const tagged = person('ben+news@outlook.com', '')
    person('b.en@outlook.com', 'Other')
    person('carl.a@acme.test', 'X')
    person('carla+x@acme.test', 'Y')
    expect(contacts()).toEqual([
      {
        ...pair(dots, tag),
        reason: expect.stringMatching(/anna\.rossi@gmail\.com.* one mailbox: its provider ignores/) as string,
      },
      { ...pair(plain, tagged), reason: expect.stringContaining('ben+news@outlook.com') as string },
    ])
  })

  test('the same name with the same phone; a switchboard alone is no sign', () => {
    const a = person('jose@one.test', 'José  García')
    const b = person('jg@two.test', 'jose garcia')
    const c = person('front@one.test', 'Front Desk')
    for (const id of [a, b, c]) phone(id, '+390612345678')
    expect(contacts()).toEqual([
      { ...pair(a, b), reason: 'Same name and the same phone number, +390612345678' },
    ])
    op({ entity: 'contact_phone', id: `${b}-+390612345678`, kind: 'set', values: { removed_at: 1 } })
    expect(contacts()).toEqual([])
  })

  test('the same name with the same company domain; without a name there is no sign', () => {
    const a = person('dana@acme.test', 'Dana Fox')
    const b = person('d.fox@acme.test', 'dana fox')
    person('dana@other.test', 'Dana Fox')
    person('info@acme.test', '')
    person('sales@acme.test', '')
    expect(contacts()).toEqual([
      { ...pair(a, b), reason: 'Same name and the same company domain, acme.test' },
    ])
  })

  test('what was merged is a duplicate no more, and is one again when it is taken out', () => {
    const a = person('dana@acme.test', 'Dana Fox')
    const b = person('d.fox@acme.test', 'Dana Fox')
    mergeInto('contact', a, b)
    expect(contacts()).toEqual([])
    mergeInto('contact', a, null)
    expect(contacts()).toHaveLength(1)
  })

  test('what was dismissed stays dismissed, also for what is merged into either', () => {
    const [a, b, c] = ['x@acme.test', 'y@acme.test', 'z@acme.test'].map((at) => person(at, 'Dana Fox')) as [
      string,
      string,
      string,
    ]
    expect(contacts()).toHaveLength(2)
    dismissDuplicate(store, 'ada', 'contact', a, b)
    const left = contacts().map(({ a, b }) => ({ a, b }))
    expect(left).toHaveLength(2)
    expect(left).not.toContainEqual(pair(a, b))
    mergeInto('contact', c, a)
    expect(contacts()).toEqual([])
    dismissDuplicate(store, 'ada', 'contact', b, a)
    expect(() => dismissDuplicate(store, 'ada', 'contact', a, c)).toThrow(/one record already/)
    expect(() => dismissDuplicate(store, 'ada', 'contact', a, contactIdOf('no@body.test'))).toThrow(
      /does not exist/,
    )
  })
})

describe('companies', () => {
  test('the same name, and domains under one that somebody registered', () => {
    const a = company('a', 'Acme', 'acme.co.uk')
    const b = company('b', 'Acme Shop', 'shop.acme.co.uk')
    company('c', 'Cobalt', 'cobalt.co.uk')
    const d = company('d', 'Wool & Sons', 'wool.test')
    const e = company('e', 'WOOL & SONS')
    const f = company('f', 'Mail', 'mail.zinc.test')
    const g = company('g', 'Web', 'www.zinc.test')
    expect(companies()).toEqual([
      { ...pair(f, g), reason: 'mail.zinc.test and www.zinc.test are both under zinc.test' },
      { ...pair(a, b), reason: 'acme.co.uk and shop.acme.co.uk are both under acme.co.uk' },
      { ...pair(d, e), reason: expect.stringMatching(/^Same name, wool & sons$/i) as string },
    ])
  })

  test('one domain at two companies', () => {
    company('a', 'One', 'acme.test')
    company('b', 'Two', 'acme.test')
    expect(companies()).toEqual([{ a: 'a', b: 'b', reason: 'Same domain, acme.test' }])
  })
})

test('the key of an address in the index is the one that addresses are compared by', () => {
  const local = fc.string({ unit: fc.constantFrom('a', 'b', '.', '+', '-'), minLength: 1, maxLength: 8 })
  const domain = fc.constantFrom('gmail.com', 'googlemail.com', 'outlook.com', 'proton.me', 'acme.test')
  let serial = 0
  fc.assert(
    fc.property(local, domain, (name, at) => {
      const address = `a${name}@${at}`
      serial += 1
      const key = store.write(({ db }) => {
        db.run(
          'INSERT INTO contacts (id, address, name, first_seen_at, last_seen_at, message_count) VALUES (?, ?, ?, 0, 0, 0)',
          [`c${serial}`, `${address}`, ''],
        )
        const row = db.get<{ address_key: string | null }>('SELECT address_key FROM contacts WHERE id = ?', [
          `c${serial}`,
        ])
        db.run('DELETE FROM contacts WHERE id = ?', [`c${serial}`])
        return row!.address_key
      })
      expect(key).toBe(at === 'acme.test' ? null : addressKey(address))
    }),
  )
})

test('among 100,000 contacts suggestions take no longer than a screen may', () => {
  store.write(({ db }) => {
    db.run(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
       INSERT INTO companies (id, name, domain, created_at) SELECT 'company' || i, 'C' || i, 'c' || i || '.test', 1 FROM n`,
    )
    // A few hundred pairs of each kind, and a thousand people at one company who are called the same.
    db.run(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
       INSERT INTO contacts (id, address, name, company_id, first_seen_at, last_seen_at, message_count, record_id)
       SELECT 'contact' || i,
         iif(i % 3 = 0, substr('first.last', 1, 5 + 5 * (i % 2)) || (i / 500) || '+' || i || '@gmail.com', 'p' || i || '@c.test'),
         iif(i < 1000, 'Everybody', 'Person ' || (i - (i % 500 = 1))), 'company' || iif(i < 1000, 0, i / 2 % 2000), 1, 1, 1,
         'contact' || i FROM n`,
    )
    db.run(
      `INSERT INTO contact_phones (id, contact_id, number)
       SELECT id, id, '+39061234' || abs(random() % 40000) FROM contacts LIMIT 50000`,
    )
  })
  const start = cpuTime()
  const found = contacts(200)
  const took = cpuTime() - start
  expect(found).toHaveLength(200)
  // A tenth of it when nothing else runs here.
  expect(took, `${Math.round(took)} ms`).toBeLessThan(1_000)
})
