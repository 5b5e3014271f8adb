import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildMail } from '../support/mail.ts'
import { mailParser, openMailRoom, type MailRoom } from '../support/mail-room.ts'
import { forwards, type Forward } from '../crm/forwards/forwards.ts'

const parser = mailParser()
afterAll(() => parser.close())
let room: MailRoom
beforeEach(async () => {
  room = await openMailRoom(parser)
})
afterEach(() => room.stop())

const BEN = 'ben@partner.test'
const mailOf = (
  forward: Forward,
  number: number,
  init: Partial<Parameters<typeof buildMail>[0]> = {},
): Buffer =>
  buildMail({
    from: `Ben Bell <${BEN}>`,
    to: 'support@acme.test',
    subject: forward.subject,
    text: forward.text,
    headers: forward.headers ?? [],
    messageId: `f${number}@partner.test`,
    ...init,
  })
type Stored = { from_name: string; from_address: string; address: string | null }
const stored = (id: string): Stored =>
  room.one<Stored>(
    'SELECT m.from_name, m.from_address, c.address FROM messages m LEFT JOIN contacts c ON c.id = m.contact_id WHERE m.id = ?',
    id,
  )
const set = (column: string, value: number): void =>
  room.store.write(({ db }) => void db.run(`UPDATE inboxes SET ${column} = ${value}`))
const gmail = forwards[0]!
const doubtful = forwards.find(({ confidence, author }) => confidence === 'doubtful' && author === null)!

