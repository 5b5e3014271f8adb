import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import BetterSqlite3 from 'better-sqlite3'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImportView } from '../../../src/contract/importing.ts'
import type { RecordType } from '../../../src/contract/records.ts'
import { Imports } from '../../../src/main/engine/crm/importing/imports.ts'
import {
  contactsNamed,
  contactsWithPhone,
  dealsNamed,
} from '../../../src/main/engine/store/queries/import-matches.ts'
import type { ReadableDb } from '../../../src/main/engine/store/statements.ts'
import {
  importById,
  lastImportUndo,
  rowOfKey,
  verdictsOf,
} from '../../../src/main/engine/store/tables/imports.ts'
import type { TestClient } from '../../support/engine.ts'
import { until } from '../../support/ports.ts'
import { makeWorkspace, type Workspace } from '../../support/workspace.ts'

let ws: Workspace
let client: TestClient
let ada: string
beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada', 'super_admin')
  client = await ws.as(ada)
})
afterEach(() => ws.stop())

/** Sends a file as the interface does. */
async function send(recordType: RecordType, name: string, text: string | Uint8Array): Promise<Response> {
  const { url } = await client.imports.uploadUrl({ recordType, fileName: name })
  return ws.fetch(url, { method: 'POST', body: typeof text === 'string' ? text : Buffer.from(text) })
}
async function upload(
  recordType: RecordType,
  text: string | Uint8Array,
  name = 'people.csv',
): Promise<ImportView> {
  const response = await send(recordType, name, text)
  if (response.status !== 201) throw new Error(await response.text())
  return (await response.json()) as ImportView
}
const reaches = (id: ImportView['id'], ...states: ImportView['state'][]): Promise<ImportView> =>
  until('the import is ' + states.join(' or '), async () => {
    const view = await client.imports.get({ id })
    return states.includes(view.state) ? view : null
  })
/** The dry run with what was proposed. */
async function check(
  view: ImportView,
  existing: ImportView['existing'] = 'fill_empty',
  mapping = view.columns.map(({ proposed }) => proposed),
): Promise<ImportView> {
  await client.imports.check({ id: view.id, mapping, existing })
  return reaches(view.id, 'checked', 'failed')
}
async function run(view: ImportView): Promise<ImportView> {
  await client.imports.run({ id: view.id })
  return reaches(view.id, 'done', 'stopped')
}
const verdicts = async ({ id }: ImportView) =>
  (await client.imports.rows({ id })).map(({ row, verdict, text }) => [row, verdict, text] as const)
async function list(type: RecordType, query = '') {
  const { rows } = await client.records.list({
    type,
    settings: { columns: [], filters: [], sort: { key: 'name', descending: false } },
    query,
  })
  return rows
}
const named = async (type: RecordType, name: string) => {
  const row = (await list(type)).find((each) => each.name === name)
  if (!row) throw new Error(`no ${type} is called ${name}`)
  return client.records.get(row.ref)
}

const PEOPLE = `First name,Last name,Email,Other email,Mobile,Company,Job title,Lifecycle stage
Grace,Hopper,grace@navy.test,,+1 202 555 0143,US Navy,Rear admiral,customer
Alan,Turing,alan@bletchley.test,turing@home.test,,GC&CS,,lead
,,no-address,,,,,
Grace,Again,GRACE@navy.test,,,,,
Edsger,Dijkstra,edsger@thu.test,,,THE,Professor,vip
`

