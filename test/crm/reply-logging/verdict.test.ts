import { describe, expect, test } from 'vitest'
import { loggingVerdict } from '../../../src/main/engine/crm/reply-logging/verdict.ts'
import { ADA, BEN, earlier, input, NOON, sentBy } from './cases.ts'

const verdict = (...args: Parameters<typeof input>) => loggingVerdict(input(...args))

describe('the words carry the values', () => {
  test('of a reply that is logged', () => {
    const { reason, trace, contactIds } = verdict()
    expect(reason).toBe('Logged because the contact Mario Rossi answered a mail from Ada.')
    expect(contactIds).toEqual(['contact-mario'])
    expect(trace.map(({ text }) => text)).toEqual([
      'The conversation is none of a team address.',
      'None of its people is on the Never Log list.',
      'Logging of ada@acme.test: replies only.',
      'ada@acme.test was connected when it arrived, 2025-10-01 12:00 UTC.',
      'It lies in INBOX.',
      'The original of 2025-09-30 12:00 UTC went to nobody on the Never Log list.',
      'It answers <first@acme.test>.',
      'Ada (ada@acme.test) began the conversation on 2025-09-30 12:00 UTC.',
      'It goes to ada@acme.test, a personal address of Ada.',
      'mario@rossi.test is the contact Mario Rossi.',
    ])
  })

  test('of one from an alias (G5)', () => {
    expect(verdict({ message: { from: { name: 'Mario', address: 'Alias@Rossi.test' } } })).toMatchObject({
      reason: "Not logged because Alias@Rossi.test is no contact's address.",
      step: 'add_as_alias',
    })
  })

  test('of what the list names, with the entry and the way out', () => {
    expect(verdict({ neverLog: [{ pattern: 'rossi.test', ownerId: ADA.ownerId }] })).toMatchObject({
      reason:
        'Not logged because it is to or from mario@rossi.test, and rossi.test is on your own Never Log list.',
      step: 'remove_never_log',
      stepText: 'Remove rossi.test from the Never Log list',
    })
  })

  test('of a folder', () => {
    expect(verdict({ folder: { path: 'INBOX/Clients', role: 'other' } })).toMatchObject({
      step: 'open_folder',
      stepText: 'Look at INBOX/Clients too',
    })
  })

  test('of an address that is not connected any more, and of one that is again', () => {
    const gone = { channel: { periods: [{ from: 0, until: NOON - 1 }] } }
    expect(verdict(gone)).toMatchObject({ code: 'not_connected', step: 'reconnect' })
    const back = { channel: { periods: [...gone.channel.periods, { from: NOON + 1, until: null }] } }
    expect(verdict(back)).toMatchObject({ code: 'not_connected', step: 'log_now' })
  })
})

describe('the edges of G1', () => {
  test('an address that is disconnected at that very moment was not connected', () => {
    expect(verdict({ channel: { periods: [{ from: NOON - 9, until: NOON }] } }).logged).toBe(false)
    expect(verdict({ channel: { periods: [{ from: NOON, until: null }] } }).logged).toBe(true)
  })

  test('another personal address of the same user will do, if it is connected', () => {
    const other = { ...ADA, id: 'other', address: 'ada@home.test' }
    const message = { to: [{ name: '', address: 'Ada@Home.test' }] }
    expect(verdict({ message, personalChannels: [ADA, other] }).logged).toBe(true)
    const off = { ...other, periods: [{ from: 0, until: NOON - 1 }] }
    expect(verdict({ message, personalChannels: [ADA, off] })).toMatchObject({
      code: 'other_address',
      reason: expect.stringContaining('Ada@Home.test'),
    })
    expect(verdict({ message: { ...message, deliveredTo: ['ada@acme.test'] } }).logged).toBe(true)
  })

  test('the address of a colleague will not, though it is in the same mail', () => {
    const began = earlier('ben@acme.test', ['mario@rossi.test'], { sentFrom: sentBy(BEN) })
    const message = { to: [{ name: '', address: BEN.address }], cc: [{ name: '', address: ADA.address }] }
    expect(verdict({ origin: { began }, message })).toMatchObject({
      code: 'other_address',
      reason: expect.stringContaining('begun by Ben'),
    })
    expect(verdict({ origin: { began }, message, channel: BEN }).logged).toBe(true)
  })

  test('one’s own company on the list keeps colleagues out, not everything', () => {
    expect(verdict({ neverLog: ['acme.test'] }).logged).toBe(true)
    const cc = [{ name: '', address: 'ben@acme.test' }]
    expect(verdict({ neverLog: ['acme.test'], message: { cc } }).code).toBe('never_log')
    expect(verdict({ neverLog: ['ada@acme.test'] }).code).toBe('never_log')
    // The address that logs is no recipient in this sense.
    const bcc = [{ name: '', address: 'ada+log@acme.test' }]
    const own = { neverLog: ['*@acme.test'], message: { bcc }, loggingAddresses: ['ada+log@acme.test'] }
    expect(verdict(own).logged).toBe(true)
    expect(verdict({ ...own, loggingAddresses: [] }).code).toBe('never_log')
  })

  test('the thread of a team inbox stays there, even by hand (G7)', () => {
    const team = { address: 'support@acme.test', inboxName: 'Support' }
    expect(verdict({ origin: { team }, byHand: 'log_now' })).toMatchObject({
      logged: false,
      code: 'team_thread',
      stepText: 'Answer it in Support',
    })
  })

  test('a cleared Log box speaks for the thread, until an answer is logged after all (G3, G4)', () => {
    const began = earlier('ada@acme.test', ['mario@rossi.test'], {
      sentFrom: sentBy(ADA),
      byHand: { kind: 'log_box_cleared', userName: 'Ada' },
    })
    expect(verdict({ origin: { began } }).code).toBe('original_not_logged')
    const loggedAnswer = earlier('ada@acme.test', ['mario@rossi.test'], {
      sentFrom: sentBy(ADA),
      logged: true,
    })
    expect(verdict({ origin: { began, loggedAnswer } }).code).toBe('reply_to_logged_answer')
  })

  test('the Never Log list counts for the logged answer as for the original', () => {
    const began = earlier('mario@rossi.test', ['ada@acme.test'])
    const loggedAnswer = earlier('ada@acme.test', ['mario@rossi.test', 'x@never.test'], {
      sentFrom: sentBy(ADA),
    })
    expect(verdict({ origin: { began, loggedAnswer }, neverLog: ['never.test'] }).code).toBe(
      'original_never_log',
    )
  })
})

test('"Log now" makes its sender a contact, not those who got a copy', () => {
  const { newContacts, contactIds } = verdict({
    byHand: 'log_now',
    message: {
      from: { name: 'New', address: 'new@person.test' },
      cc: [
        { name: '', address: 'mario@rossi.test' },
        { name: '', address: 'else@person.test' },
      ],
    },
  })
  expect(newContacts).toEqual([{ name: 'New', address: 'new@person.test' }])
  expect(contactIds).toEqual(['contact-mario'])
})
