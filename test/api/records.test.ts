import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ListSettings, PropertyValues, RecordType } from '../../src/contract/records.ts'
import type { TestClient } from '../support/engine.ts'
import { makeWorkspace, type Workspace } from '../support/workspace.ts'

let ws: Workspace
let ada: TestClient
let adaId: string
beforeEach(async () => {
  ws = makeWorkspace()
  adaId = ws.user('Ada', 'super_admin')
  ada = await ws.as(adaId)
})
afterEach(() => ws.stop())

const make = async (
  type: RecordType,
  values: PropertyValues,
  associate: { type: RecordType; id: string }[] = [],
): Promise<string> => (await ada.records.create({ type, values, associate })).id

const refusal = (
  call: Promise<unknown>,
): Promise<{ code: string; message: string; data?: { id?: string; field?: string } }> =>
  call.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: { code: string; message: string; data?: { id?: string; field?: string } }) => error,
  )

const BY_NAME: ListSettings = { columns: [], filters: [], sort: { key: 'name', descending: false } }
const BY_NUMBER: ListSettings = { ...BY_NAME, sort: { key: 'number', descending: false } }
const namesOf = async (
  type: RecordType,
  settings: Partial<ListSettings> = {},
  query = '',
  client: TestClient = ada,
): Promise<string[]> => {
  const sort = type === 'ticket' ? { key: 'subject', descending: false } : BY_NAME.sort
  const { rows } = await client.records.list({ type, settings: { ...BY_NAME, sort, ...settings }, query })
  return rows.map((row) => row.name)
}

