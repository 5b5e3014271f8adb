import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import { dkimSign, sealMessage } from 'mailauth'
import { afterEach, describe, expect, test } from 'vitest'
import { makeHosted, submit, type HostedWorkspace } from '../../support/hosted.ts'
import { buildMail } from '../../support/mail.ts'
import { until } from '../../support/ports.ts'
import { SmtpTalk } from '../../support/smtp-talk.ts'

let ws: HostedWorkspace
afterEach(async () => {
  await ws?.stop()
})

const mail = (subject: string, more: Partial<Parameters<typeof buildMail>[0]> = {}): Buffer =>
  buildMail({
    from: 'Carla Customer <carla@customer.test>',
    to: 'sales@acme.test',
    subject,
    text: 'Hello.',
    ...more,
  })

/** The list of refused mail, once it has so many lines: it is written after the sender was told. */
const refused = (count: number) =>
  until(`${count} refused`, async () => {
    const { rows } = await ws.client.refusedMail.list({ inboxId: ws.inboxId })
    return rows.length >= count && rows
  })

describe('what is for us', () => {
  test('is stored, filed in its inbox, and belongs to who wrote it', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    expect(
      await ws.bring(mail('Umbrella order'), 'sales@mx.acme.test', 'bounces+srs@provider.test'),
    ).toContain('250')
    await until('the thread', async () => (await ws.subjects()).includes('Umbrella order'))
    const [row] = (await ws.client.threads.list({ view: 'unassigned' })).rows
    expect(row).toMatchObject({
      sender: { address: 'carla@customer.test', name: 'Carla Customer' },
      unread: true,
    })
    const thread = await ws.client.threads.get({ id: row!.threadId! })
    expect(thread.inboxId).toBe(ws.inboxId)
    const item = thread.items[0]!
    const raw = await ws.engine.fetch(
      new Request(`http://127.0.0.1${item.type === 'message' ? item.message.rawUrl : ''}`),
    )
    const text = await raw.text()
    expect(text).toMatch(/^Return-Path: <bounces\+srs@provider.test>\r\nDelivered-To: sales@mx.acme.test\r\n/)
    expect(text).toMatch(/Received: from mail.customer.test \(\[127.0.0.1\]\)/)
    const [channel] = await ws.client.channels.list({})
    expect(channel).toMatchObject({ kind: 'hosted', health: { state: 'live' } })
    expect(channel!.health.lastMailInAt).not.toBeNull()
  })

  test('for two addresses at once it is filed for both', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    await ws.receive('support')
    await ws.bring(mail('To both'), ['sales@mx.acme.test', 'support@mx.acme.test'])
    await until(
      'two threads',
      async () => (await ws.subjects()).filter((one) => one === 'To both').length === 2,
    )
  })

  test('comes encrypted where the sender wants it, with the certificate that the settings show', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    const talk = await SmtpTalk.open(ws.port)
    await talk.reply()
    expect(await talk.say('EHLO client.test')).toMatch(/STARTTLS[\s\S]*SIZE 31457280/)
    const { fingerprint256, protocol } = await talk.startTls()
    expect(protocol).toMatch(/TLSv1\.[23]/)
    const { certificate } = await ws.client.receiver.get({})
    expect(certificate).toMatchObject({ fingerprint: fingerprint256, ownMade: true })
    expect(await talk.say('EHLO client.test')).not.toContain('STARTTLS')
    talk.end()
    expect(
      await submit(ws.port, mail('Encrypted'), ['sales@mx.acme.test'], 'a@b.test', { tls: true }),
    ).toContain('250')
  })
})

