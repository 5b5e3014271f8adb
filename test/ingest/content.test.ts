import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildMail } from '../support/mail.ts'
import { mailParser, openMailRoom, type MailRoom } from '../support/mail-room.ts'
import { cpuTime } from '../support/cpu-time.ts'

const parser = mailParser()
afterAll(() => parser.close())
let room: MailRoom
beforeEach(async () => {
  room = await openMailRoom(parser)
})
afterEach(() => room.stop())

const mail = (init: Partial<Parameters<typeof buildMail>[0]>): Buffer =>
  buildMail({ from: 'Carla Customer <carla@kunde.test>', to: 'support@acme.test', text: 'Hello.', ...init })

const count = (table: string): number => room.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).n

const ARRIVAL = Date.UTC(2025, 9, 2, 12)

describe('fault 51: one Message-ID, different senders', () => {
  test('both are kept, and no conversation is hijacked', async () => {
    const [real] = await room.take([mail({ messageId: 'a@kunde.test', subject: 'Order' })])
    const [fake] = await room.take([
      mail({ from: 'Mallory <mallory@evil.test>', messageId: 'a@kunde.test', subject: 'Pay here' }),
    ])
    expect(fake!.isNew).toBe(true)
    expect(fake!.threadId).not.toBe(real!.threadId)
    expect(count('messages')).toBe(2)
  })

  test('whichever comes first, the one that the server took first has the conversation', async () => {
    const early = mail({ messageId: 'a@kunde.test', subject: 'Order' })
    const late = mail({ from: 'mallory@evil.test', messageId: 'a@kunde.test', subject: 'Pay here' })
    const answer = mail({
      messageId: 'b@kunde.test',
      inReplyTo: 'a@kunde.test',
      references: ['a@kunde.test'],
    })
    const [second] = await room.take([late], { arrival: ARRIVAL + 60_000 })
    await room.take([answer], { arrival: ARRIVAL + 120_000 })
    const [first] = await room.take([early], { arrival: ARRIVAL })
    const threadOf = (id: string): string =>
      room.one<{ thread_id: string }>('SELECT thread_id FROM messages WHERE id = ?', id).thread_id
    const answered = room.one<{ thread_id: string }>(
      "SELECT thread_id FROM messages WHERE message_id = 'b@kunde.test'",
    )
    expect(answered.thread_id).toBe(threadOf(first!.messageId))
    expect(threadOf(second!.messageId)).not.toBe(answered.thread_id)
  })

  test('the same message once more is a copy, with other content it is another message', async () => {
    const raw = mail({ messageId: 'a@kunde.test', subject: 'Order' })
    await room.take([raw])
    // As another server hands it on: one more trace field, LF line ends.
    const copy = `Received: from x by y\n${raw.toString().replaceAll('\r\n', '\n')}`
    const [again] = await room.take([copy])
    expect(again!.isNew).toBe(false)
    const [other] = await room.take([
      mail({ messageId: 'a@kunde.test', subject: 'Order', text: 'Changed my mind.' }),
    ])
    expect(other!.isNew).toBe(true)
    expect(count('messages')).toBe(2)
    expect(room.one<{ message_count: number }>('SELECT message_count FROM contacts')).toMatchObject({
      message_count: 2,
    })
  })
})

describe('fault 52: a Message-ID that is missing or garbage', () => {
  const bare = (id: string | null, text: string) =>
    `From: carla@kunde.test\nTo: support@acme.test\nSubject: No name\nDate: Wed, 01 Oct 2025 10:00:00 +0000\n${
      id === null ? '' : `Message-ID: ${id}\n`
    }\n${text}\n`

  test('gives a stable one: the same on every machine, another for another message', async () => {
    await room.take([bare(null, 'one'), bare(null, 'two'), bare('<>', 'three'), bare('<  @ >', 'four')])
    await room.take([bare(null, 'one')])
    const here = room.all<{ id: string; message_id: string }>(
      'SELECT id, message_id FROM messages ORDER BY id',
    )
    expect(here).toHaveLength(4)
    expect(new Set(here.map((one) => one.message_id)).size).toBe(4)
    const elsewhere = await openMailRoom(parser)
    try {
      await elsewhere.take([
        bare('<  @ >', 'four'),
        bare('<>', 'three'),
        bare(null, 'two'),
        bare(null, 'one'),
      ])
      expect(elsewhere.all('SELECT id, message_id FROM messages ORDER BY id')).toEqual(here)
    } finally {
      elsewhere.stop()
    }
  })
})

describe('fault 53: References', () => {
  test('with a loop, with oneself, with 10,000 ids: bounded, and in one conversation', async () => {
    await room.take([
      mail({ messageId: 'x@kunde.test', references: ['y@kunde.test', 'x@kunde.test'] }),
      mail({ messageId: 'y@kunde.test', references: ['x@kunde.test'] }),
    ])
    expect(count('threads')).toBe(1)
    const many = Array.from({ length: 10_000 }, (_, index) => `r${index}@kunde.test`)
    const started = cpuTime()
    await room.take([mail({ messageId: 'z@kunde.test', references: many })])
    expect(cpuTime() - started).toBeLessThan(1000)
    expect(count('reference_nodes')).toBeLessThan(200)
    // Its oldest and its newest ancestor both lead to it.
    const [old] = await room.take([mail({ messageId: 'r0@kunde.test' })])
    const [young] = await room.take([mail({ messageId: 'r9999@kunde.test' })])
    expect(young!.threadId).toBe(old!.threadId)
  })
})