describe('contacts', () => {
  test('are made with what is known of them; name and company follow', async () => {
    const id = await make('contact', {
      email: 'Mario@Rossi.test',
      first_name: 'Mario',
      last_name: 'Rossi',
      phone: '+39 06 1234 5678',
      lifecycle_stage: 'lead',
      owner_id: adaId,
    })
    const record = await ada.records.get({ type: 'contact', id })
    expect(record).toMatchObject({
      name: 'Mario Rossi',
      values: {
        email: 'mario@rossi.test',
        lifecycle_stage: 'lead',
        consent: 'unknown',
        owner_id: adaId,
        phone: '+390612345678',
        last_seen_at: null,
        message_count: 0,
      },
      names: { company: 'Rossi', phone: '+39 06 1234 5678' },
      addresses: [{ address: 'mario@rossi.test', primary: true, bounced: null }],
      phones: [{ number: '+390612345678', shown: '+39 06 1234 5678', valid: true, label: '' }],
      merged: [],
      refusal: null,
    })
    expect(record.associations).toMatchObject([{ name: 'Rossi', detail: 'rossi.test', fixed: true }])
  })

  test('one address is one contact: the refusal names who has it', async () => {
    const id = await make('contact', { email: 'mario@rossi.test', first_name: 'Mario' })
    const error = await refusal(
      ada.records.create({ type: 'contact', values: { email: 'MARIO@rossi.test' } }),
    )
    expect(error).toMatchObject({ code: 'CONFLICT', data: { id } })
    expect(error.message).toContain('Mario')
    expect(await refusal(ada.records.create({ type: 'contact', values: { notes: 'x' } }))).toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'email' },
    })
  })

  test('one made by hand is the one that mail comes from', async () => {
    const inbox = ws.inbox('Support')
    const channel = await ws.channel(inbox, 'support@acme.test')
    const id = await make('contact', { email: 'mario@rossi.test', last_name: 'Rossi' })
    ws.mail(channel, { from: 'mario@rossi.test', name: 'super mario', minute: 7 })
    const record = await ada.records.get({ type: 'contact', id })
    expect(record.name).toBe('Rossi')
    expect(record.values).toMatchObject({
      message_count: 1,
      last_seen_at: ws.clock.at,
      first_seen_at: ws.clock.at,
    })
    await ada.records.update({ type: 'contact', ids: [id], values: { last_name: null } })
    expect((await ada.records.get({ type: 'contact', id })).name).toBe('super mario')
  })

  test('further addresses: found by them, the primary one is chosen, a mistake goes', async () => {
    const id = await make('contact', { email: 'mario@rosi.test', first_name: 'Mario' })
    // Corrected: nothing ever came from the first one.
    await ada.records.update({ type: 'contact', ids: [id], values: { email: 'mario@rossi.test' } })
    const addresses = async () =>
      (await ada.records.get({ type: 'contact', id })).addresses.map(({ address }) => address)
    expect(await addresses()).toEqual(['mario@rossi.test'])
    const { undo } = await ada.records.setAddress({ contactId: id, address: 'super@mario.test', on: true })
    expect(await addresses()).toEqual(['mario@rossi.test', 'super@mario.test'])
    expect(await namesOf('contact', {}, 'super')).toEqual(['Mario'])
    expect(await namesOf('contact')).toEqual(['Mario'])
    expect(await ada.contacts.search({ query: 'super' })).toEqual([
      { id, name: 'Mario', address: 'super@mario.test' },
    ])
    const other = await make('contact', { email: 'luigi@rossi.test' })
    expect(
      await refusal(ada.records.setAddress({ contactId: other, address: 'super@mario.test', on: true })),
    ).toMatchObject({ code: 'CONFLICT', data: { id } })
    // Mail of that address is the contact's.
    const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
    ws.mail(channel, { from: 'super@mario.test', name: 'Mr M' })
    const record = await ada.records.get({ type: 'contact', id })
    expect([record.name, record.values['message_count']]).toEqual(['Mario', 1])
    await ada.records.update({ type: 'contact', ids: [id], values: { email: 'super@mario.test' } })
    expect(await addresses()).toEqual(['super@mario.test', 'mario@rossi.test'])
    await ada.records.setAddress({ contactId: id, address: 'mario@rossi.test', on: false })
    expect(await addresses()).toEqual(['super@mario.test'])
    expect(await make('contact', { email: 'mario@rossi.test', first_name: 'New' })).not.toBe(id)
    expect(undo).not.toBeNull()
  })

  test('an added address is nobody’s once it was taken back', async () => {
    const id = await make('contact', { email: 'mario@rossi.test' })
    const { undo } = await ada.records.setAddress({ contactId: id, address: 'super@mario.test', on: true })
    await ada.undo.run({ id: undo! })
    expect((await ada.records.get({ type: 'contact', id })).addresses).toHaveLength(1)
    const other = await make('contact', { email: 'super@mario.test', first_name: 'Other' })
    expect((await ada.records.get({ type: 'contact', id: other })).name).toBe('Other')
  })

  test('phones in E.164, each once, in their order; what is no number stays as it was written', async () => {
    const id = await make('contact', { first_name: 'Mario' })
    const set = (number: string, on: boolean) =>
      ada.records.setPhone({ contactId: id, number, label: 'Work', on })
    for (const number of ['+39 (06) 1234-5678', '+390612345678', 'ask Luigi', '+1 202 555 0123'])
      await set(number, true)
    const shown = async () =>
      (await ada.records.get({ type: 'contact', id })).phones.map(({ number, valid }) => [number, valid])
    expect(await shown()).toEqual([
      ['+390612345678', true],
      ['ask Luigi', false],
      ['+12025550123', true],
    ])
    const gone = await Promise.all([set('+39 06 12345678', false), set('ask Luigi', false)])
    expect(await shown()).toEqual([['+12025550123', true]])
    for (const { undo } of gone.toReversed()) await ada.undo.run({ id: undo! })
    expect(await shown()).toHaveLength(3)
    expect(
      await namesOf('contact', { filters: [{ key: 'phone', test: 'is', value: '+39 06 12345678' }] }),
    ).toEqual(['Mario'])
  })

  test('phones without "+" are those of the workspace’s country', async () => {
    const numbers = async (number: string) => {
      const id = await make('contact', { first_name: 'Mario', phone: number })
      return (await ada.records.get({ type: 'contact', id })).phones.map((phone) => [
        phone.number,
        phone.shown,
      ])
    }
    expect(await numbers('06 1234 5678')).toEqual([['06 1234 5678', '06 1234 5678']])
    expect(await refusal(ada.records.saveSettings({ phoneCountry: 'XX' }))).toMatchObject({
      code: 'BAD_INPUT',
    })
    await ada.records.saveSettings({ phoneCountry: 'IT' })
    expect(await ada.records.settings({})).toEqual({ phoneCountry: 'IT' })
    expect(await numbers('06 1234 5678')).toEqual([['+390612345678', '06 1234 5678']])
    expect(await numbers('+1 202 555 0123 ext. 7')).toEqual([
      ['+12025550123;ext=7', '+1 202 555 0123 ext. 7'],
    ])
    const otto = await ws.as(ws.user('Otto'))
    expect(await refusal(otto.records.saveSettings({ phoneCountry: null }))).toMatchObject({
      code: 'NOT_ALLOWED',
    })
  })

  test('are removed and come back; with mail they stay', async () => {
    const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
    ws.mail(channel, { from: 'carla@customer.test', name: 'Carla' })
    const [a, b] = [
      await make('contact', { first_name: 'A', email: 'a@x.test' }),
      await make('contact', { first_name: 'B', email: 'b@x.test' }),
    ]
    const { rows } = await ada.records.list({ type: 'contact', settings: BY_NAME })
    const error = await refusal(ada.records.remove({ type: 'contact', ids: rows.map((row) => row.ref.id) }))
    expect([error.code, error.message]).toEqual(['CONFLICT', expect.stringContaining('Carla')])
    const { undo } = await ada.records.remove({ type: 'contact', ids: [a, b] })
    expect(await namesOf('contact')).toEqual(['Carla'])
    expect(await refusal(ada.records.get({ type: 'contact', id: a }))).toMatchObject({ code: 'NOT_FOUND' })
    // Made anew, it is the same one.
    expect(await make('contact', { email: 'a@x.test', first_name: 'Anna' })).toBe(a)
    await ada.undo.run({ id: undo! })
    expect(await namesOf('contact')).toEqual(['Anna', 'B', 'Carla'])
    // Whoever was removed and writes is there again.
    await ada.records.remove({ type: 'contact', ids: [b] })
    ws.mail(channel, { from: 'b@x.test', name: 'Bee' })
    expect(await namesOf('contact')).toEqual(['Anna', 'B', 'Carla'])
  })

  test('many at once, and back; what somebody changed since stays', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        make('contact', {
          first_name: `C${String(i).padStart(2, '0')}`,
          lifecycle_stage: i < 6 ? 'lead' : null,
        }),
      ),
    )
    const { undo } = await ada.records.update({
      type: 'contact',
      ids,
      values: { lifecycle_stage: 'customer', consent: 'granted' },
    })
    const stage = (value: string) => ({ filters: [{ key: 'lifecycle_stage', test: 'is' as const, value }] })
    expect(await namesOf('contact', stage('customer'))).toHaveLength(12)
    await ada.records.update({ type: 'contact', ids: [ids[0]!], values: { lifecycle_stage: 'evangelist' } })
    expect(await ada.undo.run({ id: undo! })).toMatchObject({ skipped: 1 })
    expect(await namesOf('contact', stage('lead'))).toEqual(['C01', 'C02', 'C03', 'C04', 'C05'])
    expect(
      await namesOf('contact', { filters: [{ key: 'consent', test: 'is_not', value: 'unknown' }] }),
    ).toEqual([])
    const again = await ada.records.update({ type: 'contact', ids, values: { consent: 'unknown' } })
    expect(again.undo).toBeNull()
    expect(
      await refusal(ada.records.update({ type: 'contact', ids, values: { email: 'a@b.test' } })),
    ).toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'email' },
    })
  })
})