describe('what is not for us', () => {
  test('an unknown address is refused, and nothing is ever relayed (fault 33)', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    const talk = await SmtpTalk.open(ws.port)
    const replies = await talk.envelope('carla@customer.test', [
      'nobody@mx.acme.test',
      'victim@elsewhere.test',
      'sales@acme.test',
      'sales%elsewhere.test@mx.acme.test',
      '@mx.acme.test:victim@elsewhere.test',
      'sales@mx.acme.test@elsewhere.test',
    ])
    expect(replies[0]).toMatch(/^250/)
    expect(replies.slice(1, -1).every((reply) => /^5\d\d/.test(reply))).toBe(true)
    expect(replies.slice(1, 5)).toEqual(Array(4).fill('550 5.1.1 No such address here'))
    expect(replies.at(-1)).toMatch(/^503/)
    for (const command of ['AUTH PLAIN AHgAeA==', 'VRFY sales', 'EXPN staff', 'WIZ', 'XCLIENT ADDR=10.0.0.1'])
      expect(await talk.say(command)).toMatch(/^5/)
    talk.end()
    expect(await ws.subjects()).toEqual([])
  })

  test('too large is refused with 552, announced or not, and listed (E4)', async () => {
    ws = await makeHosted({ receiverLimits: { message: 100_000 } })
    await ws.receive('sales')
    const announced = await SmtpTalk.open(ws.port)
    await announced.reply()
    await announced.say('EHLO client.test')
    expect(await announced.say('MAIL FROM:<carla@customer.test> SIZE=40000000')).toMatch(/^250/)
    expect(await announced.say('RCPT TO:<sales@mx.acme.test>')).toMatch(/^552 5\.3\.4/)
    announced.end()

    const large = mail('A film', { attachments: [{ name: 'film.bin', content: Buffer.alloc(120_000, 'x') }] })
    const silent = await SmtpTalk.open(ws.port)
    await silent.envelope('carla@customer.test', ['sales@mx.acme.test'])
    expect(await silent.write(large).write('\r\n.\r\n').reply()).toMatch(/^552 5\.3\.4/)
    // The connection goes on.
    expect(await silent.say('NOOP')).toMatch(/^250/)
    silent.end()

    const rows = await refused(2)
    expect(rows).toMatchObject([
      { state: 'refused', subject: 'A film', from: 'carla@customer.test', to: 'sales@mx.acme.test' },
      { state: 'refused', size: 40_000_000, reason: expect.stringContaining('38.1 MB') },
    ])
    await expect(ws.client.refusedMail.release({ id: rows[0]!.id })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await ws.subjects()).toEqual([])
  })

  test('one that came before, or went through too many servers, is stopped (fault 34)', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    const headers = (count: number) =>
      Array.from({ length: count }, (_, i) => `Received: from a${i}.test by b${i}.test`)
    await ws.bring(mail('Far travelled', { headers: headers(25) }), 'sales@mx.acme.test')
    await expect(
      ws.bring(mail('Circles', { headers: headers(26) }), 'sales@mx.acme.test'),
    ).rejects.toMatchObject({
      responseCode: 554,
    })
    const looped = mail('Back again', { headers: ['X-Anteroom-Received-For: SALES@mx.acme.test'] })
    await expect(ws.bring(looped, 'sales@mx.acme.test')).rejects.toMatchObject({ responseCode: 554 })
    await until('the one that is fine', async () => (await ws.subjects()).join() === 'Far travelled')
    const rows = await refused(2)
    expect(rows.map((row) => row.subject).sort()).toEqual(['Back again', 'Circles'])
  })
})

describe('smuggling (fault 30)', () => {
  const inner =
    'MAIL FROM:<ceo@acme.test>\r\nRCPT TO:<sales@mx.acme.test>\r\nDATA\r\nFrom: ceo@acme.test\r\nSubject: Smuggled\r\n\r\npay\r\n.\r\n'
  test.each([
    ['LF . LF', '\n.\n'],
    ['LF . CRLF', '\n.\r\n'],
    ['CRLF . LF', '\r\n.\n'],
    ['CR . CR', '\r.\r'],
    ['CRLF . CR', '\r\n.\r'],
    ['CR . CRLF', '\r.\r\n'],
    ['NUL in between', '\r\n\0.\r\n'],
  ])('%s never ends a message', async (_, end) => {
    ws = await makeHosted()
    await ws.receive('sales')
    const talk = await SmtpTalk.open(ws.port)
    await talk.envelope('carla@customer.test', ['sales@mx.acme.test'])
    talk.write(`From: carla@customer.test\r\nSubject: Outer\r\n\r\nhello${end}${inner}`)
    const answer = await talk.reply()
    talk.write('QUIT\r\n')
    const rest = await talk.reply()
    talk.end()
    if (answer.startsWith('250')) {
      // One message, which holds the other as text.
      expect(rest).toMatch(/^(221|5)/)
      await until('the one message', async () => (await ws.subjects()).length > 0)
      expect(await ws.subjects()).toEqual(['Outer'])
    } else {
      expect(answer).toMatch(/^521 5\.5\.2/)
      expect(await ws.subjects()).toEqual([])
      expect(await refused(1)).toMatchObject([
        { state: 'refused', reason: expect.stringContaining('second message') },
      ])
    }
  })
})

