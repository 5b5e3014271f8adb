import fc from 'fast-check'
import ICAL from 'ical.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MeetingView, WeeklyTime } from '../../../src/contract/library.ts'
import { momentOf } from '../../../src/main/engine/lib/time-zones.ts'
import { calendarFile } from '../../../src/main/engine/outbox/insertables/meetings/calendar.ts'
import { freeTimes } from '../../../src/main/engine/outbox/insertables/meetings/free-times.ts'
import { weeklyText, weeklyTimes } from '../../../src/main/engine/outbox/insertables/meetings/weekly.ts'
import type { TestClient } from '../../support/engine.ts'
import { makeWorkspace, START, type Workspace } from '../../support/workspace.ts'

const HOUR = 3_600_000

describe('the times of a week', () => {
  const times = fc.array(
    fc
      .tuple(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 1440 }),
      )
      .filter(([, from, until]) => from < until)
      .map(([day, from, until]): WeeklyTime => ({ day, from, until })),
    { maxLength: 20 },
  )
  const minutes = (all: readonly WeeklyTime[]) =>
    new Set(
      all.flatMap(({ day, from, until }) =>
        Array.from({ length: until - from }, (_, i) => day * 1440 + from + i),
      ),
    )

  test('are kept, and told once', () => {
    fc.assert(
      fc.property(times, (any) => {
        const back = weeklyTimes(weeklyText(any))
        expect(minutes(back)).toEqual(minutes(any))
        expect(weeklyText(back)).toBe(weeklyText(any))
      }),
      { numRuns: 50 },
    )
    expect(weeklyTimes('nothing;9 1-2;1 5-5;1 1-2')).toEqual([{ day: 1, from: 1, until: 2 }])
  })

  test('become moments, also where clocks change', () => {
    // In Rome they are put forward on 2026-03-29 at 2:00 and back on 2026-10-25 at 3:00.
    const at = (day: string, time: number) => momentOf(Date.parse(day), time, 'Europe/Rome')
    expect(at('2026-03-28', 150)).toBe(Date.UTC(2026, 2, 28, 1, 30))
    expect(at('2026-03-29', 150)).toBeNull()
    expect(at('2026-03-29', 180)).toBe(Date.UTC(2026, 2, 29, 1))
    expect(at('2026-10-25', 150)).toBe(Date.UTC(2026, 9, 25, 0, 30))
    expect(at('2026-10-25', 240)).toBe(Date.UTC(2026, 9, 25, 3))
    expect(momentOf(Date.parse('2026-07-01'), 540, 'Asia/Kathmandu')).toBe(Date.UTC(2026, 6, 1, 3, 15))
    expect(momentOf(Date.parse('2026-07-01'), 30, 'Pacific/Kiritimati')).toBe(Date.UTC(2026, 5, 30, 10, 30))
  })

  test('are free from the notice on, one after the other', () => {
    // 2025-10-01 09:00 UTC is a Wednesday, 11:00 in Rome.
    const meeting = {
      duration: 30,
      time_zone: 'Europe/Rome',
      weekly: weeklyText([{ day: 3, from: 600, until: 750 }]),
      notice: 1,
    }
    const found = freeTimes(meeting, START, new Set([START + HOUR]), 3)
    expect(found.map(({ at, proposed }) => [(at - START) / HOUR, proposed])).toEqual([
      [1, true],
      [7 * 24 - 1, false],
      [7 * 24 - 0.5, false],
    ])
    expect(freeTimes({ ...meeting, weekly: '' }, START, new Set(), 3)).toEqual([])
    expect(freeTimes({ ...meeting, duration: 600 }, START, new Set(), 3)).toEqual([])
  })
})

test('a calendar file is what RFC 5545 says, whatever somebody is called', () => {
  const hostile = 'Hall; 1, "A"\r\nATTENDEE:mailto:eve@evil.test\nBEGIN:VALARM\u0007 ' + 'ż'.repeat(200)
  const file = calendarFile({
    uid: 'one@anteroom.invalid',
    at: START,
    until: START + HOUR,
    name: hostile,
    place: hostile,
    url: 'https://book.test/?a=1,2;3',
    organiser: { name: hostile, address: 'ada@acme.test' },
    now: START,
  })
  for (const line of file.split('\r\n')) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(line).not.toMatch(/[\n\r\u0007]/)
  }
  const calendar = new ICAL.Component(ICAL.parse(file) as never)
  expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH')
  const [event, ...more] = calendar.getAllSubcomponents('vevent')
  expect(more).toEqual([])
  expect(event!.getAllSubcomponents()).toEqual([])
  expect(event!.getAllProperties('attendee')).toEqual([])
  expect(event!.getFirstPropertyValue('organizer')).toBe('mailto:ada@acme.test')
  expect(String(event!.getFirstPropertyValue('dtstart'))).toBe('2025-10-01T09:00:00Z')
  expect(String(event!.getFirstPropertyValue('dtend'))).toBe('2025-10-01T10:00:00Z')
  expect(event!.getFirstPropertyValue('summary')).toMatch(
    /^Hall; 1,  A  ATTENDEE:mailto:eve@evil\.test BEGIN:VALARM/,
  )
  expect(event!.getFirstPropertyValue('url')).toBe('https://book.test/?a=1%2C2%3B3')
})

