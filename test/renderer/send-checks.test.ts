import { describe, expect, it } from 'vitest'
import { sendConcerns } from '@/features/composer/send-checks.ts'
import type { Outgoing } from '@/features/composer/send-checks.ts'
import { sendTimes } from '@/features/composer/send-times.ts'
import { fromLocalInput, toLocalInput } from '@/ui/wall-clock.ts'

const mail = (change: Partial<Outgoing>): Outgoing => ({
  to: [{ name: '', address: 'ada@acme.test' }],
  cc: [],
  bcc: [],
  subject: 'Hello',
  text: 'Hello Ada',
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
  it('stops a mail with tokens that nothing filled in, in its subject too, and names each once', () => {
    const concern = (change: Partial<Outgoing>) => sendConcerns(mail(change))
    expect(
      concern({ subject: 'For {{ deal.name }}', text: 'Hi {{contact.name}}, {{ contact.name }}' }),
    ).toEqual([{ level: 'stop', kind: 'unfilled_token', tokens: ['deal.name', 'contact.name'] }])
    // Somebody writes about templates of their own.
    expect(concern({ text: 'Write {{ user.name }} or {{contact}}, {{ contact. }}' })).toEqual([])
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