describe('who sent it (E5)', () => {
  const strict = (policy: string) => ({
    'bank.test': { TXT: ['v=spf1 -all'] },
    '_dmarc.bank.test': { TXT: [`v=DMARC1; p=${policy}`] },
  })
  const fromBank = (subject: string) => mail(subject, { from: 'Bank <service@bank.test>' })

  test('p=reject: refused, and listed with the reason', async () => {
    ws = await makeHosted({ zone: strict('reject') })
    await ws.receive('sales')
    await expect(
      ws.bring(fromBank('Your account'), 'sales@mx.acme.test', 'x@bank.test'),
    ).rejects.toMatchObject({
      responseCode: 550,
    })
    const rows = await refused(1)
    expect(rows).toMatchObject([
      {
        state: 'refused',
        from: 'service@bank.test',
        subject: 'Your account',
        client: '127.0.0.1 (mail.customer.test)',
        reason: expect.stringContaining('bank.test asks to reject'),
      },
    ])
    expect(rows[0]!.checks).toContainEqual({ name: 'SPF', result: 'fail', detail: expect.any(String) })
    expect(rows[0]!.checks).toContainEqual({
      name: 'DMARC',
      result: 'fail',
      detail: 'bank.test: policy reject',
    })
    expect(await ws.subjects()).toEqual([])
  })

  test('p=quarantine: taken, put aside, and released once', async () => {
    ws = await makeHosted({ zone: strict('quarantine') })
    await ws.receive('sales')
    expect(await ws.bring(fromBank('Your account'), 'sales@mx.acme.test', 'x@bank.test')).toContain('250')
    const list = async () => (await ws.client.refusedMail.list({ inboxId: ws.inboxId })).rows
    const [row] = await refused(1)
    expect(row).toMatchObject({ state: 'quarantined', subject: 'Your account' })
    expect(await ws.subjects()).toEqual([])
    const { threadId } = await ws.client.refusedMail.release({ id: row!.id })
    expect(await ws.subjects()).toEqual(['Your account'])
    expect((await ws.client.threads.get({ id: threadId })).subject).toBe('Your account')
    expect((await list())[0]!.state).toBe('released')
    expect((await ws.client.refusedMail.release({ id: row!.id })).threadId).toBe(threadId)
    expect((await ws.subjects()).length).toBe(1)
  })

  test('signed by its domain it passes, whoever brings it; altered it does not', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    ws = await makeHosted({
      zone: { ...strict('reject'), 'k._domainkey.bank.test': { TXT: [`v=DKIM1; k=rsa; p=${key}`] } },
    })
    await ws.receive('sales')
    const raw = fromBank('Really the bank')
    const signed = await dkimSign(raw, {
      signatureData: [
        {
          signingDomain: 'bank.test',
          selector: 'k',
          privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        },
      ],
    } as Parameters<typeof dkimSign>[1])
    const whole = Buffer.concat([Buffer.from(signed.signatures), raw])
    await ws.bring(whole, 'sales@mx.acme.test', 'forwarder@provider.test')
    await until('the thread', async () => (await ws.subjects()).includes('Really the bank'))
    const altered = Buffer.from(whole.toString('latin1').replace('Hello.', 'Pay us.'), 'latin1')
    await expect(ws.bring(altered, 'sales@mx.acme.test', 'f@provider.test')).rejects.toMatchObject({
      responseCode: 550,
    })
  })

  test('a seal of the provider’s own server that saw it pass counts (ARC)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    const zone = { ...strict('reject'), 'arc._domainkey.acme.test': { TXT: [`v=DKIM1; k=rsa; p=${key}`] } }
    ws = await makeHosted({
      zone: { ...zone, 'arc._domainkey.evil.test': zone['arc._domainkey.acme.test']! },
    })
    await ws.receive('sales')
    const sealed = async (subject: string, signingDomain: string) => {
      const raw = fromBank(subject)
      const seal = await sealMessage(raw, {
        signingDomain,
        selector: 'arc',
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        authResults: `mx.${signingDomain}; dmarc=pass header.from=bank.test`,
        cv: 'none',
      })
      return Buffer.concat([Buffer.from(seal), raw])
    }
    await ws.bring(await sealed('Forwarded honestly', 'acme.test'), 'sales@mx.acme.test', 'srs@acme.test')
    await until('the thread', async () => (await ws.subjects()).includes('Forwarded honestly'))
    await expect(
      ws.bring(await sealed('Sealed by anybody', 'evil.test'), 'sales@mx.acme.test', 'srs@evil.test'),
    ).rejects.toMatchObject({ responseCode: 550 })
  })

  test('with a DNS that does not answer, mail is taken', async () => {
    ws = await makeHosted({ zone: strict('reject') })
    ws.dns.mode = 'failing'
    await ws.receive('sales')
    expect(await ws.bring(fromBank('Offline'), 'sales@mx.acme.test', 'x@bank.test')).toContain('250')
    await until('the thread', async () => (await ws.subjects()).includes('Offline'))
  })
})

