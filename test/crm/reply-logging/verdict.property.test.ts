import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByHand, LoggingInput } from '../../../src/main/engine/crm/reply-logging/types.ts'
import { loggingVerdict } from '../../../src/main/engine/crm/reply-logging/verdict.ts'
import { ADA, BEN, earlier, input, NOON, sentBy } from './cases.ts'

/** Few names, so that they meet. */
const addresses = [
  'ada@acme.test',
  'ben@acme.test',
  'mario@rossi.test',
  'anna@mail.rossi.test',
  'm.rossi+crm@gmail.com',
  'jörg@bücher.test',
  'log@acme.test',
]
const address = fc.constantFrom(...addresses)
const mailbox = address.map((one) => ({ name: '', address: one }))
const mailboxes = fc.array(mailbox, { maxLength: 4 })
const hand: fc.Arbitrary<ByHand['kind'] | null> = fc.constantFrom(
  null,
  null,
  null,
  'log_box',
  'log_box_cleared',
  'bcc',
  'log_now',
  'also_original',
  'forwarded',
  'dropped',
  'removed',
)
const ofThread = fc
  .record({
    from: address,
    recipients: fc.array(address, { maxLength: 3 }),
    who: fc.constantFrom(ADA, BEN, null),
    hand,
  })
  .map(({ from, recipients, who, hand: kind }) =>
    earlier(from, recipients, {
      sentFrom: who && sentBy(who),
      byHand: kind && { kind, userName: 'Ada' },
    }),
  )
const pattern = fc.constantFrom(
  ...addresses,
  'rossi.test',
  'acme.test',
  '*.rossi.test',
  '*@*.test',
  'mrossi@googlemail.com',
  'xn--bcher-kva.test',
  'm*@*',
  'not a pattern at all',
)
const contact = fc.record({ contactId: fc.constantFrom('c1', 'c2'), name: fc.constantFrom('', 'X'), address })

const cases: fc.Arbitrary<LoggingInput> = fc
  .record({
    message: fc.record({
      from: mailbox,
      to: mailboxes,
      cc: mailboxes,
      bcc: mailboxes,
      direction: fc.constantFrom('in' as const, 'out' as const),
      inReplyTo: fc.constantFrom<string[]>([], ['first@acme.test']),
      references: fc.constantFrom<string[]>([], ['first@acme.test']),
      receivedAt: fc.integer({ min: NOON - 40 * 86_400_000, max: NOON + 1000 }),
    }),
    folder: fc.record({
      path: fc.constantFrom('INBOX', 'INBOX/Clients', 'Sent'),
      role: fc.constantFrom('inbox' as const, 'sent' as const, 'junk' as const, 'other' as const),
    }),
    origin: fc.option(fc.record({ began: ofThread, loggedAnswer: fc.option(ofThread, { freq: 1 }) }), {
      nil: null,
    }),
    neverLog: fc.array(fc.record({ pattern, ownerId: fc.constantFrom(null, ADA.ownerId, BEN.ownerId) }), {
      maxLength: 3,
    }),
    contacts: fc.array(contact, { maxLength: 5 }),
    mode: fc.constantFrom('off' as const, 'replies' as const, 'all_with_contacts' as const),
    folders: fc.constantFrom<string[]>([], ['INBOX/Clients']),
    byHand: hand,
    loggingAddresses: fc.constantFrom<string[]>([], ['log@acme.test']),
  })
  .map((change) => input(change))

const RUNS = { numRuns: 3000 }

/** The verdict without what is said about it: spellings show in the words. */
const essence = (one: LoggingInput) => {
  const { logged, code, step, contactIds, trace } = loggingVerdict(one)
  return {
    logged,
    code,
    step,
    contactIds: [...contactIds].sort(),
    rules: trace.map(({ rule, holds }) => [rule, holds]),
  }
}