test('values that cannot be used are refused by the name of their property', async () => {
  const property = await ada.records.addProperty({ type: 'deal', name: 'Seats', valueType: 'number' })
  const cases: [RecordType, PropertyValues, RegExp][] = [
    ['contact', { email: 'nobody' }, /Email: "nobody" is no address/],
    ['contact', { first_name: 'A', lifecycle_stage: 'friend' }, /Lifecycle stage: .*subscriber/],
    [
      'contact',
      { first_name: 'A', owner_id: '00000000-0000-4000-8000-000000000000' },
      /Owner: .*active user/,
    ],
    ['contact', { name: 'A' }, /first and last name/],
    ['contact', { first_name: 'A', message_count: 3 }, /Message count is noted by Anteroom/],
    ['contact', { shoe_size: 3 }, /no property "shoe_size"/],
    ['company', { name: 'A', domain: 'not a domain' }, /Domain: .*acme\.test/],
    ['company', { name: 'A', website: 'javascript:alert(1)' }, /Website/],
    ['company', {}, /needs a name/],
    ['deal', { name: 'A', amount: 1.5 }, /Amount: .*whole number/],
    ['deal', { name: 'A', currency: 'EURO' }, /Currency: .*EUR/],
    ['deal', { name: 'A', close_date: '2026-02-30' }, /Close date: .*2026-11-21/],
    ['deal', { name: 'A', stage: null }, /Stage/],
    ['deal', { name: 'A', [property.id]: 'many' }, /Seats: .*number/],
    ['ticket', { subject: 'A', status: null }, /Status/],
    ['ticket', {}, /needs a subject/],
  ]
  for (const [type, values, message] of cases) {
    const error = await refusal(ada.records.create({ type, values }))
    expect([error.code, error.message]).toEqual(['BAD_INPUT', expect.stringMatching(message)])
  }
  for (const type of ['contact', 'company', 'deal', 'ticket'] as const)
    expect(await namesOf(type)).toEqual([])
})

