import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import pino from 'pino'
import { getDocumentProxy, extractText } from 'unpdf'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { QuoteLine } from '../../../src/contract/quotes.ts'
import type { RecordRef } from '../../../src/contract/records.ts'
import { noteQuotesSent } from '../../../src/main/engine/outbox/insertables/quotes/noting.ts'
import { applyOp, type Op, type OpRow, type Scalar } from '../../../src/main/engine/store/ops.ts'
import { Store } from '../../../src/main/engine/store/store.ts'
import type { TestClient } from '../../support/engine.ts'
import { makeWorkspace, type Workspace } from '../../support/workspace.ts'
import { cpuTime } from '../../support/cpu-time.ts'

let ws: Workspace
let ada: string
let bert: string
let client: TestClient
let contact: RecordRef
let deal: RecordRef

beforeEach(async () => {
  ws = makeWorkspace()
  ada = ws.user('Ada Agent')
  bert = ws.user('Bert')
  await ws.channel(ws.inbox('Support'), 'support@acme.test')
  client = await ws.as(ada)
  const carla = await client.records.create({
    type: 'contact',
    values: { first_name: 'Carla', last_name: 'Customer', email: 'carla@customer.test' },
  })
  contact = { type: 'contact', id: carla.id }
  const made = await client.records.create({
    type: 'deal',
    values: { name: 'Forty lamps', amount: 120_000, currency: 'PLN' },
    associate: [contact],
  })
  deal = { type: 'deal', id: made.id }
})
afterEach(() => ws.stop())

const lamp: QuoteLine = { text: 'Lamp', quantity: 40_000, price: 2_500, discount: 10_000, tax: 22_000 }
const offer = (input: object = {}) => ({
  name: 'Lamps for the hall',
  audience: 'everyone' as const,
  record: contact,
  currency: 'EUR',
  issuedOn: '2026-11-22',
  lines: [lamp],
  ...input,
})
const save = (input: object = {}) => client.quotes.save(offer(input))
const words = async (url: string) => {
  const bytes = new Uint8Array(await (await ws.fetch(url)).arrayBuffer())
  return (await extractText(await getDocumentProxy(bytes), { mergePages: true })).text
}

