import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bounceOf } from '../../src/main/engine/store/tables/mail-reports.ts'
import { bounces } from '../mime/bounces.ts'
import { buildMail } from '../support/mail.ts'
import { mailParser, openMailRoom, type MailRoom } from '../support/mail-room.ts'

const parser = mailParser()
afterAll(() => parser.close())
let room: MailRoom
beforeEach(async () => {
  room = await openMailRoom(parser)
})
afterEach(() => room.stop())

const SENT = Date.UTC(2025, 9, 1, 9)
const offer = (to: string | readonly string[] = 'gone@kunde.test'): Promise<unknown> =>
  room.take(
    [
      buildMail({
        from: 'Support <support@acme.test>',
        to,
        subject: 'Your offer',
        text: 'Here it is.',
        messageId: 'offer@acme.test',
        date: SENT,
      }),
    ],
    { origin: 'sent' },
  )
const close = (): void => room.store.write(({ db }) => void db.run("UPDATE threads SET status = 'closed'"))
const thread = (): { id: string; status: string; sender_address: string; contact_id: string | null } =>
  room.one("SELECT t.* FROM threads t JOIN messages m ON m.thread_id = t.id WHERE m.direction = 'out'")
const count = (table: string): number => room.one<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).n
const dead = (address = 'gone@kunde.test') => bounceOf(room.store.read, [address]).get(address)
const reports = () =>
  room.all<{ kind: string; address: string; original_id: string | null; confirmed: number }>(
    'SELECT kind, address, original_id, confirmed FROM mail_reports ORDER BY at, message_rowid, position',
  )

describe('fault 67: a bounce of a message of ours', () => {
  test.each(bounces.map((bounce) => [bounce.system, bounce] as const))(
    '%s: comes into its conversation as its state, makes no contact, answers nothing',
    async (_system, bounce) => {
      await offer()
      close()
      const contacts = count('contacts')
      const [one] = await room.take([bounce.raw])
      expect(one!.threadId).toBe(thread().id)
      expect(reports()).toEqual([
        { kind: bounce.kind, address: bounce.address, original_id: 'offer@acme.test', confirmed: 1 },
      ])
      expect(dead()?.reason).toBe(bounce.hard ? bounce.reason : undefined)
      expect(room.one('SELECT bounced_at IS NOT NULL AS marked FROM contacts')).toEqual({
        marked: Number(bounce.hard),
      })
      // Somebody has to do something about what did not arrive; about a delay nobody has.
      expect(thread().status).toBe(bounce.kind === 'bounced' ? 'open' : 'closed')
      // The conversation stays the customer's.
      expect(thread().sender_address).toBe('gone@kunde.test')
      expect(count('contacts')).toBe(contacts)
      expect([count('threads'), count('outbox'), count('tickets')]).toEqual([1, 0, 0])
    },
  )

  test('that was read before the message was here marks the address once it is', async () => {
    const [one] = await room.take([bounces[0]!.raw])
    expect(dead()).toBeUndefined()
    await offer()
    expect(thread().id).toBe(
      room.one<{ thread_id: string }>('SELECT thread_id FROM messages WHERE id = ?', one!.messageId)
        .thread_id,
    )
    expect(dead()?.reason).toBe('no_such_address')
  })

  test('sent from a hosted address on the same mailbox lies with it', async () => {
    const hosted = await room.channel('sales@acme.test')
    room.store.write(({ db }) =>
      db.run(
        "UPDATE channels SET kind = 'hosted', hosted_form = 'alias', parent_channel_id = ?, forwarding_address = 'f@acme.test', forwarding_key = 'f@acme.test' WHERE id = ?",
        [room.channelId, hosted],
      ),
    )
    await room.take(
      [
        buildMail({
          from: 'sales@acme.test',
          to: 'gone@kunde.test',
          subject: 'Your offer',
          text: 'x',
          messageId: 'offer@acme.test',
          date: SENT,
        }),
      ],
      { origin: 'sent', channelId: hosted },
    )
    const [one] = await room.take([bounces[0]!.raw])
    expect(one!.threadId).toBe(thread().id)
    expect(room.one('SELECT channel_id FROM messages WHERE id = ?', one!.messageId)).toEqual({
      channel_id: hosted,
    })
    // Fetched once more, also after the address was disconnected, it is the same message.
    room.store.write(
      ({ db }) => void db.run('UPDATE channels SET disconnected_at = 1 WHERE id = ?', [hosted]),
    )
    expect((await room.take([bounces[0]!.raw]))[0]!.isNew).toBe(false)
  })
})