describe('companies', () => {
  test('count their contacts, and are found by every domain', async () => {
    const acme = await make('company', {
      name: 'Acme',
      domain: 'https://www.acme.example/about',
      city: 'Rome',
    })
    await make('contact', { email: 'a@acme.example' })
    await ada.records.update({ type: 'company', ids: [acme], values: { domain: 'acme.co.example' } })
    const channel = await ws.channel(ws.inbox('Support'), 'support@ours.test')
    ws.mail(channel, { from: 'b@mail.acme.example', name: 'B' })
    const record = await ada.records.get({ type: 'company', id: acme })
    expect(record.values).toMatchObject({ domain: 'acme.co.example', contact_count: 2, city: 'Rome' })
    expect(record.associations.map(({ ref, fixed }) => [ref.type, fixed])).toEqual([
      ['contact', true],
      ['contact', true],
    ])
    expect(await namesOf('company')).toEqual(['Acme'])
    expect(
      await refusal(ada.records.create({ type: 'company', values: { domain: 'acme.example' } })),
    ).toMatchObject({ code: 'CONFLICT', data: { id: acme } })
    expect(await namesOf('contact', { filters: [{ key: 'company', test: 'is', value: acme }] })).toHaveLength(
      2,
    )
  })
})

describe('deals', () => {
  test('begin in the first stage of the pipeline that is there from the start', async () => {
    const [pipeline] = await ada.records.pipelines({})
    const acme = await make('company', { name: 'Acme' })
    const id = await make('deal', { name: 'Big one', amount: 120_000, currency: 'eur', company: acme })
    const record = await ada.records.get({ type: 'deal', id })
    expect(record.values).toMatchObject({
      stage: pipeline!.stages[0]!.id,
      pipeline: pipeline!.name,
      amount: 120_000,
      currency: 'EUR',
      company: acme,
    })
    expect(record.names).toEqual({ company: 'Acme' })
    expect(await ada.records.pipelines({})).toEqual([pipeline])
    expect(await ada.records.search({ query: 'big', types: ['deal'] })).toMatchObject([
      { name: 'Big one', detail: expect.stringMatching(/Qualified · EUR\s1,200\.00/) },
    ])
    const won = pipeline!.stages.find((stage) => stage.outcome === 'won')!
    const { undo } = await ada.records.update({ type: 'deal', ids: [id], values: { stage: won.id } })
    await ada.undo.run({ id: undo! })
    expect((await ada.records.get({ type: 'deal', id })).values['stage']).toBe(pipeline!.stages[0]!.id)
  })

  test('a stage that deals are in cannot go', async () => {
    await make('deal', { name: 'One' })
    const [pipeline] = await ada.records.pipelines({})
    const [first, ...rest] = pipeline!.stages
    expect(await refusal(ada.records.savePipeline({ ...pipeline!, stages: rest }))).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(first!.name),
    })
    const fewer = rest.filter((stage) => stage.name !== 'Meeting')
    const added = { name: 'Signed', outcome: 'open' as const, probability: 90 }
    await ada.records.savePipeline({ ...pipeline!, name: 'Sales 2', stages: [first!, added, ...fewer] })
    const [saved] = await ada.records.pipelines({})
    expect([saved!.name, saved!.stages.map((stage) => stage.name)]).toEqual([
      'Sales 2',
      ['Qualified', 'Signed', 'Proposal', 'Negotiation', 'Won', 'Lost'],
    ])
    await ada.records.savePipeline({ name: 'Renewals', stages: [added] })
    expect(await ada.records.pipelines({})).toHaveLength(2)
  })
})