describe('F1: mail whose subject marks a forward', () => {
  test('counts as its author, or stays with who forwarded it; never with somebody deeper', async () => {
    const taken = await room.take(forwards.map((forward, i) => mailOf(forward, i)))
    const rows = new Map(
      taken.map(({ messageId }) => [
        room.one<{ message_id: string }>('SELECT message_id FROM messages WHERE id = ?', messageId)
          .message_id,
        stored(messageId),
      ]),
    )
    forwards.forEach((forward, i) => {
      const expected = forward.author?.address ?? BEN
      expect([forward.client, rows.get(`f${i}@partner.test`)]).toMatchObject([
        forward.client,
        { from_address: expected, address: expected },
      ])
    })
    const contacts = room.all<{ address: string }>('SELECT address FROM contacts ORDER BY address')
    expect(contacts.map(({ address }) => address)).toEqual(['anna.berg@kunde.test', BEN])
  })

  test('the conversation shows its author, and the people of both are found by search', async () => {
    await room.take([mailOf(gmail, 1)])
    expect(room.one('SELECT sender_name, sender_address FROM threads')).toEqual({
      sender_name: 'Anna Berg',
      sender_address: 'anna.berg@kunde.test',
    })
    for (const word of ['anna', 'partner'])
      expect(
        room.all(`SELECT rowid FROM messages_fts WHERE messages_fts MATCH 'people:${word}'`),
      ).toHaveLength(1)
  })

  test('F3: off, it stays with who forwarded it', async () => {
    set('attribute_forwards', 0)
    const [one] = await room.take([mailOf(gmail, 1)])
    expect(stored(one!.messageId).from_address).toBe(BEN)
    expect(room.all('SELECT id FROM forwards')).toEqual([])
  })

  test.each([
    ['a stranger', BEN, BEN],
    ['a member by the address they sign in with', 'ada@acme.test', 'anna.berg@kunde.test'],
  ])('by members only: %s', async (_name, from, expected) => {
    set('forwards_by_members_only', 1)
    const [one] = await room.take([mailOf(gmail, 1, { from })])
    expect(stored(one!.messageId).from_address).toBe(expected)
  })

  test('by members only: somebody who is not in the inbox is none', async () => {
    set('forwards_by_members_only', 1)
    room.store.write(({ db }) => void db.run("UPDATE inboxes SET access = 'members'"))
    const [one] = await room.take([mailOf(gmail, 1, { from: 'ada@acme.test' })])
    expect(stored(one!.messageId).from_address).toBe('ada@acme.test')
  })

  test('our own mail that comes back as a forward is from who forwarded it, and asks nothing', async () => {
    const own = { ...gmail, text: gmail.text.replaceAll('anna.berg@kunde.test', 'support@acme.test') }
    const [one] = await room.take([mailOf(own, 1)])
    expect(stored(one!.messageId).from_address).toBe(BEN)
    expect(room.one('SELECT confidence, found_address FROM forwards')).toEqual({
      confidence: 'none',
      found_address: '',
    })
  })

  test('of a forward as an attachment the author is asked for', async () => {
    const attached = (from: string) => ({
      name: 'mail.eml',
      mimeType: 'message/rfc822',
      content: `From: Anna Berg <${from}>\r\nSubject: Broken lamp\r\n\r\nHello\r\n`,
    })
    const bare = { ...gmail, text: 'See the attachment.' }
    const [one, two] = await room.take([
      mailOf(bare, 1, { attachments: [attached('anna.berg@kunde.test')] }),
      mailOf(bare, 2, { attachments: [attached('anna.berg@kunde.test'), attached('dora@deep.test')] }),
    ])
    expect([one, two].map((each) => stored(each!.messageId).from_address)).toEqual([BEN, BEN])
    expect(room.all('SELECT found_address, confidence FROM forwards ORDER BY confidence')).toEqual([
      { found_address: 'anna.berg@kunde.test', confidence: 'doubtful' },
      { found_address: '', confidence: 'none' },
    ])
  })

  test("mail that we send is nobody else's", async () => {
    await room.take([mailOf(gmail, 1, { from: 'support@acme.test', to: 'x@kunde.test' })], { origin: 'sent' })
    expect(room.all('SELECT id FROM forwards')).toEqual([])
  })

  test('a bounce whose subject begins like a forward is none', async () => {
    await room.take([
      mailOf(gmail, 1, { from: 'MAILER-DAEMON@mx.test', headers: ['X-Failed-Recipients: a@b.test'] }),
    ])
    expect(room.all('SELECT id FROM forwards')).toEqual([])
  })

  test('the same mail once more changes nothing', async () => {
    await room.take([
      mailOf(gmail, 1, { date: 1_760_000_000_000 }),
      mailOf(doubtful, 2, { date: 1_760_000_000_000 }),
    ])
    const before = room.all('SELECT * FROM contacts ORDER BY id')
    await room.take([mailOf(gmail, 1, { date: 1_760_000_000_000 })])
    expect(room.all('SELECT * FROM contacts ORDER BY id')).toEqual(before)
  })

  test('fault 51: whose Message-ID it is follows from who sent it', async () => {
    const [first] = await room.take([mailOf(gmail, 1, { messageId: 'same@partner.test' })])
    const [fake] = await room.take(
      [
        buildMail({
          from: 'anna.berg@kunde.test',
          to: 'support@acme.test',
          subject: 'x',
          text: 'y',
          messageId: 'same@partner.test',
        }),
      ],
      { arrival: Date.UTC(2025, 9, 2, 13) },
    )
    expect(fake!.threadId).not.toBe(first!.threadId)
  })
})

test("F2 stays as it is: what a group sends for its author, and then forwards, is the inner author's", async () => {
  const hosted = await room.channel('sales@acme.test')
  room.store.write(({ db }) =>
    db.run(
      "UPDATE channels SET kind = 'hosted', hosted_form = 'alias', parent_channel_id = ?, forwarding_address = 'f@acme.test', forwarding_key = 'f@acme.test' WHERE id = ?",
      [room.channelId, hosted],
    ),
  )
  const group = {
    from: "'Ben Bell' via Sales <sales@acme.test>",
    to: 'sales@acme.test',
    headers: [
      `X-Original-From: Ben Bell <${BEN}>`,
      'List-ID: <sales.acme.test>',
      'Delivered-To: f@acme.test',
    ],
  }
  const [one, two] = await room.take([
    mailOf({ ...gmail, subject: 'Plain' }, 1, group),
    mailOf(gmail, 2, group),
  ])
  expect([one, two].map((each) => stored(each!.messageId).from_address).sort()).toEqual([
    'anna.berg@kunde.test',
    BEN,
  ])
})