describe('a quote', () => {
  test('is written, comes to something, and is an entry of the library', async () => {
    const { id } = await save({ discountAmount: 1_000 })
    expect(await client.quotes.get({ id })).toMatchObject({
      number: 'Q-0001',
      state: 'draft',
      record: contact,
      recordName: 'Carla Customer',
      lines: [lamp],
      // 40 lamps at 25.00 less 10%, less 10.00, and 22% of that.
      totals: { subtotal: 90_000, net: 89_000, tax: 19_580, total: 108_580 },
    })
    expect((await client.library.list({ kind: 'quote', query: 'Q-0001' })).rows).toMatchObject([
      {
        id,
        ways: ['attachment'],
        quote: { number: 'Q-0001', state: 'draft', currency: 'EUR', total: 108_580 },
      },
    ])
  })

  test('its lines change, and that is taken back', async () => {
    const { id } = await save()
    const [first] = (await client.quotes.get({ id })).lines
    const bulb: QuoteLine = { text: 'Bulb', quantity: 1_000, price: 300, discount: 0, tax: 22_000 }
    const changed = await save({
      id,
      name: 'Lamps and bulbs',
      lines: [bulb, { ...first!, quantity: 50_000 }],
    })
    expect((await client.quotes.get({ id })).lines.map(({ text, quantity }) => [text, quantity])).toEqual([
      ['Bulb', 1_000],
      ['Lamp', 50_000],
    ])
    expect(
      await save({ id, name: 'Lamps and bulbs', lines: (await client.quotes.get({ id })).lines }),
    ).toMatchObject({ undo: null })
    await client.undo.run({ id: changed.undo! })
    expect(await client.quotes.get({ id })).toMatchObject({ name: 'Lamps for the hall', lines: [lamp] })
    const gone = await save({ id, lines: [] })
    expect((await client.quotes.get({ id })).totals.total).toBe(0)
    await client.undo.run({ id: gone.undo! })
    expect((await client.quotes.get({ id })).lines).toMatchObject([lamp])
  })

  test.each([
    [{ lines: [{ ...lamp, text: ' ' }] }, 'Line 1 says nothing'],
    [{ validUntil: '2026-11-21' }, 'end before it begins'],
    [{ currency: 'E1R' }, 'three letters'],
    [{ lines: [{ ...lamp, discount: 100_001 }] }, ''],
    [{ lines: [{ ...lamp, price: -1 }] }, ''],
    [{ record: { type: 'company', id: '01890000-0000-7000-8000-000000000000' } }, ''],
    [{ record: { type: 'deal', id: '01890000-0000-7000-8000-000000000000' } }, 'deal does not exist'],
  ])('is refused with %j', async (input, said) => {
    await expect(save(input)).rejects.toThrow(said)
    expect((await client.library.list({ kind: 'quote' })).rows).toEqual([])
  })

  test('of somebody alone is nobody else’s', async () => {
    const { id } = await save({ audience: 'me' })
    const other = await ws.as(bert)
    await expect(other.quotes.get({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(other.quotes.setState({ id, state: 'sent' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(other.quotes.duplicate({ id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { pdfUrl } = await (await ws.as(ada)).quotes.get({ id })
    expect((await ws.fetch(pdfUrl)).status).toBe(200)
    const told = await (await ws.as(bert)).activities.timeline({ record: contact, filters: ['quote'] })
    expect(told.entries).toEqual([])
  })

  test('begins with what is known', async () => {
    await save({ seller: 'Acme Ltd\nVAT 123', currency: 'CHF' })
    expect(await client.quotes.start({ record: deal })).toMatchObject({
      currency: 'PLN',
      seller: 'Acme Ltd\nVAT 123',
      recordName: 'Forty lamps',
      customer: 'Carla Customer\nCustomer',
    })
    expect(await client.quotes.start({ record: contact })).toMatchObject({ currency: 'CHF', record: contact })
    expect((await client.quotes.start({ record: contact })).customer).toMatch(/^Carla Customer/)
  })
})

describe('numbers', () => {
  test('are counted, also past those that were removed or taken back', async () => {
    const first = await save()
    await client.undo.run({ id: first.undo! })
    const second = await save()
    await client.library.remove({ ids: [second.id] })
    const third = await client.quotes.get({ id: (await save()).id })
    expect(third.number).toBe('Q-0003')
  })

  test('of a machine that the workspace was not made on have its name in them', async () => {
    await save()
    // What another machine knows when it has heard of everything but that.
    ws.store.write(({ db }) =>
      db.run(`UPDATE field_clocks SET hlc = replace(hlc, ?, 'ffffffff') WHERE entity = 'workspace'`, [
        ws.store.nodeId,
      ]),
    )
    const { number } = await client.quotes.get({ id: (await save()).id })
    expect(number).toBe(`Q-0001-${ws.store.nodeId.toUpperCase()}`)
    expect((await client.library.list({ query: number })).rows).toHaveLength(1)
  })
})

describe('to a customer', () => {
  test('it is attached as a PDF that says it all, in the customer’s language', async () => {
    const { id } = await save({
      name: 'Żółta łódź',
      language: 'pl',
      currency: 'PLN',
      seller: 'Лампа ООО',
      customer: 'Ωμέγα Α.Ε.',
      notes: 'Zażółć gęślą jaźń',
      validUntil: '2026-12-31',
    })
    const draft = await client.drafts.open({ mode: 'new' })
    const { attachments } = await client.library.insert({ id, draftId: draft.id })
    expect(attachments).toMatchObject([{ name: 'Q-0001.pdf', mimeType: 'application/pdf', inline: false }])
    const text = await words(attachments[0]!.url)
    for (const said of [
      'Oferta Q-0001',
      'Żółta łódź',
      'Лампа ООО',
      'Ωμέγα Α.Ε.',
      'Zażółć gęślą jaźń',
      '22 listopada 2026',
      '31 grudnia 2026',
      'VAT 22%',
      '1098,00',
    ])
      expect(text.replaceAll('\u00a0', ' ')).toContain(said)
    const { pdfUrl } = await client.quotes.get({ id })
    expect(await words(pdfUrl)).toBe(text)
  })

  test('what it says is text, whatever is in it', async () => {
    const hostile = '<script>alert(1)</script> {{ contact.email }} \u202e\u0000 %s [object]'
    const { id } = await save({
      name: hostile,
      seller: hostile,
      lines: [{ ...lamp, text: `${'W'.repeat(400)} ${hostile}` }],
    })
    const { pdfUrl } = await client.quotes.get({ id })
    const answer = await ws.fetch(pdfUrl)
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    const bytes = Buffer.from(await answer.arrayBuffer())
    for (const key of ['/JavaScript', '/JS', '/OpenAction', '/AA', '/Launch', '/URI'])
      expect(bytes.includes(key), key).toBe(false)
    expect(await words(pdfUrl)).toContain('<script>alert(1)</script> {{ contact.email }}')
  })

  test('nothing leaves the page, however long its words are', async () => {
    const { id } = await save({
      name: 'Ł'.repeat(200),
      seller: 'S'.repeat(80),
      customer: 'C'.repeat(90),
      lines: [{ ...lamp, text: 'W'.repeat(500), quantity: 1_000_000_000, price: 99_999_999 }],
    })
    const { pdfUrl } = await client.quotes.get({ id })
    const pdf = await getDocumentProxy(new Uint8Array(await (await ws.fetch(pdfUrl)).arrayBuffer()))
    const { items } = await (await pdf.getPage(1)).getTextContent()
    const ends = items.map((item) => ('str' in item ? Number(item.transform[4]) + item.width : 0))
    // A4 is 595 points wide.
    expect(ends.length).toBeGreaterThan(20)
    expect(Math.max(...ends)).toBeLessThan(560)
  })

  test('a hundred long lines take no longer than a moment', async () => {
    const { id } = await save({
      lines: Array.from({ length: 100 }, () => ({ ...lamp, text: 'Wxyz '.repeat(100).trim() })),
    })
    const { pdfUrl } = await client.quotes.get({ id })
    const begun = cpuTime()
    const text = await words(pdfUrl)
    expect(cpuTime() - begun).toBeLessThan(15_000)
    expect(text).toMatch(/Page \d+ of \d+/)
  })

  test('one without lines is not', async () => {
    const { id } = await save({ lines: [] })
    const draft = await client.drafts.open({ mode: 'new' })
    await expect(client.library.insert({ id, draftId: draft.id })).rejects.toThrow('offers nothing yet')
    await expect(client.quotes.setState({ id, state: 'sent' })).rejects.toThrow('offers nothing yet')
  })

  const sent = async (draftId: string) =>
    ws.store.write((write) => noteQuotesSent(write, ws.store, ada, draftId))

  test('once its mail was sent it is sent, and stays as the customer has it', async () => {
    const { id, undo } = await save({ record: deal })
    const draft = await client.drafts.open({ mode: 'new' })
    await client.library.insert({ id, draftId: draft.id })
    const changed = await save({ id, record: deal, name: 'Other lamps' })
    await sent(draft.id)
    // The file in that mail is an older one.
    expect((await client.quotes.get({ id })).state).toBe('draft')
    await client.library.insert({ id, draftId: draft.id })
    await sent(draft.id)
    expect((await client.quotes.get({ id })).state).toBe('sent')
    await expect(save({ id, record: deal, lines: [] })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(client.undo.run({ id: changed.undo! })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await client.quotes.get({ id })).name).toBe('Other lamps')
    void undo
    const again = await client.quotes.duplicate({ id })
    expect(await client.quotes.get({ id: again.id })).toMatchObject({
      number: 'Q-0002',
      state: 'draft',
      name: 'Other lamps',
      record: deal,
      lines: [lamp],
    })
  })

  test('its deal and its contact tell of it', async () => {
    const { id } = await save({ record: deal })
    const accepted = await client.quotes.setState({ id, state: 'accepted' })
    const kinds = async (record: RecordRef) =>
      (await client.activities.timeline({ record, filters: ['quote'] })).entries.map(({ kind }) => kind)
    expect(await kinds(deal)).toEqual(['quote_accepted', 'quote_draft'])
    await save()
    expect(await kinds(contact)).toEqual(['quote_draft'])
    const [entry] = (await client.activities.timeline({ record: deal, filters: ['quote'] })).entries
    expect(entry).toMatchObject({
      actorId: ada,
      title: 'Lamps for the hall',
      quote: { id, number: 'Q-0001', state: 'accepted', total: 109_800 },
    })
    await client.undo.run({ id: accepted.undo! })
    expect((await client.quotes.get({ id })).state).toBe('draft')
    await client.library.remove({ ids: [id] })
    expect(await kinds(deal)).toEqual([])
  })
})

test('what two machines did to a quote is the same on both, in whatever order it comes', async () => {
  const { id } = await save()
  const [first] = (await client.quotes.get({ id })).lines
  const bulb: QuoteLine = { text: 'Bulb', quantity: 1_000, price: 300, discount: 0, tax: 22_000 }
  await save({ id, lines: [{ ...first!, quantity: 50_000 }, bulb] })
  await save({ id, discountRate: 5_000, lines: [bulb] })
  await client.quotes.setState({ id, state: 'accepted' })
  await client.library.save({
    kind: 'meeting',
    name: 'M',
    audience: 'me',
    url: 'https://a.test',
    meeting: {},
  })
  const ops = ws.store.read
    .all<OpRow>(
      `SELECT * FROM ops WHERE entity IN ('library_item', 'quote', 'quote_line', 'library_use') ORDER BY seq`,
    )
    .map(({ hlc, entity, entity_id, kind, change }) => ({
      hlc,
      op: { entity, id: entity_id, kind, values: JSON.parse(change) as Record<string, Scalar> } as Op,
    }))
  const rows = (store: Store) =>
    ['library_items', 'quotes', 'quote_lines'].map((table) =>
      store.read.all(`SELECT * FROM ${table} ORDER BY id`),
    )
  const dir = mkdtempSync(join(tmpdir(), 'anteroom-quotes-'))
  const other = new Store({ dataDir: dir, log: pino({ level: 'silent' }), clock: ws.clock })
  try {
    fc.assert(
      fc.property(fc.shuffledSubarray(ops, { minLength: ops.length }), (shuffled) => {
        other.write((write) => {
          for (const table of ['library_items', 'quotes', 'quote_lines', 'field_clocks'])
            write.db.run(`DELETE FROM ${table}`)
          for (const { hlc, op } of shuffled) applyOp(write, hlc, op)
        })
        expect(rows(other)).toEqual(rows(ws.store))
      }),
      { numRuns: 100 },
    )
  } finally {
    other.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