describe('a forged bounce', () => {
  test('of a mail that was never sent marks nothing, and is filed as any mail', async () => {
    await room.take([
      buildMail({
        from: 'gone@kunde.test',
        to: 'support@acme.test',
        text: 'Hello',
        messageId: 'hello@kunde.test',
        date: SENT,
      }),
    ])
    close()
    const [one] = await room.take([bounces[0]!.raw])
    expect(one!.isNew).toBe(true)
    expect(count('threads')).toBe(2)
    expect(dead()).toBeUndefined()
    expect(reports()).toMatchObject([{ confirmed: 0 }])
  })

  test('of what a customer wrote reopens nothing', async () => {
    await room.take([
      buildMail({
        from: 'gone@kunde.test',
        to: 'support@acme.test',
        text: 'Hello',
        messageId: 'offer@acme.test',
        date: SENT,
      }),
    ])
    close()
    await room.take([bounces[0]!.raw])
    expect(room.all("SELECT status FROM threads WHERE status = 'open'")).toEqual([])
    expect(dead()).toBeUndefined()
  })

  test('that names somebody whom the message did not go to marks nobody', async () => {
    await offer('other@kunde.test')
    await room.take([bounces[0]!.raw])
    expect(dead()).toBeUndefined()
    expect(dead('other@kunde.test')).toBeUndefined()
  })

  test('that tells neither the message nor its subject marks nothing and reopens nothing', async () => {
    await offer()
    close()
    const raw = bounces.find(({ system }) => system === 'qmail')!.raw.replace(/--- Below[\s\S]*/, '')
    const [one] = await room.take([raw])
    // It is about the last message to that address, as far as anybody can tell.
    expect(one!.threadId).toBe(thread().id)
    expect(thread().status).toBe('closed')
    expect(dead()).toBeUndefined()
  })

  test('with the subject of something else is not about the last message', async () => {
    await offer()
    const raw = bounces
      .find(({ system }) => system === 'Domino')!
      .raw.replace('Subject: Your offer', 'Subject: Something else')
    const [one] = await room.take([raw])
    expect(one!.threadId).not.toBe(thread().id)
    expect(dead()).toBeUndefined()
  })
})

describe('the mark on an address', () => {
  const letter = (date: number): Buffer =>
    buildMail({
      from: 'Gone Guy <gone@kunde.test>',
      to: 'support@acme.test',
      subject: 'I am here',
      text: 'x',
      date,
    })
  const LATER = Date.UTC(2025, 9, 2, 11)
  const EARLIER = Date.UTC(2025, 8, 1)

  test('is cleared by later mail from it, whichever is read first', async () => {
    await offer()
    await room.take([bounces[0]!.raw])
    expect(dead()).toBeDefined()
    await room.take([letter(LATER)])
    expect(dead()).toBeUndefined()
    expect(
      room.one("SELECT bounced_at, bounce_reason FROM contacts WHERE address = 'gone@kunde.test'"),
    ).toEqual({
      bounced_at: null,
      bounce_reason: '',
    })
  })

  test('later mail that was read before the bounce keeps it from being set', async () => {
    await room.take([letter(LATER)])
    await offer()
    await room.take([bounces[0]!.raw])
    expect(dead()).toBeUndefined()
  })

  test('earlier mail does not clear it', async () => {
    await offer()
    await room.take([bounces[0]!.raw, letter(EARLIER)])
    expect(dead()).toBeDefined()
  })

  test('an absence note from it clears it too: somebody is there', async () => {
    await offer()
    await room.take([bounces[0]!.raw])
    await room.take([
      'From: gone@kunde.test\nSubject: Out of office\nAuto-Submitted: auto-replied\nDate: Thu, 02 Oct 2025 11:00:00 +0000\nMessage-ID: <n@kunde.test>\n\nAway\n',
    ])
    expect(dead()).toBeUndefined()
  })
})