describe('tickets', () => {
  test('without a conversation are everybody’s; with one, those of its inbox', async () => {
    const mia = ws.user('Mia')
    const otto = await ws.as(ws.user('Otto'))
    const rita = await ws.as(ws.user('Rita', 'account_access'))
    const channel = await ws.channel(ws.inbox('Board', [mia]), 'board@acme.test')
    ws.mail(channel, { subject: 'Secret plan' })
    await make('ticket', { subject: 'For all', priority: 'high' })
    expect(await namesOf('ticket', {}, '', await ws.as(mia))).toEqual(['For all', 'Secret plan'])
    expect(await namesOf('ticket', {}, '', otto)).toEqual(['For all'])
    expect(await namesOf('ticket', {}, '#1', otto)).toEqual([])
    expect(await namesOf('ticket', {}, 'secr', rita)).toEqual(['Secret plan'])
    const { rows, count } = await rita.records.list({
      type: 'ticket',
      settings: { columns: [], filters: [], sort: { key: 'number', descending: false } },
    })
    expect([rows.map((row) => row.values['number']), count]).toEqual([[1, 2], 2])
    const [secret] = rows
    const id = secret!.ref.id
    expect(await refusal(otto.records.get({ type: 'ticket', id }))).toMatchObject({ code: 'NOT_FOUND' })
    const change = { type: 'ticket' as const, ids: [id], values: { status: 'closed' } }
    expect(await refusal(otto.records.update(change))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(rita.records.update(change))).toMatchObject({ code: 'NOT_ALLOWED' })
    expect((await rita.records.get({ type: 'ticket', id })).refusal).toContain('Board')
    const miaClient = await ws.as(mia)
    const { undo } = await miaClient.records.update(change)
    const values = async () => (await miaClient.records.get({ type: 'ticket', id })).values
    expect(await values()).toMatchObject({ status: 'closed', closed_at: ws.clock.at })
    await miaClient.undo.run({ id: undo! })
    expect(await values()).toMatchObject({ status: 'new', closed_at: null })
  })

  test('one that was removed comes back when its conversation gets one', async () => {
    const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
    const { threadId } = ws.mail(channel, { subject: 'Help' })
    const ticket = await ada.tickets.ofThread({ threadId: threadId as never })
    await ada.records.remove({ type: 'ticket', ids: [ticket!.id] })
    expect(await ada.tickets.ofThread({ threadId: threadId as never })).toBeNull()
    expect((await ada.tickets.create({ threadId: threadId as never })).id).toBe(ticket!.id)
    expect(await namesOf('ticket')).toEqual(['Help'])
  })
})

