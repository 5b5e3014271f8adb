import { describe, expect, it } from 'vitest'
import en from '../../resources/locales/en.json'
import { CHECKS, findings } from '@/features/composer/checks/index.ts'
import { isOneSlip, meantDomain } from '@/features/composer/checks/domain-typo.ts'
import { NOTHING_KNOWN, type CheckedMail } from '@/features/composer/checks/types.ts'
import { CHECK_IDS, type CheckId } from '@/stores/check-ids.ts'

type Known = typeof NOTHING_KNOWN
const box = (address: string, name = '') => ({ name, address })
const mail = (change: Partial<CheckedMail> = {}): CheckedMail => ({
  channelId: 'support',
  to: [box('ada@acme.test')],
  cc: [],
  bcc: [],
  subject: 'Hello',
  text: 'Hello Ada',
  hasImage: false,
  hasQuote: false,
  attachmentCount: 0,
  tooLarge: null,
  ...change,
})
const known = (change: object = {}): Known => ({ ...NOTHING_KNOWN, ...change }) as Known
const people = (count: number, domain: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => box(`p${n}@${domain(n)}`))
const run = (id: CheckId, change: Partial<CheckedMail>, facts: object) =>
  CHECKS[id](mail(change), known(facts))

/** What fires, and where; then what does not. */
const FIRES: [CheckId, Partial<CheckedMail>, object, object][] = [
  [
    'forgotten_attachment',
    { text: 'see the attached offer' },
    {},
    { words: { words: 'attached' }, place: 'attach' },
  ],
  ['forgotten_attachment', { subject: 'Offer attached' }, {}, { place: 'attach' }],
  ['empty_subject', { subject: ' \t' }, {}, { place: 'subject' }],
  ['empty_body', { text: ' \n' }, {}, { place: 'body' }],
  [
    'dropped_recipient',
    {},
    { answersTo: [box('ada@acme.test'), box('Carl@Acme.test', 'Carl')] },
    { words: { addresses: 'Carl <Carl@Acme.test>' }, count: 1, place: 'to' },
  ],
  [
    'new_recipient',
    { hasQuote: true, cc: [box('Eva@else.test')] },
    { strangers: ['eva@else.test'] },
    { words: { addresses: 'Eva@else.test' }, count: 1, place: 'cc' },
  ],
  ['many_recipients', { to: people(10, (n) => `house${n % 5}.test`) }, {}, { count: 10, place: 'to' }],
  ['many_recipients', { to: [], cc: people(10, () => 'gmail.com') }, {}, { count: 10, place: 'cc' }],
  [
    'domain_typo',
    { bcc: [box('eva@gmial.com')] },
    {},
    { words: { addresses: 'eva@gmial.com', meant: 'gmail.com' }, place: 'bcc' },
  ],
  [
    'bounced_address',
    {},
    { bounced: [{ address: 'ada@acme.test', reason: 'no_such_address', at: 1 }] },
    { words: { addresses: 'ada@acme.test' }, place: 'to' },
  ],
  [
    'wrong_from',
    {},
    { cameTo: { channelId: 'sales', address: 'sales@acme.test' } },
    { words: { address: 'sales@acme.test' }, place: 'from' },
  ],
  ['thread_changed', {}, { news: [{ id: 'm2' }] }, { count: 1, place: 'body' }],
  [
    'never_log',
    {},
    { neverLog: [{ address: 'ada@acme.test', pattern: 'acme.test' }] },
    { words: { addresses: 'ada@acme.test', patterns: 'acme.test' }, place: 'to' },
  ],
  [
    'unfilled_token',
    { subject: 'For {{ deal.name }}', text: 'Hi {{contact.name}}, {{ contact.name }}' },
    {},
    { words: { tokens: '{{ deal.name }}, {{ contact.name }}' }, count: 2, place: 'subject' },
  ],
  ['unfilled_token', { text: 'Hi {{contact.name}}' }, {}, { count: 1, place: 'body' }],
  ['too_large', { tooLarge: { size: '31 MB', limit: '25 MB' } }, {}, { place: 'attach' }],
]

