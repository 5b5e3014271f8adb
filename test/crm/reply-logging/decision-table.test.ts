import { describe, expect, test } from 'vitest'
import type { LoggingInput, LoggingReason } from '../../../src/main/engine/crm/reply-logging/types.ts'
import { loggingVerdict } from '../../../src/main/engine/crm/reply-logging/verdict.ts'
import { ADA, BEN, earlier, input, MARIO, NOON, sentBy } from './cases.ts'

/**
 * The rules G1 to G7 as a table: every combination of their facts, each with the verdict and the deciding fact that a
 * rule of thumb gives, which is written from the specification and knows nothing of the code under test.
 */

const facts = {
  /** How the thread began, and what was done with it. */
  thread: [
    'no reply',
    'unknown original',
    'Ada began',
    'outsider began',
    'Ada answered with Log',
    'Ben began',
    'Ada cleared Log',
    'team',
  ],
  place: ['INBOX', 'INBOX/Clients', 'opted in', 'Junk'],
  connected: [true, false],
  originalOnList: [false, true],
  senderOnList: [false, true],
  goesTo: ['Ada', 'somewhere else'],
  sender: ['contact', 'unknown'],
  mode: ['replies', 'all_with_contacts', 'off'],
  hand: [null, 'log_now', 'removed'],
} as const
type Facts = { [K in keyof typeof facts]: (typeof facts)[K][number] }

const combinations = (over: Partial<{ [K in keyof Facts]: readonly Facts[K][] }> = {}): Facts[] =>
  Object.entries({ ...facts, ...over }).reduce<Record<string, unknown>[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  ) as Facts[]

function build(row: Facts): LoggingInput {
  const isReply = row.thread !== 'no reply'
  const from = row.sender === 'contact' ? MARIO.address : 'mario.alias@rossi.test'
  const sent = ['mario@rossi.test', ...(row.originalOnList ? ['lawyer@never.test'] : [])]
  const byAda = earlier('ada@acme.test', sent, { sentFrom: sentBy(ADA) })
  const byMario = earlier('mario@rossi.test', ['ada@acme.test', ...sent.slice(1)])
  const began = {
    'no reply': byAda,
    'unknown original': byAda,
    'Ada began': byAda,
    'outsider began': byMario,
    'Ada answered with Log': byMario,
    'Ben began': earlier('ben@acme.test', sent, { sentFrom: sentBy(BEN) }),
    'Ada cleared Log': { ...byAda, byHand: { kind: 'log_box_cleared' as const, userName: 'Ada' } },
    team: earlier('support@acme.test', sent, {
      sentFrom: { purpose: 'team', address: 'support@acme.test', inboxName: 'Support' },
    }),
  }[row.thread]
  const answer = { ...byAda, recipients: ['mario@rossi.test'], messageId: 'answer@acme.test', logged: true }
  const path = { INBOX: 'INBOX', 'INBOX/Clients': 'INBOX/Clients', 'opted in': 'Deals', Junk: 'Spam' }[
    row.place
  ]
  return input({
    message: {
      from: { name: 'Mario', address: from },
      to: [{ name: '', address: row.goesTo === 'Ada' ? 'ada@acme.test' : 'list@elsewhere.test' }],
      ...(isReply ? {} : { inReplyTo: [], references: [] }),
    },
    folder: { path, role: row.place === 'Junk' ? 'junk' : row.place === 'INBOX' ? 'inbox' : 'other' },
    channel: {
      periods: row.connected
        ? ADA.periods
        : [
            { from: 0, until: NOON },
            { from: NOON + 1, until: null },
          ],
    },
    origin:
      !isReply || row.thread === 'unknown original'
        ? null
        : { began, loggedAnswer: row.thread === 'Ada answered with Log' ? answer : null },
    neverLog: [...(row.originalOnList ? ['never.test'] : []), ...(row.senderOnList ? [from] : [])],
    mode: row.mode,
    folders: ['Deals'],
    byHand: row.hand,
  })
}

/** From the specification, sentence by sentence. The first obstacle of the list decides. */
function ruleOfThumb(row: Facts): { logged: boolean; code: LoggingReason } {
  const isKnownReply = row.thread !== 'no reply' && row.thread !== 'unknown original'
  const obstacles: [LoggingReason, boolean][] = [
    // G7, and what nobody can override.
    ['team_thread', row.thread === 'team'],
    ['junk', row.place === 'Junk'],
    ['never_log', row.senderOnList],
  ]
  const automatic: [LoggingReason, boolean][] = [
    ['off', row.mode === 'off'],
    ['not_connected', !row.connected],
    ['folder', row.place === 'INBOX/Clients'],
    ['original_never_log', isKnownReply && row.originalOnList],
  ]
  const stopped = obstacles.find(([, holds]) => holds)
  if (stopped) return { logged: false, code: stopped[0] }
  if (row.hand !== null) return { logged: row.hand === 'log_now', code: row.hand }
  const hindered = automatic.find(([, holds]) => holds)
  if (hindered) return { logged: false, code: hindered[0] }
  const isAdas = ['Ada began', 'Ada cleared Log', 'Ada answered with Log'].includes(row.thread)
  if (row.mode === 'all_with_contacts') {
    if (row.sender === 'contact') return { logged: true, code: 'mail_with_contact' }
    return { logged: false, code: isAdas ? 'unknown_sender' : 'no_contact' }
  }
  if (row.thread === 'no reply') return { logged: false, code: 'no_reply' }
  if (row.thread === 'unknown original') return { logged: false, code: 'unknown_original' }
  if (row.thread === 'outsider began') return { logged: false, code: 'begun_by_other' }
  if (row.thread === 'Ada cleared Log') return { logged: false, code: 'original_not_logged' }
  if (row.thread === 'Ben began' || row.goesTo !== 'Ada') return { logged: false, code: 'other_address' }
  if (row.sender === 'unknown') return { logged: false, code: 'unknown_sender' }
  return { logged: true, code: row.thread === 'Ada began' ? 'reply' : 'reply_to_logged_answer' }
}