describe('associations', () => {
  test('hold between any two, from both sides, and are taken back', async () => {
    const contact = { type: 'contact' as const, id: await make('contact', { first_name: 'Mario' }) }
    const deal = { type: 'deal' as const, id: await make('deal', { name: 'Big' }, [contact]) }
    const ofContact = async () =>
      (await ada.records.get(contact)).associations.map(({ name, fixed }) => [name, fixed])
    expect(await ofContact()).toEqual([['Big', false]])
    expect((await ada.records.get(deal)).associations).toMatchObject([{ ref: contact, name: 'Mario' }])
    const { undo } = await ada.records.associate({ a: contact, b: deal, on: false })
    expect(await ofContact()).toEqual([])
    await ada.undo.run({ id: undo! })
    expect(await ofContact()).toEqual([['Big', false]])
    expect((await ada.records.associate({ a: deal, b: contact, on: true })).undo).toBeNull()
    expect(await refusal(ada.records.associate({ a: deal, b: deal, on: true }))).toMatchObject({
      code: 'BAD_INPUT',
    })
  })

  test('a conversation belongs to records beside its contact', async () => {
    const channel = await ws.channel(ws.inbox('Support'), 'support@acme.test')
    const threadId = ws.mail(channel).threadId as never
    const deal = { type: 'deal' as const, id: await make('deal', { name: 'Big' }) }
    const { undo } = await ada.records.associateThread({ threadId, ref: deal, on: true })
    expect(await ada.records.ofThread({ threadId })).toMatchObject([{ ref: deal, name: 'Big', fixed: false }])
    await ada.undo.run({ id: undo! })
    expect(await ada.records.ofThread({ threadId })).toEqual([])
  })
})

describe('a company’s own properties', () => {
  test('are written, listed, filtered and sorted by; and taken away', async () => {
    const { id: seats } = await ada.records.addProperty({
      type: 'contact',
      name: 'Seats',
      valueType: 'number',
    })
    ws.clock.at += 1
    const { id: tier } = await ada.records.addProperty({
      type: 'contact',
      name: 'Tier',
      valueType: 'choice',
      options: ['gold', 'silver'],
    })
    await make('contact', { first_name: 'A', [seats]: 5, [tier]: 'gold' })
    const b = await make('contact', { first_name: 'B', [seats]: 20 })
    await make('contact', { first_name: 'C' })
    const sort = (descending: boolean) => ({ sort: { key: seats as string, descending } })
    expect(await namesOf('contact', sort(true))).toEqual(['B', 'A', 'C'])
    expect(await namesOf('contact', sort(false))).toEqual(['C', 'A', 'B'])
    expect(await namesOf('contact', { filters: [{ key: seats, test: 'at_least', value: 6 }] })).toEqual(['B'])
    expect(await namesOf('contact', { filters: [{ key: tier, test: 'is_empty', value: null }] })).toEqual([
      'B',
      'C',
    ])
    expect(await namesOf('contact', { filters: [{ key: tier, test: 'is_not', value: 'gold' }] })).toEqual([
      'B',
      'C',
    ])
    const { undo } = await ada.records.update({ type: 'contact', ids: [b], values: { [tier]: 'silver' } })
    expect((await ada.records.get({ type: 'contact', id: b })).values[tier]).toBe('silver')
    await ada.undo.run({ id: undo! })
    expect((await ada.records.get({ type: 'contact', id: b })).values[tier]).toBeNull()
    await ada.records.updateProperty({ id: tier, name: 'Level', options: ['gold', 'silver', 'bronze'] })
    const own = (await ada.records.properties({ type: 'contact' })).filter((property) => property.id !== null)
    expect(own.map(({ name, options }) => [name, options])).toEqual([
      ['Seats', []],
      ['Level', ['gold', 'silver', 'bronze']],
    ])
    expect(
      await refusal(ada.records.addProperty({ type: 'contact', name: 'first NAME', valueType: 'text' })),
    ).toMatchObject({ code: 'CONFLICT' })
    await ada.records.updateProperty({ id: tier, removed: true })
    expect((await ada.records.get({ type: 'contact', id: b })).values).not.toHaveProperty(tier)
    expect(
      await refusal(namesOf('contact', { filters: [{ key: tier, test: 'is', value: 'gold' }] })),
    ).toMatchObject({ code: 'BAD_INPUT' })
  })
})

