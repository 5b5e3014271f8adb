import { describe, expect, it } from 'vitest'
import { sendConcerns } from '@/features/composer/send-checks.ts'
import type { Outgoing } from '@/features/composer/send-checks.ts'
import { sizeProblem } from '@/features/composer/mail-size.ts'
import { readTime, utcOffset } from '@/features/composer/spoken-times.ts'
import { sendTimes } from '@/features/composer/send-times.ts'
import { fromLocalInput, toLocalInput } from '@/ui/wall-clock.ts'

const mail = (change: Partial<Outgoing>): Outgoing => ({
  to: [{ name: '', address: 'ada@acme.test' }],
  cc: [],
  bcc: [],
  uploads: [],
  ...change,
})
const kinds = (change: Partial<Outgoing>) => sendConcerns(mail(change)).map(({ kind }) => kind)

describe('sendConcerns', () => {
  it('lets a good mail go', () => expect(kinds({})).toEqual([]))
  it('stops without recipients, and counts Bcc as one', () => {
    expect(kinds({ to: [] })).toEqual(['no_recipient'])
    expect(kinds({ to: [], bcc: [{ name: '', address: 'b@c.test' }] })).toEqual([])
  })
  it('names every invalid address', () => {
    expect(
      sendConcerns(mail({ to: [{ name: '', address: 'ada' }], cc: [{ name: 'X', address: 'x@y' }] })),
    ).toEqual([{ level: 'stop', kind: 'invalid_recipient', addresses: ['ada', 'x@y'] }])
  })
  it('waits for uploads and for failed ones', () => {
    expect(
      kinds({
        uploads: [
          { name: 'a', state: 'running' },
          { name: 'b', state: 'failed' },
        ],
      }),
    ).toEqual(['uploading', 'upload_failed'])
  })
})

describe('the size of a mail', () => {
  it('counts what base64 adds to its files, against what the server named', () => {
    const files = [{ size: 10_000_000 }, { size: 5_000_000 }]
    expect(sizeProblem(files, '<p>x</p>', null)).toBeNull()
    expect(sizeProblem(files, '<p>x</p>', 20_600_000)).toBeNull()
    expect(sizeProblem(files, '<p>x</p>', 20_400_000)).toMatchObject({ limit: 20_400_000, known: true })
    expect(sizeProblem([{ size: 20_000_000 }], '', null)).toMatchObject({ known: false })
  })
})

describe('times in words', () => {
  // A Wednesday, 10:30 by the clock of this machine.
  const now = new Date(2026, 2, 11, 10, 30).getTime()
  const local = (...parts: [number, number, number, number?]) => new Date(2026, ...parts).getTime()
  it.each([
    ['tomorrow 9am', local(2, 12, 9)],
    ['in 2 hours', local(2, 11, 12, 30)],
    ['mon 14:30', local(2, 16, 14, 30)],
    ['send it on monday at 14:30', local(2, 16, 14, 30)],
    ['friday', local(2, 13, 9)],
    ['tomorrow morning', local(2, 12, 9)],
    ['tomorrow noon', local(2, 12, 12)],
    ['2026-03-20 08:15', local(2, 20, 8, 15)],
    // Past today, so tomorrow is meant.
    ['9am', local(2, 12, 9)],
  ])('%s', (words, at) => expect(readTime(words, now, null)).toBe(at))
  it.each(['', 'soon', '24.12. 10:00', 'monday or tuesday', 'when Ada answers', '99:99'])(
    '"%s" is not guessed',
    (words) => expect(readTime(words, now, null)).toBeNull(),
  )
  it('are on the clock of the recipient where that is meant', () => {
    const at = Date.UTC(2026, 2, 11, 23, 30)
    // There it is the 12th already.
    expect(readTime('tomorrow 9am', at, 120)).toBe(Date.UTC(2026, 2, 13, 7))
    expect(readTime('tomorrow', at, 120)).toBe(Date.UTC(2026, 2, 13, 7))
    expect(readTime('9am', at, -210)).toBe(Date.UTC(2026, 2, 12, 12, 30))
    expect(readTime('in 2 hours', at, 120)).toBe(at + 2 * 3_600_000)
    expect([120, -210, 0].map(utcOffset)).toEqual(['UTC+2', 'UTC−3:30', 'UTC+0'])
  })
})

describe('sendTimes', () => {
  // 2026-03-11 is a Wednesday.
  it('offers an hour, this evening, tomorrow and Monday at nine, local time', () => {
    const times = sendTimes(new Date(2026, 2, 11, 10, 30).getTime())
    expect(times.map(({ key, at }) => [key, new Date(at).toString()])).toEqual([
      ['in_one_hour', new Date(2026, 2, 11, 11, 30).toString()],
      ['this_evening', new Date(2026, 2, 11, 18, 0).toString()],
      ['tomorrow_morning', new Date(2026, 2, 12, 9, 0).toString()],
      ['monday_morning', new Date(2026, 2, 16, 9, 0).toString()],
    ])
  })
  it('does not offer one time twice: on a Sunday tomorrow is Monday', () => {
    expect(sendTimes(new Date(2026, 2, 15, 20, 0).getTime()).map(({ key }) => key)).toEqual([
      'in_one_hour',
      'tomorrow_morning',
    ])
  })
  it('means the next Monday on a Monday', () => {
    const monday = sendTimes(new Date(2026, 2, 16, 8, 0).getTime()).find(
      ({ key }) => key === 'monday_morning',
    )
    expect(monday?.at).toBe(new Date(2026, 2, 23, 9, 0).getTime())
  })
  it('reads back what it writes into the input', () => {
    const at = new Date(2026, 0, 2, 3, 4).getTime()
    expect(fromLocalInput(toLocalInput(at))).toBe(at)
    expect(fromLocalInput('')).toBeNull()
  })
})