const words = (row: Facts): string =>
  Object.entries(row)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ')

describe('replies only, nothing decided by hand', () => {
  const rows = combinations({ mode: ['replies'], hand: [null] })
  test.each(rows.map((row) => [words(row), row] as const))('%s', (_, row) => {
    const verdict = loggingVerdict(build(row))
    expect({ logged: verdict.logged, code: verdict.code }).toEqual(ruleOfThumb(row))
    // The trace says the same: all before the deciding fact spoke for logging, and one decided.
    expect(verdict.trace.filter(({ decided }) => decided)).toHaveLength(1)
    expect(verdict.trace.at(-1)).toMatchObject({ decided: true, holds: verdict.logged })
    expect(verdict.trace.slice(0, -1).every(({ holds }) => holds !== false)).toBe(true)
    expect(verdict.reason).toMatch(verdict.logged ? /^Logged because .+\.$/ : /^Not logged because .+\.$/)
    if (!verdict.logged && verdict.code !== 'team_thread' && verdict.code !== 'junk')
      expect(verdict.step).not.toBe('none')
  })
})

test('every combination of all facts, with the settings and what was decided by hand', () => {
  const rows = combinations()
  expect(rows).toHaveLength(9216)
  const wrong = rows.flatMap((row) => {
    const { logged, code } = loggingVerdict(build(row))
    const expected = ruleOfThumb(row)
    return logged === expected.logged && code === expected.code
      ? []
      : [{ row: words(row), logged, code, expected }]
  })
  expect(wrong.slice(0, 5)).toEqual([])
})

describe('outgoing mail', () => {
  const out = {
    mode: ['replies', 'all_with_contacts', 'off'],
    hand: [null, 'log_box', 'log_box_cleared', 'bcc', 'log_now', 'removed'],
    recipient: ['contact', 'unknown', 'on the list'],
    connected: [true, false],
  } as const
  const rows = out.mode.flatMap((mode) =>
    out.hand.flatMap((hand) =>
      out.recipient.flatMap((recipient) =>
        out.connected.map((connected) => ({ mode, hand, recipient, connected })),
      ),
    ),
  )
  test.each(rows)('$mode, by hand: $hand, recipient: $recipient, connected: $connected', (row) => {
    const { mode, hand, recipient, connected } = row
    const verdict = loggingVerdict(
      input({
        message: {
          direction: 'out',
          from: { name: 'Ada', address: 'ada@acme.test' },
          to: [{ name: '', address: recipient === 'contact' ? 'mario@rossi.test' : 'new@person.test' }],
          inReplyTo: [],
          references: [],
        },
        folder: { path: 'Sent', role: 'sent' },
        origin: null,
        neverLog: recipient === 'on the list' ? ['person.test'] : [],
        channel: { periods: connected ? ADA.periods : [] },
        mode,
        byHand: hand,
      }),
    )
    const isAsked = hand === 'log_box' || hand === 'bcc' || hand === 'log_now'
    const isAutomatic = hand === null && mode === 'all_with_contacts' && connected && recipient === 'contact'
    expect(verdict.logged).toBe(recipient !== 'on the list' && (isAsked || isAutomatic))
    // Only who asked for it makes a contact of a stranger.
    expect(verdict.newContacts.map(({ address }) => address)).toEqual(
      isAsked && recipient === 'unknown' ? ['new@person.test'] : [],
    )
    expect(verdict.contactIds).toEqual(verdict.logged && recipient === 'contact' ? ['contact-mario'] : [])
  })
})

describe('folders by kind of mailbox (G6)', () => {
  const cases: [
    kind: LoggingInput['channel']['kind'],
    folder: Partial<LoggingInput['folder']>,
    looked: boolean,
  ][] = [
    ['imap', { path: 'inbox' }, true],
    ['imap', { path: 'INBOX.Clients', role: 'other' }, false],
    ['imap', { path: 'Archive', role: 'archive' }, false],
    ['imap', { path: 'Inbox/INBOX', role: 'other' }, false],
    ['google', { path: '[Gmail]/All Mail', role: 'archive' }, true],
    ['google', { path: '[Gmail]/All Mail', role: 'archive', labels: ['\\Spam'] }, false],
    ['google', { path: 'Clients', role: 'other', labels: ['Spam reports'] }, true],
    ['microsoft365', { path: 'Clients', role: 'other' }, true],
    ['microsoft365', { path: 'Junk Email', role: 'junk' }, false],
    ['exchange', { path: 'Posteingang', role: 'inbox' }, true],
    ['exchange', { path: 'Clients', role: 'other', ruleTarget: true }, true],
    ['exchange', { path: 'Clients', role: 'other' }, false],
  ]
  test.each(cases)('%s: %o', (kind, folder, looked) => {
    expect(loggingVerdict(input({ channel: { kind }, folder })).logged).toBe(looked)
  })
})