describe('lists', () => {
  test('by keyset: every record once, in order, whatever the values', async () => {
    for (let i = 0; i < 25; i += 1)
      await make('deal', { name: `d${i % 7}`, amount: i % 3 === 0 ? null : (i % 5) * 100 })
    for (const key of ['name', 'amount', 'close_date', 'created_at', 'stage'])
      for (const descending of [false, true]) {
        const settings = { columns: [], filters: [], sort: { key, descending } }
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await ada.records.list({ type: 'deal', settings, limit: 4, cursor })
          expect([page.count, page.capped]).toEqual([25, false])
          seen.push(...page.rows.map((row) => row.ref.id))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        expect(new Set(seen).size).toBe(25)
        expect(seen).toHaveLength(25)
      }
  })

  test('are filtered by every kind of property', async () => {
    const acme = await make('company', { name: 'Acme', domain: 'acme.example' })
    await make('contact', {
      first_name: 'Ann',
      email: 'ann@acme.example',
      job_title: '100% boss',
      owner_id: adaId,
    })
    await make('contact', { first_name: 'Bob', phone: '+12025550123', consent: 'granted' })
    const cases: [
      key: string,
      test: ListSettings['filters'][number]['test'],
      value: string | null,
      names: string[],
    ][] = [
      ['first_name', 'contains', 'N', ['Ann']],
      ['first_name', 'is', 'ann', ['Ann']],
      ['first_name', 'is_not', 'ann', ['Bob']],
      ['job_title', 'contains', '0% b', ['Ann']],
      ['job_title', 'contains', '0_ b', []],
      ['job_title', 'begins_with', '100', ['Ann']],
      ['job_title', 'is_empty', null, ['Bob']],
      ['email', 'is_not_empty', null, ['Ann']],
      ['email', 'contains', '@ACME', ['Ann']],
      ['owner_id', 'is', adaId, ['Ann']],
      ['owner_id', 'is_empty', null, ['Bob']],
      ['company', 'is', acme, ['Ann']],
      ['company', 'contains', 'cm', ['Ann']],
      ['company', 'is_empty', null, ['Bob']],
      ['company', 'is_not', acme, ['Bob']],
      ['consent', 'is', 'granted', ['Bob']],
      ['phone', 'begins_with', '+1', ['Bob']],
      ['phone', 'is_empty', null, ['Ann']],
      ['created_at', 'after', '2025-09-30', ['Ann', 'Bob']],
      ['created_at', 'before', '2025-09-30', []],
    ]
    for (const [key, testName, value, names] of cases)
      expect([
        key,
        testName,
        await namesOf('contact', { filters: [{ key, test: testName, value }] }),
      ]).toEqual([key, testName, names])
    const empty = await ada.records.list({
      type: 'contact',
      settings: { ...BY_NAME, filters: [{ key: 'first_name', test: 'is', value: 'Zoe' }] },
    })
    expect([empty.emptyReason, empty.count]).toEqual(['no_match', 0])
    expect((await ada.records.list({ type: 'deal', settings: BY_NAME })).emptyReason).toBe('nothing_here')
    expect((await ada.records.list({ type: 'ticket', settings: BY_NUMBER })).emptyReason).toBe('nothing_here')
    await ws.channel(ws.inbox('Support'), 'support@acme.test')
    ws.health.state = 'syncing'
    expect((await ada.records.list({ type: 'ticket', settings: BY_NUMBER })).emptyReason).toBe(
      'still_syncing',
    )
    expect(
      await refusal(namesOf('contact', { filters: [{ key: 'consent', test: 'at_least', value: 'x' }] })),
    ).toMatchObject({ code: 'BAD_INPUT', message: expect.stringContaining('Consent') })
    expect(await refusal(namesOf('contact', { sort: { key: 'notes', descending: false } }))).toMatchObject({
      code: 'BAD_INPUT',
    })
  })

  test('days come before others only where there is one', async () => {
    await make('deal', { name: 'Soon', close_date: '2025-10-05' })
    await make('deal', { name: 'Late', close_date: '2026-10-05' })
    await make('deal', { name: 'Some day' })
    const day = (test: ListSettings['filters'][number]['test'], value: string) =>
      namesOf('deal', { filters: [{ key: 'close_date', test, value }] })
    expect(await day('before', '2026-01-01')).toEqual(['Soon'])
    expect(await day('at_most', '2026-10-05')).toEqual(['Late', 'Soon'])
    expect(await day('after', '2026-01-01')).toEqual(['Late'])
    expect(await day('is_not', '2025-10-05')).toEqual(['Late', 'Some day'])
  })

  test('pickers find records of all types by the beginnings of words', async () => {
    await make('company', { name: 'Rossi Motors', domain: 'rossi.example' })
    await make('contact', { first_name: 'Mario', last_name: 'Rossi', email: 'm@gmail.com' })
    await make('deal', { name: 'Rossi renewal' })
    await make('ticket', { subject: 'Rossi cannot sign in' })
    const found = await ada.records.search({ query: 'ros' })
    expect(found.map(({ ref, name }) => [ref.type, name])).toEqual([
      ['contact', 'Mario Rossi'],
      ['company', 'Rossi Motors'],
      ['deal', 'Rossi renewal'],
      ['ticket', 'Rossi cannot sign in'],
    ])
    expect(await ada.records.search({ query: '#1' })).toMatchObject([
      { name: 'Rossi cannot sign in', detail: '#1 · New' },
    ])
    expect(await ada.records.search({ query: '', types: ['company'] })).toHaveLength(1)
  })
})