describe('for whatever facts', () => {
  test('exactly one fact decides, it is the last one, and it agrees with the verdict', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { logged, trace, reason } = loggingVerdict(one)
        expect(trace.map(({ decided }) => decided)).toEqual(trace.map((_, i) => i === trace.length - 1))
        expect(trace.at(-1)?.holds).toBe(logged)
        expect(reason).toMatch(logged ? /^Logged because / : /^Not logged because /)
      }),
      RUNS,
    )
  })

  test('an entry more on the Never Log list never causes logging', () => {
    fc.assert(
      fc.property(cases, pattern, fc.constantFrom(null, ADA.ownerId), (one, added, ownerId) => {
        fc.pre(!loggingVerdict(one).logged)
        const more = { ...one, neverLog: [...one.neverLog, { id: 'new', pattern: added, ownerId }] }
        expect(loggingVerdict(more).logged).toBe(false)
      }),
      RUNS,
    )
  })

  test('a contact less never causes logging', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (one, at) => {
        fc.pre(one.contacts.length > 0)
        const less = one.contacts.filter((_, i) => i !== at % one.contacts.length)
        if (loggingVerdict({ ...one, contacts: less }).logged) expect(loggingVerdict(one).logged).toBe(true)
      }),
      RUNS,
    )
  })

  test('the order of recipients, of contacts and of the list does not matter', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { message, origin } = one
        const turned: LoggingInput = {
          ...one,
          message: {
            ...message,
            to: message.to.toReversed(),
            cc: message.cc.toReversed(),
            bcc: message.bcc.toReversed(),
          },
          origin: origin && {
            ...origin,
            began: { ...origin.began, recipients: origin.began.recipients.toReversed() },
          },
          neverLog: one.neverLog.toReversed(),
        }
        expect(essence(turned)).toEqual(essence(one))
      }),
      RUNS,
    )
  })

  test('neither does the spelling of addresses: case, IDN, and dots and tags where Gmail ignores them', () => {
    const respell = (one: string): string =>
      ({
        'm.rossi+crm@gmail.com': 'MRossi@GoogleMail.com',
        'jörg@bücher.test': 'Jörg@XN--BCHER-KVA.test',
      })[one] ?? one.toUpperCase()
    const box = ({ name, address: one }: { name: string; address: string }) => ({
      name,
      address: respell(one),
    })
    fc.assert(
      fc.property(cases, (one) => {
        const { message, origin } = one
        const other: LoggingInput = {
          ...one,
          message: {
            ...message,
            from: box(message.from),
            to: message.to.map(box),
            cc: message.cc.map(box),
            bcc: message.bcc.map(box),
          },
          contacts: one.contacts.map((known) => ({ ...known, address: respell(known.address) })),
          origin: origin && {
            ...origin,
            began: { ...origin.began, recipients: origin.began.recipients.map(respell) },
          },
          loggingAddresses: one.loggingAddresses.map(respell),
        }
        expect(essence(other)).toEqual(essence(one))
      }),
      RUNS,
    )
  })

  test('what "replies only" logs, "all mail with contacts" logs too; "off" logs only what was asked for', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const with_ = (mode: 'off' | 'replies' | 'all_with_contacts') =>
          loggingVerdict({ ...one, settings: { ...one.settings, mode } })
        if (with_('replies').logged) expect(with_('all_with_contacts').logged).toBe(true)
        if (with_('off').logged) expect(one.byHand).not.toBeNull()
      }),
      RUNS,
    )
  })

  test('what somebody else put on their own list is nobody else’s business', () => {
    fc.assert(
      fc.property(cases, pattern, (one, added) => {
        const more = {
          ...one,
          neverLog: [...one.neverLog, { id: 'new', pattern: added, ownerId: 'user-eve' }],
        }
        expect(loggingVerdict(more)).toEqual(loggingVerdict(one))
      }),
      RUNS,
    )
  })

  test('only what somebody asked for makes contacts, and never of the workspace itself', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { newContacts, logged } = loggingVerdict(one)
        if (newContacts.length === 0) return
        expect(logged).toBe(true)
        expect(one.byHand).not.toBeNull()
        expect(newContacts.map(({ address: made }) => made)).not.toContain('ada@acme.test')
      }),
      RUNS,
    )
  })
})
