import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mailbox } from '../../src/contract/common.ts'
import {
  answerRecipients,
  answerSubject,
  quotation,
  type Source,
} from '../../src/main/engine/outbox/answer.ts'

const box = (address: string, name = ''): Mailbox => ({ name, address })
const source = (init: Partial<Source> = {}): Source => ({
  direction: 'in',
  from: box('carla@kunde.test', 'Carla'),
  replyTo: [],
  to: [box('support@acme.test')],
  cc: [],
  subject: 'Order',
  sentAt: Date.UTC(2025, 9, 1, 9),
  html: null,
  text: 'Hello',
  ...init,
})
const own = 'support@acme.test'

describe('answerRecipients (D1)', () => {
  test('a reply goes to From, or to all of Reply-To', () => {
    expect(answerRecipients(source(), 'reply', own)).toEqual({
      to: [box('carla@kunde.test', 'Carla')],
      cc: [],
    })
    const replyTo = [box('desk@kunde.test'), box('boss@kunde.test')]
    expect(answerRecipients(source({ replyTo }), 'reply', own)).toEqual({ to: replyTo, cc: [] })
  })

  test('a reply to all goes to everybody but ourselves, each once', () => {
    const all = source({
      to: [box('Support@Acme.test'), box('dora@kunde.test')],
      cc: [box('DORA@kunde.test'), box('emil@kunde.test'), box('carla@kunde.test')],
    })
    expect(answerRecipients(all, 'reply_all', own)).toEqual({
      to: [box('carla@kunde.test', 'Carla'), box('dora@kunde.test')],
      cc: [box('emil@kunde.test')],
    })
  })

  test('an answer to our own message goes to whom that one went', () => {
    const ours = source({
      direction: 'out',
      from: box(own),
      to: [box('carla@kunde.test')],
      cc: [box('dora@kunde.test')],
    })
    expect(answerRecipients(ours, 'reply', own)).toEqual({ to: [box('carla@kunde.test')], cc: [] })
    expect(answerRecipients(ours, 'reply_all', own).cc).toEqual([box('dora@kunde.test')])
  })

  test('a mail to ourselves is answered to ourselves; a new one and a forward to nobody yet', () => {
    expect(answerRecipients(source({ from: box(own) }), 'reply', own).to).toEqual([box(own)])
    expect(answerRecipients(source(), 'forward', own)).toEqual({ to: [], cc: [] })
    expect(answerRecipients(source(), 'new', own)).toEqual({ to: [], cc: [] })
  })

  const address = fc.constantFrom(
    'a@x.test',
    'A@x.test',
    'b@x.test',
    'c@y.test',
    own,
    'SUPPORT@acme.test',
    'd@z.test',
  )
  const mailboxes = fc.array(
    address.map((one) => box(one)),
    { maxLength: 6 },
  )
  const lower = (list: readonly Mailbox[]): string[] => list.map((one) => one.address.toLowerCase())

  test('nobody is added, nobody dropped, nobody twice', () => {
    fc.assert(
      fc.property(address, mailboxes, mailboxes, mailboxes, fc.boolean(), (from, replyTo, to, cc, isOurs) => {
        const message = source({ from: box(from), replyTo, to, cc, direction: isOurs ? 'out' : 'in' })
        const answer = answerRecipients(message, 'reply_all', own)
        const got = lower([...answer.to, ...answer.cc])
        expect(new Set(got).size).toBe(got.length)
        const senders = isOurs ? [] : replyTo.length > 0 ? replyTo : [box(from)]
        const everybody = new Set(lower([...senders, ...to, ...cc]))
        for (const one of got) expect(everybody.has(one)).toBe(true)
        const others = [...everybody].filter((one) => one !== own)
        for (const one of others) expect(got).toContain(one)
      }),
    )
  })
})

describe('answerSubject', () => {
  test.each([
    ['Order', 'reply', 'Re: Order'],
    ['Re: Order', 'reply', 'Re: Order'],
    ['AW: Order', 'reply_all', 'AW: Order'],
    ['RE[2]: Order', 'reply', 'RE[2]: Order'],
    ['Fwd: Order', 'reply', 'Re: Fwd: Order'],
    ['Order', 'forward', 'Fwd: Order'],
    ['WG: Order', 'forward', 'WG: Order'],
    ['Re: Order', 'forward', 'Fwd: Re: Order'],
    ['Regarding: x', 'reply', 'Re: Regarding: x'],
    ['', 'reply', 'Re: '],
  ] as const)('%s, %s', (subject, mode, answered) => {
    expect(answerSubject(subject, mode)).toBe(answered)
  })

  test('a second answer adds nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('reply' as const, 'forward' as const), (subject, mode) => {
        const once = answerSubject(subject, mode)
        expect(answerSubject(once, mode)).toBe(once)
      }),
    )
  })
})

describe('quotation', () => {
  test('names who wrote when, with nothing of theirs as markup', () => {
    const html = quotation(
      source({ from: box('a"<b>@x.test', '<script>alert(1)</script>'), text: '1 < 2\n& 3' }),
      'reply',
    )
    expect(html).toContain('&lt;script&gt;')
    expect(html).not.toContain('<script>')
    expect(html).toContain('1 &lt; 2<br>&amp; 3')
    expect(html).toContain('<blockquote type="cite"')
  })

  test('a forward carries the head of the original', () => {
    const html = quotation(
      source({ cc: [box('dora@kunde.test', 'Dora')], subject: 'A <b> offer' }),
      'forward',
    )
    expect(html).toContain('Subject: A &lt;b&gt; offer')
    expect(html).toContain('Cc: Dora &lt;dora@kunde.test&gt;')
    expect(quotation(source(), 'new')).toBe('')
  })
})

describe('F1, D1: an answer to a forward', () => {
  const forwarded = {
    direction: 'in' as const,
    from: { name: 'Anna', address: 'anna@kunde.test' },
    forwarder: { name: 'Ben', address: 'ben@partner.test' },
    replyTo: [],
    to: [{ name: '', address: 'support@acme.test' }],
    cc: [{ name: '', address: 'cc@partner.test' }],
    subject: 'Fwd: Lamp',
    sentAt: 0,
    html: null,
    text: 'x',
  }

  test('goes to its author; to all, also to whoever forwarded it', () => {
    expect(answerRecipients(forwarded, 'reply', 'support@acme.test')).toEqual({
      to: [forwarded.from],
      cc: [],
    })
    expect(answerRecipients(forwarded, 'reply_all', 'support@acme.test')).toEqual({
      to: [forwarded.from],
      cc: [forwarded.forwarder, forwarded.cc[0]],
    })
  })

  test('forwarded on, it says whom it came from', () => {
    expect(quotation(forwarded, 'forward')).toContain('From: Ben &lt;ben@partner.test&gt;')
    expect(quotation(forwarded, 'reply')).toContain('Anna &lt;anna@kunde.test&gt; wrote')
  })
})