describe('a meeting link', () => {
  let ws: Workspace
  let client: TestClient
  let ada: string
  beforeEach(async () => {
    ws = makeWorkspace()
    ada = ws.user('Ada')
    await ws.channel(ws.inbox('Support'), 'support@acme.test')
    client = await ws.as(ada)
  })
  afterEach(() => ws.stop())

  const meeting: MeetingView = {
    duration: 30,
    place: 'Room 1',
    organiser: 'ada@acme.test',
    timeZone: 'Europe/Rome',
    weekly: [{ day: 4, from: 600, until: 720 }],
    notice: 1,
  }
  const save = (input: { meeting?: Partial<MeetingView>; [key: string]: unknown } = {}) =>
    client.library.save({
      kind: 'meeting',
      name: 'A talk',
      audience: 'me',
      ...input,
      meeting: { ...meeting, ...input.meeting },
    })

  test('is kept as it was written', async () => {
    const { id } = await save({ url: 'https://book.test/ada' })
    expect(await client.library.get({ id })).toMatchObject({
      ways: ['times', 'link'],
      url: 'https://book.test/ada',
      meeting,
    })
    const { undo } = await save({ id, meeting: { weekly: [] }, url: 'https://book.test/ada' })
    expect((await client.library.get({ id })).ways).toEqual(['link'])
    await client.undo.run({ id: undo! })
    expect((await client.library.get({ id })).meeting).toEqual(meeting)
  })

  test.each([
    [{ organiser: 'support@acme.test' }, 'is the address of a team'],
    [{ organiser: 'SUPPORT@ACME.test' }, 'is the address of a team'],
    [{ organiser: '' }, 'Say whose invitation it is'],
    [{ organiser: 'nobody' }, ''],
    [{ weekly: [] }, 'Say where one books a time'],
    [{ duration: 300 }, 'as long as the meeting'],
    [{ timeZone: 'Europe/Atlantis' }, ''],
  ])('is refused with %j (B6)', async (wrong, said) => {
    await expect(save({ meeting: wrong })).rejects.toThrow(said)
  })

  test('whose organiser became a team’s address invites nobody any more (B6)', async () => {
    const { id } = await save()
    await ws.channel(ws.inbox('Sales'), 'ada@acme.test')
    const draft = await client.drafts.open({ mode: 'new' })
    const [first] = (await client.library.times({ id })).times
    await expect(
      client.library.insert({
        id,
        draftId: draft.id,
        proposal: { times: [first!.at], timeZone: 'UTC', language: 'en' },
      }),
    ).rejects.toThrow('is the address of a team')
    expect((await client.drafts.get({ id: draft.id })).attachments).toEqual([])
  })

  test('proposes times in the recipient’s words, each with a calendar file, and remembers which', async () => {
    const { id } = await save({ url: 'https://call.test/ada' })
    const { times, timeZone } = await client.library.times({ id, limit: 5 })
    expect(timeZone).toBe('Europe/Rome')
    const draft = await client.drafts.open({ mode: 'new' })
    const filled = await client.library.insert({
      id,
      draftId: draft.id,
      as: 'times',
      proposal: { times: [times[1]!.at, times[0]!.at], timeZone: 'America/New_York', language: 'it' },
    })
    expect(filled.html.replaceAll('\u00a0', ' ')).toBe(
      '<ul><li>giovedì 2 ottobre 2025, 04:00 – 04:30 (Ora legale orientale USA)</li><li>giovedì 2 ottobre 2025, 04:30 – 05:00 (Ora legale orientale USA)</li></ul><p>Room 1<br /><a href="https://call.test/ada">https://call.test/ada</a></p>',
    )
    expect(filled.attachments.map(({ name, mimeType }) => [name, mimeType])).toEqual([
      ['A talk 2025-10-02 04.00.ics', 'text/calendar'],
      ['A talk 2025-10-02 04.30.ics', 'text/calendar'],
    ])
    const file = await (await ws.fetch(filled.attachments[0]!.url)).text()
    expect(file).toContain('DTSTART:20251002T080000Z')
    expect(file).toContain('ORGANIZER;CN="Ada":mailto:ada@acme.test')
    expect((await client.library.times({ id, limit: 5 })).times.map(({ proposed }) => proposed)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    await expect(
      client.library.insert({
        id,
        draftId: draft.id,
        proposal: { times: [START], timeZone: 'UTC', language: 'en' },
      }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('goes in as a link, and to a file and back', async () => {
    await save({ name: 'Talk <b>', url: 'https://book.test/?a="1"&b' })
    const { entries } = await client.library.export({})
    expect(entries).toMatchObject([{ kind: 'meeting', meeting }])
    const [row] = (await client.library.list({})).rows
    const draft = await client.drafts.open({ mode: 'new' })
    const { html } = await client.library.insert({ id: row!.id, draftId: draft.id, as: 'link' })
    expect(html).toBe('<a href="https://book.test/?a=&quot;1&quot;&amp;b">Talk &lt;b&gt;</a>')
    await client.library.remove({ ids: [row!.id] })
    await client.library.import({ audience: 'me', entries })
    expect((await client.library.export({})).entries).toEqual(entries)
    await expect(
      client.library.import({
        audience: 'me',
        entries: [{ ...entries[0]!, name: 'Other', meeting: { ...meeting, organiser: 'support@acme.test' } }],
      }),
    ).resolves.toMatchObject({ added: 0, skipped: [{ name: 'Other' }] })
  })
})