const LEAVES: [CheckId, Partial<CheckedMail>, object][] = [
  ['forgotten_attachment', { text: 'see the attached offer', attachmentCount: 1 }, {}],
  ['forgotten_attachment', { text: 'Thank you.\n> see the attached offer' }, {}],
  ['forgotten_attachment', { subject: 'Re: Offer attached' }, {}],
  ['forgotten_attachment', { subject: 'Offer attached', hasQuote: true }, {}],
  ['empty_subject', {}, {}],
  ['empty_body', { text: '', hasQuote: true }, {}],
  ['empty_body', { text: '', hasImage: true }, {}],
  ['empty_body', { text: '', attachmentCount: 1 }, {}],
  // Moved to another field, or written in another case, is not dropped.
  ['dropped_recipient', { to: [], bcc: [box('ADA@acme.test')] }, { answersTo: [box('ada@acme.test')] }],
  // Without the earlier mail below, somebody new reads nothing of it; and one who was removed again is no recipient.
  ['new_recipient', { hasQuote: false }, { strangers: ['ada@acme.test'] }],
  ['new_recipient', { hasQuote: true }, { strangers: ['eva@else.test'] }],
  ['many_recipients', { bcc: people(50, (n) => `house${n}.test`) }, {}],
  ['many_recipients', { to: people(9, (n) => `house${n}.test`) }, {}],
  ['many_recipients', { to: people(40, (n) => `house${n % 4}.test`) }, {}],
  [
    'many_recipients',
    { to: people(12, (n) => `house${n}.test`) },
    { answersTo: people(12, (n) => `house${n}.test`) },
  ],
  ['domain_typo', { to: [box('a@gmail.com'), box('a@mail.com'), box('a@gmx.at'), box('a@rossi.test')] }, {}],
  ['domain_typo', { to: [box('eva@gmial.com')] }, { answersTo: [box('eva@gmial.com')] }],
  ['bounced_address', {}, { bounced: [{ address: 'else@acme.test', reason: 'unknown', at: 1 }] }],
  ['wrong_from', {}, { cameTo: { channelId: 'support', address: 'support@acme.test' } }],
  ['wrong_from', {}, { cameTo: null }],
  ['thread_changed', {}, { news: [] }],
  ['never_log', {}, { neverLog: [{ address: 'else@acme.test', pattern: 'acme.test' }] }],
  // Somebody writes about templates of their own.
  ['unfilled_token', { text: 'Write {{ user.name }} or {{contact}}, {{ contact. }}' }, {}],
  ['too_large', {}, {}],
]

describe('the checks before sending', () => {
  it.each(FIRES)('%s doubts %j, knowing %j', (id, change, facts, expected) =>
    expect(run(id, change, facts)).toMatchObject(expected),
  )
  it.each(LEAVES)('%s leaves %j alone, knowing %j', (id, change, facts) =>
    expect(run(id, change, facts)).toBeNull(),
  )
  it('find nothing in an ordinary mail', () => expect(findings(mail(), known(), () => true)).toEqual([]))
  it('that are off find nothing', () => {
    const bad = mail({ subject: '', text: '' })
    expect(findings(bad, known(), () => true).map(({ id }) => id)).toEqual(['empty_subject', 'empty_body'])
    expect(findings(bad, known(), (id) => id !== 'empty_body').map(({ id }) => id)).toEqual(['empty_subject'])
  })
  it('each can be switched off, and has words for what is wrong, what to do, and its setting', () => {
    expect(Object.keys(CHECKS).sort()).toEqual([...CHECK_IDS].sort())
    for (const id of CHECK_IDS) {
      expect(en.composer.before[id].text).not.toBe('')
      expect(en.composer.before[id].todo).not.toBe('')
      expect(en.settings.sending.checks[id]).not.toBe('')
    }
  })
  it('name a few of many', () => {
    const to = people(8, () => 'acme.test')
    const found = run('bounced_address', { to }, { bounced: to.map(({ address }) => ({ address })) })
    expect(found?.words?.['addresses']).toMatch(/^p0@acme.test, .*p4@acme.test … \(8\)$/)
  })
})

describe('meantDomain', () => {
  it.each([
    ['gmial.com', 'gmail.com'],
    ['gmai.com', 'gmail.com'],
    ['gmaill.com', 'gmail.com'],
    ['gmail.con', 'gmail.com'],
    ['hotmial.com', 'hotmail.com'],
    ['outlok.com', 'outlook.com'],
    ['yaho.com', 'yahoo.com'],
    ['googelmail.com', 'googlemail.com'],
    ['libero.ti', 'libero.it'],
  ])('%s is meant as %s', (written, meant) => expect(meantDomain(written)).toBe(meant))
  it.each(['gmail.com', 'email.com', 'ymail.com', 'web.at', 'gmx.ch', 'yahoo.de', 'acme.test', ''])(
    '%j is what it is',
    (domain) => expect(meantDomain(domain)).toBeNull(),
  )
  it.each([
    ['abc', 'abc', false],
    ['abc', 'acb', true],
    ['abc', 'ab', true],
    ['abc', 'abbc', true],
    ['abc', 'axc', true],
    ['abcd', 'badc', false],
    ['abc', 'cba', false],
    ['aaa', 'aa', true],
  ])('%s and %s: one slip is %s', (a, b, slip) => expect(isOneSlip(a, b)).toBe(slip))
})