test('saved views are one’s own or everybody’s', async () => {
  const otto = await ws.as(ws.user('Otto'))
  const settings: ListSettings = {
    columns: ['email'],
    filters: [{ key: 'consent', test: 'is', value: 'granted' }],
    sort: { key: 'name', descending: true },
  }
  const own = await ada.recordViews.save({ type: 'contact', name: 'Mine', shared: false, settings })
  ws.clock.at += 1
  const shared = await ada.recordViews.save({ type: 'contact', name: 'Ours', shared: true, settings })
  const names = async (client: TestClient) =>
    (await client.recordViews.list({ type: 'contact' })).map(({ name }) => name)
  expect(await names(ada)).toEqual(['Mine', 'Ours'])
  expect(await names(otto)).toEqual(['Ours'])
  expect((await otto.recordViews.list({ type: 'contact' }))[0]).toMatchObject({ settings, ownerId: null })
  expect(await refusal(otto.recordViews.remove({ id: own.id }))).toMatchObject({ code: 'NOT_FOUND' })
  // Two change different things of it at once.
  await Promise.all([
    otto.recordViews.save({ id: shared.id, name: 'Theirs' }),
    ada.recordViews.save({ id: shared.id, settings: { ...settings, columns: ['phone'] } }),
  ])
  expect(await names(ada)).toEqual(['Mine', 'Theirs'])
  expect((await otto.recordViews.list({ type: 'contact' }))[0]).toMatchObject({
    name: 'Theirs',
    settings: { columns: ['phone'] },
    ownerId: null,
  })
  await ada.recordViews.remove({ id: own.id })
  expect(await names(ada)).toEqual(['Theirs'])
})