describe('the receiver', () => {
  test('a port in use is a problem that is shown, not a crash, and can be mended', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const view = await ws.client.receiver.configure({ enabled: true, host: '127.0.0.1', port })
    expect(view).toMatchObject({
      listeningSince: null,
      problem: expect.stringContaining('used by another program'),
    })
    const [channel] = await ws.client.channels.list({})
    expect(channel!.health).toMatchObject({
      state: 'failing',
      problem: { message: expect.stringContaining(String(port)) },
    })
    await new Promise<void>((resolve) => other.close(() => resolve()))
    await ws.client.channels.retry({ id: channel!.id })
    await until('it to listen', async () => (await ws.client.receiver.get({})).listeningSince !== null)
    expect((await ws.client.receiver.get({})).port).toBe(port)
  })

  test('switched off it refuses nobody, because it is not there, and the channel says so', async () => {
    ws = await makeHosted()
    await ws.receive('sales')
    await ws.client.receiver.configure({ enabled: false, host: '127.0.0.1', port: ws.port })
    await expect(ws.bring(mail('x'), 'sales@mx.acme.test')).rejects.toThrow(/ECONNREFUSED/)
    const [channel] = await ws.client.channels.list({})
    expect(channel!.health.problem!.message).toContain('is off')
  })

  test('takes a certificate of one’s own, and refuses one that does not fit', async () => {
    ws = await makeHosted()
    const bad = { cert: 'x', key: 'y' }
    const settings = { enabled: true, host: '127.0.0.1', port: ws.port }
    await expect(ws.client.receiver.configure({ ...settings, certificate: bad })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      data: { field: 'certificate' },
    })
    const { makeCertificate } = await import('../../support/certificate.ts')
    const own = makeCertificate()
    const view = await ws.client.receiver.configure({ ...settings, certificate: own })
    expect(view.certificate).toMatchObject({ ownMade: false })
    const talk = await SmtpTalk.open(ws.port)
    await talk.reply()
    await talk.say('EHLO client.test')
    expect((await talk.startTls()).fingerprint256).toBe(view.certificate!.fingerprint)
    talk.end()
    expect(
      (await ws.client.receiver.configure({ ...settings, certificate: null })).certificate,
    ).toMatchObject({
      ownMade: true,
    })
  })
})