describe('fault 54: a conversation of 5,000 messages', () => {
  test('takes the next one as quickly as the first', async () => {
    const raws = Array.from({ length: 5000 }, (_, index) =>
      mail({
        messageId: `n${index}@kunde.test`,
        references: index === 0 ? [] : [`n0@kunde.test`, `n${index - 1}@kunde.test`],
        subject: 'Long',
        text: `Number ${index}`,
        date: Date.UTC(2025, 8, 1) + index * 60_000,
      }),
    )
    const times: number[] = []
    for (let start = 0; start < raws.length; start += 50) {
      const began = cpuTime()
      await room.take(raws.slice(start, start + 50))
      times.push(cpuTime() - began)
    }
    expect(room.all('SELECT message_count FROM threads')).toEqual([{ message_count: 5000 }])
    const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)]!
    expect(median(times.slice(-20))).toBeLessThan(4 * median(times.slice(5, 25)) + 20)
  }, 60_000)
})

describe('fault 58: charsets', () => {
  test('raw 8-bit headers, an unknown charset, UTF-7: a best guess, never UTF-7, and searchable', async () => {
    const head = Buffer.from(
      'From: carla@kunde.test\r\nTo: support@acme.test\r\nMessage-ID: <c1@kunde.test>\r\nSubject: ',
    )
    const subject = Buffer.from('Grüße aus Łódź', 'utf8')
    const rest = Buffer.from(
      '\r\nContent-Type: text/plain; charset=x-unheard-of\r\n\r\nzażółć gęślą jaźń\r\n',
    )
    await room.take([Buffer.concat([head, subject, rest])])
    expect(room.one('SELECT subject FROM messages')).toEqual({ subject: 'Grüße aus Łódź' })
    expect(
      room.one<{ n: number }>("SELECT count(*) AS n FROM messages_fts WHERE messages_fts MATCH 'gesla'").n,
    ).toBe(1)
    await room.take([
      'From: carla@kunde.test\nMessage-ID: <c2@kunde.test>\nSubject: seven\nContent-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n',
    ])
    const { text } = room.one<{ text: string }>(
      'SELECT text FROM message_texts ORDER BY message_rowid DESC LIMIT 1',
    )
    expect(text).not.toContain('<script>')
  })
})

describe('fault 59: dates', () => {
  test.each([
    ['broken', 'Date: the day before yesterday'],
    ['in 1901', 'Date: Tue, 01 Jan 1901 00:00:00 +0000'],
    ['in 2099', 'Date: Thu, 01 Jan 2099 00:00:00 +0000'],
    ['missing', 'X-Nothing: here'],
  ])('%s: sorted by arrival, and said', async (_name, line) => {
    await room.take([
      `From: carla@kunde.test\nMessage-ID: <d@kunde.test>\nSubject: When?\n${line}\n\nHello\n`,
    ])
    expect(room.one('SELECT sort_at FROM messages')).toEqual({ sort_at: ARRIVAL })
    expect(room.all('SELECT kind FROM message_warnings')).toEqual([{ kind: 'bad_date' }])
  })

  test('a server without INTERNALDATE: what the message says, else now', async () => {
    await room.take([mail({ date: Date.UTC(2025, 8, 9), messageId: 'd1@kunde.test' })], { arrival: 0 })
    expect(room.one('SELECT sort_at, received_at FROM messages')).toEqual({
      sort_at: Date.UTC(2025, 8, 9),
      received_at: Date.UTC(2025, 8, 9),
    })
  })
})

describe('fault 60: From', () => {
  test.each([
    ['two', 'From: Real <real@kunde.test>\nFrom: Other <other@evil.test>'],
    ['an empty', 'From:'],
    ['a group', 'From: Team: carla@kunde.test, dora@kunde.test;'],
    ['no', 'X-From: nobody'],
  ])('%s From: kept, shown with a warning, and nothing breaks', async (_name, lines) => {
    const [one] = await room.take([`${lines}\nMessage-ID: <f@kunde.test>\nSubject: Who?\n\nHello\n`])
    expect(one!.isNew).toBe(true)
    expect(count('message_warnings')).toBeGreaterThan(0)
    expect(room.one('SELECT message_count FROM threads')).toEqual({ message_count: 1 })
  })
})