describe('absence notes', () => {
  const note = (extra: string, subject = 'Automatic reply: Your offer'): string =>
    `From: Gone Guy <gone@kunde.test>\nTo: support@acme.test\nSubject: ${subject}\nDate: Wed, 01 Oct 2025 10:00:00 +0000\nMessage-ID: <note@kunde.test>\nAuto-Submitted: auto-replied\n${extra}\nI am out of office until 10 October 2025.\n`

  test.each([
    ['with In-Reply-To', 'In-Reply-To: <offer@acme.test>\n'],
    ['that names the message by its subject alone', ''],
  ])('%s: the state of what it answers; reopens nothing', async (_name, extra) => {
    await offer()
    close()
    const [one] = await room.take([note(extra)])
    expect(one!.threadId).toBe(thread().id)
    expect(thread().status).toBe('closed')
    expect(reports()).toEqual([
      { kind: 'away', address: 'gone@kunde.test', original_id: 'offer@acme.test', confirmed: 1 },
    ])
    expect(room.one('SELECT until FROM mail_reports')).toEqual({ until: '2025-10-10' })
    expect(count('tickets')).toBe(0)
  })

  test('about nothing that is here: filed as a conversation, without a ticket, and nobody is given it', async () => {
    await offer()
    const [one] = await room.take([note('', 'Out of office: something else')])
    expect(one!.threadId).not.toBe(thread().id)
    expect(count('tickets')).toBe(0)
  })

  test('of an older message to the same person is not about the newer one', async () => {
    await offer()
    await room.take(
      [
        buildMail({
          from: 'support@acme.test',
          to: 'gone@kunde.test',
          subject: 'Your invoice',
          text: 'x',
          messageId: 'inv@acme.test',
          date: SENT + 60_000,
        }),
      ],
      { origin: 'sent' },
    )
    await room.take([note('')])
    expect(reports()).toMatchObject([{ original_id: 'offer@acme.test' }])
  })
})

describe('receipts and complaints', () => {
  const report = (type: string, part: string, fields: string): string =>
    `From: Gone Guy <gone.guy@kunde.test>\nTo: support@acme.test\nSubject: x\nDate: Wed, 01 Oct 2025 10:00:00 +0000\nMessage-ID: <r@kunde.test>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=${type}; boundary="b"\n\n--b\nContent-Type: text/plain\n\nWords.\n--b\nContent-Type: ${part}\n\n${fields}\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <offer@acme.test>\n\n--b--\n`

  test('a read receipt: state of the message, no contact, nothing to read, nothing reopened', async () => {
    await offer()
    close()
    const contacts = count('contacts')
    await room.take([
      report(
        'disposition-notification',
        'message/disposition-notification',
        'Final-Recipient: rfc822; gone@kunde.test\nOriginal-Message-ID: <offer@acme.test>\nDisposition: manual-action/MDN-sent-manually; displayed\n',
      ),
    ])
    expect(reports()).toEqual([
      { kind: 'read', address: 'gone@kunde.test', original_id: 'offer@acme.test', confirmed: 1 },
    ])
    expect(room.one('SELECT unread_count, status FROM threads')).toEqual({
      unread_count: 0,
      status: 'closed',
    })
    expect(count('contacts')).toBe(contacts)
  })

  test('a complaint: state of the message, nothing reopened, the address is not dead', async () => {
    await offer()
    close()
    await room.take([
      report('feedback-report', 'message/feedback-report', 'Feedback-Type: abuse\nVersion: 1\n'),
    ])
    expect(reports()).toEqual([
      { kind: 'spam', address: 'gone@kunde.test', original_id: 'offer@acme.test', confirmed: 1 },
    ])
    expect(thread().status).toBe('closed')
    expect(dead()).toBeUndefined()
  })
})

test("machines that hand mail on are nobody's contact", async () => {
  for (const address of ['MAILER-DAEMON@mx.test', 'bounces+12=a@lists.test', 'postmaster@mx.test'])
    await room.take([
      `From: ${address}\nSubject: Notice\nAuto-Submitted: auto-generated\nMessage-ID: <${address}.x>\n\nSomething\n`,
    ])
  expect(count('contacts')).toBe(0)
})