describe('contacts', () => {
  test('a dry run says what each row would do, and does nothing', async () => {
    const view = await upload('contact', PEOPLE)
    expect(view).toMatchObject({
      state: 'uploaded',
      rows: 5,
      format: 'csv',
      encoding: 'utf-8',
      delimiter: ',',
    })
    expect(view.columns.map(({ proposed }) => proposed)).toEqual([
      ...['first_name', 'last_name', 'email', 'email', 'phone', 'company', 'job_title', 'lifecycle_stage'],
    ])
    const checked = await check(view)
    expect(checked.counts).toEqual({ create: 3, update: 0, same: 0, refused: 2, noted: 1 })
    expect(await verdicts(view)).toEqual([
      [1, 'create', 'New contact. The company “US Navy” is new too.'],
      [2, 'create', 'New contact. The company “GC&CS” is new too.'],
      [3, 'refused', '“no-address” is no email address.'],
      [4, 'refused', 'grace@navy.test is in row 1 already; only the first one counts.'],
      [
        5,
        'create',
        expect.stringMatching(/^New contact\. .* Left out: “vip” is none of the choices/) as string,
      ],
    ])
    expect((await client.imports.rows({ id: view.id, verdict: 'refused' })).map(({ row }) => row)).toEqual([
      3, 4,
    ])
    expect((await client.imports.rows({ id: view.id, noted: true })).map(({ row }) => row)).toEqual([5])
    expect(await list('contact')).toEqual([])
  })

  test('an import makes them whole: addresses, phone, company, values', async () => {
    const done = await run(await check(await upload('contact', PEOPLE)))
    expect(done).toMatchObject({ state: 'done', done: 5, counts: { create: 3, refused: 2 } })
    const grace = await named('contact', 'Grace Hopper')
    expect(grace.values).toMatchObject({
      email: 'grace@navy.test',
      job_title: 'Rear admiral',
      lifecycle_stage: 'customer',
    })
    expect(grace.phones).toMatchObject([{ number: '+12025550143', label: 'mobile' }])
    expect((await named('contact', 'Alan Turing')).addresses.map(({ address }) => address)).toEqual([
      ...['alan@bletchley.test', 'turing@home.test'],
    ])
    expect((await list('company')).map(({ name }) => name)).toEqual(['GC&CS', 'THE', 'US Navy'])
    // Nothing is left of the file.
    expect(readdirSync(join(ws.dataDir, 'imports'))).toEqual([])
  })

  test('taking it back leaves nothing of it; once more, and everybody is back', async () => {
    const first = await run(await check(await upload('contact', PEOPLE)))
    expect(await client.imports.undo({ id: first.id })).toMatchObject({ skipped: 0 })
    expect(await reaches(first.id, 'undone')).toMatchObject({ skipped: 0 })
    expect([await list('contact'), await list('company')]).toEqual([[], []])
    const second = await run(await check(await upload('contact', PEOPLE)))
    expect(second.counts.create).toBe(3)
    expect(await list('contact')).toHaveLength(3)
    expect((await named('contact', 'Alan Turing')).addresses).toHaveLength(2)
    await expect(client.imports.undo({ id: first.id })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('the same file again changes nothing', async () => {
    await run(await check(await upload('contact', PEOPLE)))
    const again = await check(await upload('contact', PEOPLE))
    expect(again.counts).toMatchObject({ create: 0, update: 0, same: 3 })
  })

  test('what is here: filled in, replaced, or left alone', async () => {
    await client.records.create({
      type: 'contact',
      values: { email: 'grace@navy.test', first_name: 'Amazing', job_title: '' },
    })
    const text = 'Email,First name,Job title,Phone\ngrace@navy.test,Grace,Admiral,+12025550143\n'
    const fill = await check(await upload('contact', text))
    expect(await verdicts(fill)).toEqual([
      [1, 'update', 'grace@navy.test is a contact already. Changes: Job title, Phone.'],
    ])
    expect(await verdicts(await check(await upload('contact', text), 'skip'))).toEqual([
      [1, 'same', 'grace@navy.test is a contact already, and is left as it is.'],
    ])
    const update = await run(await check(await upload('contact', text), 'update'))
    expect(update.counts.update).toBe(1)
    expect((await named('contact', 'Grace')).values).toMatchObject({
      job_title: 'Admiral',
      first_name: 'Grace',
    })
    // Somebody changes the title since: that stays, the rest goes back.
    const { ref } = await named('contact', 'Grace')
    await client.records.update({ type: 'contact', ids: [ref.id], values: { job_title: 'Commodore' } })
    expect(await client.imports.undo({ id: update.id })).toMatchObject({ skipped: 1 })
    const now = await named('contact', 'Amazing')
    expect([now.values['job_title'], now.phones]).toEqual(['Commodore', []])
  })

  test('one without an address is found by number or name; two that fit are neither', async () => {
    await client.records.create({ type: 'contact', values: { first_name: 'Ann', phone: '+12025550143' } })
    await client.records.create({ type: 'contact', values: { first_name: 'Bob' } })
    await client.records.create({ type: 'contact', values: { first_name: 'Bob' } })
    await client.records.create({ type: 'contact', values: { first_name: 'Cid' } })
    const view = await check(
      await upload('contact', 'Name,Phone,Job title\nAnn Other,+1 202-555-0143,Boss\nBob,,Boss\nCid,,Boss\n'),
    )
    expect(await verdicts(view)).toEqual([
      [1, 'update', '+1 202-555-0143 is a contact already. Changes: Last name, Job title.'],
      [2, 'refused', 'Several contacts are called Bob; which one is meant cannot be known.'],
      [3, 'update', 'Cid is a contact already. Changes: Job title.'],
    ])
  })

  test('a row with the addresses of two contacts is refused, a new address of one is added', async () => {
    await client.records.create({ type: 'contact', values: { email: 'a@acme.test' } })
    await client.records.create({ type: 'contact', values: { email: 'b@acme.test' } })
    const view = await check(
      await upload('contact', 'Email,Email 2\na@acme.test,b@acme.test\nb@acme.test,new@acme.test\n'),
    )
    expect((await verdicts(view)).map(([, verdict, text]) => [verdict, text])).toEqual([
      [
        'refused',
        'a@acme.test and b@acme.test are the addresses of different contacts. Merge them first, or divide the row.',
      ],
      ['update', 'b@acme.test is a contact already. Changes: Address (new@acme.test).'],
    ])
    const done = await run(view)
    const [b] = await list('contact', 'b')
    expect((await client.records.get(b!.ref)).addresses).toHaveLength(2)
    await client.imports.undo({ id: done.id })
    expect((await client.records.get(b!.ref)).addresses).toHaveLength(1)
  })

  test("a company's own property, an owner, consent", async () => {
    const { id } = await client.records.addProperty({
      type: 'contact',
      name: 'Shoe size',
      valueType: 'number',
      options: [],
    })
    const view = await upload(
      'contact',
      'Email,Shoe size,Owner,Consent\na@acme.test,"42,5",ada@acme.test,granted\n',
    )
    expect(view.columns.map(({ proposed }) => proposed)).toEqual(['email', id, 'owner_id', 'consent'])
    await run(await check(view))
    const [row] = await list('contact')
    expect((await client.records.get(row!.ref)).values).toMatchObject({
      [id]: 42.5,
      owner_id: ada,
      consent: 'granted',
    })
  })

  test('from a vCard', async () => {
    const view = await upload(
      'contact',
      'BEGIN:VCARD\nVERSION:2.1\nN:Hopper;Grace\nEMAIL;PREF:grace@navy.test\nEMAIL:hopper@home.test\nTEL;CELL:+12025550143\nORG:US Navy\nEND:VCARD\n',
      'grace.vcf',
    )
    expect(view.format).toBe('vcard')
    await run(await check(view))
    const grace = await named('contact', 'Grace Hopper')
    expect([grace.addresses.length, grace.phones[0]?.label]).toEqual([2, 'mobile'])
  })
})

test('companies: by domain, else by name', async () => {
  await client.records.create({ type: 'company', values: { name: 'Acme', domain: 'acme.test' } })
  const view = await check(
    await upload(
      'company',
      'Name,Domain,City,Phone\nACME Inc,www.acme.test,Rome,\nacme,,,"+39 06 1234567"\nAcme,acme.example,Oslo,\nNew,nope nope,,\n',
    ),
    'fill_empty',
  )
  expect((await verdicts(view)).map(([, verdict, text]) => [verdict, text])).toEqual([
    ['update', 'acme.test is a company already. Changes: City.'],
    ['update', 'Acme is a company already. Changes: Phone.'],
    ['create', 'New company.'],
    ['create', expect.stringMatching(/^New company\. Left out: Domain: "nope nope" is no domain/) as string],
  ])
  const done = await run(view)
  expect((await list('company')).map(({ name }) => name).sort()).toEqual(['Acme', 'Acme', 'New'])
  await client.imports.undo({ id: done.id })
  expect(await list('company')).toHaveLength(1)
})

test('deals: stages, amounts, days, companies', async () => {
  const view = await check(
    await upload(
      'deal',
      'Deal name;Amount;Stage;Close date;Company\nBig one;1.234,50 €;Proposal;21/11/2026;Acme\nSmall one;¥500;Sales / Won;03/12/2026;\nBad one;much;Nowhere;soon;\n;1;;;\n',
    ),
  )
  expect(view.counts).toEqual({ create: 3, update: 0, same: 0, refused: 1, noted: 1 })
  await run(view)
  const big = await named('deal', 'Big one')
  expect(big.values).toMatchObject({ amount: 123450, currency: 'EUR', close_date: '2026-11-21' })
  expect(big.names).toMatchObject({ company: 'Acme' })
  expect((await named('deal', 'Small one')).values).toMatchObject({
    amount: 500,
    currency: 'JPY',
    close_date: '2026-12-03',
  })
  const again = await check(await upload('deal', 'Deal name;Company\nBig one;Acme\nBig one;Other\n'))
  expect(again.counts).toMatchObject({ same: 1, create: 1 })
})

describe('bad files', () => {
  test.each<[string, RecordType, string | Uint8Array, number, RegExp]>([
    ['empty', 'contact', '', 422, /is empty/],
    ['binary', 'contact', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 422, /holds no text/],
    ['a vCard for companies', 'company', 'BEGIN:VCARD\nFN:x\nEND:VCARD\n', 422, /Import it as contacts/],
  ])('%s', async (_, type, text, status, words) => {
    const response = await send(type, 'x.csv', text)
    expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(words) as string])
    expect(await client.imports.list({})).toEqual([])
    expect(readdirSync(join(ws.dataDir, 'imports'))).toEqual([])
  })

  test('over 200 MB, said before or found out', async () => {
    const { url } = await client.imports.uploadUrl({ recordType: 'contact', fileName: 'big.csv' })
    const said = await ws.fetch(url, {
      method: 'POST',
      body: 'x',
      headers: { 'content-length': String(201 * 1024 * 1024) },
    })
    expect([said.status, await said.text()]).toEqual([413, expect.stringMatching(/over 200 MB/) as string])
    let left = 210
    const piece = new Uint8Array(1024 * 1024).fill(0x61)
    const body = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(piece) : controller.close()),
    })
    const found = await ws.fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(found.status).toBe(413)
    expect(readdirSync(join(ws.dataDir, 'imports'))).toEqual([])
  })

  test('a mapping that cannot be is refused', async () => {
    const { id } = await upload('contact', 'Email,Name\na@b.test,Ann\n')
    const bad = (mapping: (string | null)[]) => client.imports.check({ id, mapping })
    await expect(bad(['email'])).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(bad(['nonsense', null])).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(bad(['first_name', 'first_name'])).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(bad([null, null])).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(bad(['created_at', null])).rejects.toMatchObject({ code: 'BAD_INPUT' })
    await expect(client.imports.run({ id })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('tickets are not imported, and only contacts are exported as vCard', async () => {
    await expect(client.imports.uploadUrl({ recordType: 'ticket', fileName: 'x' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    await expect(client.imports.exportUrl({ type: 'deal', format: 'vcard' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
  })
})

test('what is thrown away leaves no file; what is at work cannot be', async () => {
  const view = await upload('contact', 'Email\na@b.test\n')
  await client.imports.discard({ id: view.id })
  await expect(client.imports.get({ id: view.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(existsSync(join(ws.dataDir, 'imports', view.id))).toBe(false)
})

test("an import is its maker's and an admin's", async () => {
  const bob = ws.user('Bob')
  const eve = ws.user('Eve')
  client = await ws.as(bob)
  const view = await upload('contact', 'Email\na@b.test\n')
  const other = await ws.as(eve)
  await expect(other.imports.get({ id: view.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await other.imports.list({})).toEqual([])
  const admin = await ws.as(ada)
  expect((await admin.imports.list({})).map(({ byId }) => byId)).toEqual([bob])
})

test('the address of an upload is its user’s and for nothing else', async () => {
  const { url } = await client.imports.uploadUrl({ recordType: 'contact', fileName: 'x.csv' })
  expect((await ws.fetch(url)).status).toBe(405)
  const parts = url.split('/')
  parts[3] = ws.user('Eve')
  expect((await ws.fetch(parts.join('/'), { method: 'POST', body: 'Email\na@b.test\n' })).status).toBe(404)
})

describe('many rows', () => {
  const many = (count: number, domain: string) =>
    `Email,First name,Last name\n${Array.from({ length: count }, (_, i) => `p${i}@${domain},P,Number ${i}`).join('\n')}\n`

  test('others get their turn between batches; an import that is stopped goes on behind its last row', async () => {
    const view = await check(await upload('contact', many(1200, 'gmail.com')))
    expect(view.counts.create).toBe(1200)
    await client.imports.run({ id: view.id })
    await until('it has begun', async () => (await client.imports.get({ id: view.id })).done > 0)
    // Reads are answered while it runs.
    await list('contact')
    expect((await client.imports.get({ id: view.id })).done).toBeLessThan(1200)
    await client.imports.stop({ id: view.id })
    const stopped = await client.imports.get({ id: view.id })
    expect(stopped.state).toBe('stopped')
    expect(stopped.done).toBeLessThan(1200)
    expect(stopped.counts.create).toBe(stopped.done)
    const done = await run(stopped)
    expect(done).toMatchObject({ state: 'done', counts: { create: 1200, refused: 0, same: 0 } })
    await client.imports.undo({ id: view.id })
    expect(await list('contact')).toEqual([])
  }, 60_000)
})

describe('an engine that is killed', () => {
  test('goes on behind the last row that is kept, and with the taking back', async () => {
    const options = {
      store: ws.store,
      log: pino({ level: 'silent' }),
      clock: ws.clock,
      dataDir: ws.dataDir,
      worker: pathToFileURL(resolve(import.meta.dirname, '../../../src/main/engine/crm/importing/worker.ts')),
      retryMs: 10,
    }
    const stateOf = (id: string) => importById(ws.store.read, id)!
    const text = `Email,First name\n${Array.from({ length: 800 }, (_, i) => `p${i}@gmail.com,P${i}`).join('\n')}\n`
    const pieces = (async function* () {
      yield Buffer.from(text)
    })()

    const first = new Imports(options)
    const id = await first.accept(ada, 'contact', 'people.csv', pieces)
    first.check(id, ['email', 'first_name'], 'update')
    await until('it is checked', () => stateOf(id).state === 'checked')
    first.run(id)
    await until('it has begun', () => stateOf(id).done > 0)
    // Closing cuts a step off between two transactions; a kill does no more, since each is there whole or not at all.
    await first.close()
    const cut = stateOf(id)
    expect([cut.state, cut.done < 800, cut.created]).toEqual(['running', true, cut.done])

    const second = new Imports(options)
    second.start()
    await until('it is done', () => stateOf(id).state === 'done')
    expect(stateOf(id)).toMatchObject({ done: 800, created: 800, updated: 0, same: 0 })

    void second.undo(ada, id)
    await until('some of it is taken back', async () => (await count()) < 800)
    await second.close()
    const third = new Imports(options)
    third.start()
    await until('all of it is taken back', () => stateOf(id).state === 'undone')
    expect([await count(), stateOf(id).skipped]).toEqual([0, 0])
    await third.close()
  }, 60_000)

  const count = async () => {
    const { count: all } = await client.records.list({
      type: 'contact',
      settings: { columns: [], filters: [], sort: { key: 'name', descending: false } },
    })
    return all
  }

  test('a file that no import has is thrown away', async () => {
    const view = await upload('contact', 'Email\na@b.test\n')
    writeFileSync(join(ws.dataDir, 'imports', 'stray'), 'x')
    const imports = new Imports({
      store: ws.store,
      log: pino({ level: 'silent' }),
      clock: ws.clock,
      dataDir: ws.dataDir,
      worker: new URL('file:///none.js'),
      retryMs: 10,
    })
    imports.start()
    expect(readdirSync(join(ws.dataDir, 'imports'))).toEqual([view.id])
    await imports.close()
  })
})

test('what is looked up for each row is looked up by an index', () => {
  const db = new BetterSqlite3(join(ws.dataDir, 'anteroom.db'), { readonly: true })
  const asked = new Set<string>()
  const watching = {
    all: (sql: string) => (asked.add(sql), []),
    get: (sql: string) => (asked.add(sql), undefined),
  } as unknown as ReadableDb
  contactsWithPhone(watching, '1')
  contactsNamed(watching, 'x')
  dealsNamed(watching, 'x', null)
  rowOfKey(watching, 'x', 'y')
  for (const verdict of ['refused', null] as const)
    verdictsOf(watching, 'x', { verdict, noted: false, after: 0, limit: 100 })
  lastImportUndo(watching, 'x')
  expect(asked.size).toBe(7)
  for (const sql of asked) {
    const marks = (sql.match(/\?/g) ?? []).length
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from({ length: marks }, () => 1)) as {
      detail: string
    }[]
    const details = plan.map(({ detail }) => detail).join('; ')
    expect(details).not.toMatch(/\bSCAN\b/)
    if (!sql.includes('DISTINCT')) expect(details).not.toMatch(/TEMP B-TREE/)
  }
  db.close()
})

describe('exports', () => {
  const fetchExport = async (input: Parameters<TestClient['imports']['exportUrl']>[0]) => {
    const { url } = await client.imports.exportUrl(input)
    const response = await ws.fetch(url)
    return { response, text: Buffer.from(await response.arrayBuffer()).toString() }
  }

  test('a whole list as CSV can be imported again', async () => {
    await run(await check(await upload('contact', PEOPLE)))
    const { response, text } = await fetchExport({ type: 'contact', format: 'csv' })
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="contacts-2025-10-01\.csv"/,
    )
    expect(text.trim().split('\r\n')).toHaveLength(4)
    expect(text).toContain('turing@home.test')
    const again = await check(await upload('contact', text))
    expect(again.counts).toEqual({ create: 0, update: 0, same: 3, refused: 0, noted: 0 })
  })

  test('some of it as vCard, in both versions', async () => {
    await run(await check(await upload('contact', PEOPLE)))
    const { ref } = await named('contact', 'Alan Turing')
    const now = await fetchExport({ type: 'contact', format: 'vcard', ids: [ref.id] })
    expect(now.text).toMatch(/^BEGIN:VCARD\r\nVERSION:4\.0\r\n/)
    expect(now.text.match(/BEGIN:VCARD/g)).toHaveLength(1)
    expect(now.text).toContain('ORG:GC&CS')
    const old = await fetchExport({ type: 'contact', format: 'vcard3' })
    expect(old.text.match(/VERSION:3\.0/g)).toHaveLength(3)
    expect((await check(await upload('contact', old.text, 'a.vcf'))).counts).toMatchObject({ same: 3 })
  })

  test('as the list is filtered, and pages beyond the first', async () => {
    const text = `Name,City\n${Array.from({ length: 1200 }, (_, i) => `Company ${i},${i % 2 ? 'Rome' : 'Oslo'}`).join('\n')}\n`
    await run(await check(await upload('company', text)))
    const all = await fetchExport({ type: 'company', format: 'csv' })
    expect(all.text.trim().split('\r\n')).toHaveLength(1201)
    const some = await fetchExport({
      type: 'company',
      format: 'csv',
      list: {
        settings: {
          columns: [],
          filters: [{ key: 'city', test: 'is', value: 'Rome' }],
          sort: { key: 'name', descending: true },
        },
      },
    })
    expect(some.text.trim().split('\r\n')).toHaveLength(601)
  }, 60_000)

  test('is for whoever asked, and not for ever', async () => {
    const { url } = await client.imports.exportUrl({ type: 'contact', format: 'csv' })
    ws.clock.at += 2 * 60 * 60_000
    expect((await ws.fetch(url)).status).toBe(404)
  })
})