describe('fault 67: what is automatic', () => {
  const sent = (): Promise<unknown> =>
    room.take(
      [
        buildMail({
          from: 'Support <support@acme.test>',
          to: 'gone@kunde.test',
          subject: 'Your offer',
          text: 'Here it is.',
          messageId: 'offer@acme.test',
        }),
      ],
      { origin: 'sent' },
    )
  /** @param enclosed  the part that holds the returned message or its head */
  const bounce = (enclosed: string, headers = ''): string =>
    [
      'From: Mail Delivery System <MAILER-DAEMON@mx.kunde.test>',
      'To: support@acme.test',
      'Subject: Undelivered Mail Returned to Sender',
      'Message-ID: <bounce1@mx.kunde.test>',
      'Date: Wed, 01 Oct 2025 10:00:00 +0000',
      'Auto-Submitted: auto-replied',
      ...(headers === '' ? [] : [headers]),
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'I could not deliver it.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Final-Recipient: rfc822; gone@kunde.test',
      'Action: failed',
      'Status: 5.1.1',
      '',
      '--b',
      enclosed,
      '--b--',
      '',
    ].join('\n')
  const original = 'Subject: Your offer\nMessage-ID:\n <offer@acme.test>\nFrom: support@acme.test'

  test.each([
    ['the whole message', `Content-Type: message/rfc822\n\n${original}\n\nHere it is.`],
    ['its head', `Content-Type: text/rfc822-headers\n\n${original}\n`],
  ])(
    'a bounce that encloses %s comes into its conversation, makes no contact, and reopens it',
    async (_n, part) => {
      await sent()
      const before = count('contacts')
      const { id } = room.one<{ id: string }>('SELECT id FROM threads')
      room.store.write(({ db }) => db.run("UPDATE threads SET status = 'closed'"))
      const [one] = await room.take([bounce(part)])
      expect(one!.threadId).toBe(id)
      expect(count('contacts')).toBe(before)
      expect(room.one('SELECT status, sender_address FROM threads')).toMatchObject({ status: 'open' })
    },
  )

  test('it finds the message that it is about also when that one comes later', async () => {
    const [one] = await room.take([bounce(`Content-Type: message/rfc822\n\n${original}\n\nHere it is.`)])
    await sent()
    expect(count('threads')).toBe(1)
    const { thread_id } = room.one<{ thread_id: string }>(
      "SELECT thread_id FROM messages WHERE direction = 'out'",
    )
    expect(
      room.one<{ thread_id: string }>('SELECT thread_id FROM messages WHERE id = ?', one!.messageId),
    ).toEqual({
      thread_id,
    })
  })

  test('its own References count more than what it encloses', async () => {
    await sent()
    const other = mail({ messageId: 'other@kunde.test', subject: 'Another' })
    const [there] = await room.take([other])
    const [one] = await room.take([
      bounce(`Content-Type: message/rfc822\n\n${original}\n\nx`, 'References: <other@kunde.test>'),
    ])
    expect(one!.threadId).toBe(there!.threadId)
  })

  test('a forwarded message of a person is no bounce: what it encloses decides nothing', async () => {
    await sent()
    const [one] = await room.take([
      `From: carla@kunde.test\nTo: support@acme.test\nMessage-ID: <fw@kunde.test>\nSubject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee below\n--b\nContent-Type: message/rfc822\n\n${original}\n\nHere it is.\n--b--\n`,
    ])
    expect(one!.isNew).toBe(true)
    expect(count('threads')).toBe(2)
  })
})

describe('what nobody understands', () => {
  test('is kept, shown as such, and found again', async () => {
    const [one] = await room.take([Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10])])
    expect(one!.isNew).toBe(true)
    const [again] = await room.take([Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10])])
    expect(again!.isNew).toBe(false)
  })
})

describe('people', () => {
  test('C5: each recipient of what we send has a contact, our own addresses have none', async () => {
    await room.channel('sales@acme.test')
    await room.take(
      [
        buildMail({
          from: 'support@acme.test',
          to: ['Carla <carla@kunde.test>', 'sales@acme.test'],
          cc: ['dora@kunde.test', 'SUPPORT@acme.test'],
          subject: 'Hi',
          text: 'x',
        }),
      ],
      { origin: 'sent' },
    )
    expect(room.all('SELECT address, name FROM contacts ORDER BY address')).toEqual([
      { address: 'carla@kunde.test', name: 'Carla' },
      { address: 'dora@kunde.test', name: '' },
    ])
    expect(room.all('SELECT domain, name FROM companies')).toEqual([{ domain: 'kunde.test', name: 'Kunde' }])
  })

  test('what a person wrote about a contact is not overwritten by mail', async () => {
    await room.take([mail({ messageId: 'p1@kunde.test', from: 'carla@kunde.test' })])
    await room.take([mail({ messageId: 'p2@kunde.test', from: 'Carla C. <carla@kunde.test>' })])
    await room.take([mail({ messageId: 'p3@kunde.test', from: 'Somebody Else <carla@kunde.test>' })])
    expect(room.all('SELECT name, message_count FROM contacts')).toEqual([
      { name: 'Carla C.', message_count: 3 },
    ])
    expect(
      room.all("SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH 'somebody'").length +
        room.all("SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH 'carla'").length,
    ).toBe(1)
  })
})
