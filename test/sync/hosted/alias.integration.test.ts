import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChannelId, InboxId } from '../../../src/contract/ids.ts'
import type { Hop } from '../../../src/contract/hosted.ts'
import { startDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { startDovecot, type Dovecot } from '../../support/dovecot.ts'
import { startTestEngine, type TestEngine } from '../../support/engine.ts'
import { submit } from '../../support/hosted.ts'
import { buildMail } from '../../support/mail.ts'
import { freePort, until } from '../../support/ports.ts'
import { startSmtpSink, type SmtpSink } from '../../support/smtp-sink.ts'

let dovecot: Dovecot
let smtp: SmtpSink
let dns: DnsServer
let app: TestEngine
let support: InboxId
let sales: InboxId
let mailbox: ChannelId
let alias: ChannelId
let received: ChannelId
let port: number

/** The provider of acme.test: what is written to an address there is forwarded where the admin said. */
const forwards: Record<string, (raw: Buffer) => Promise<unknown>> = {}

beforeAll(async () => {
  dovecot = await startDovecot({ users: { support: 'secret' } })
  dns = await startDnsServer({
    'dovecot.test': { MX: [{ exchange: 'mx.dovecot.test', priority: 10 }], TXT: ['v=spf1 mx -all'] },
  })
  smtp = await startSmtpSink({ deliverTo: dovecot })
  port = await freePort()
  app = await startTestEngine({
    dnsServers: [dns.address],
    timeouts: { poll: 2000, roundTrip: 8000 },
  })
  const address = dovecot.address('support')
  await app.engine.provision(
    JSON.stringify({
      workspace: { name: 'Acme' },
      users: [{ name: 'Ada Agent', email: 'ada@acme.test', role: 'super_admin' }],
      me: 'ada@acme.test',
      inboxes: [{ name: 'Support' }, { name: 'Sales' }],
      receiver: { host: '127.0.0.1', port },
      channels: [
        {
          kind: 'hosted',
          purpose: 'team',
          inbox: 'Sales',
          address: 'sales@acme.test',
          form: 'alias',
          parent: address,
          forwardingAddress: 'support+sales@dovecot.test',
          sender: {
            companyName: 'Acme Sales',
            signatureHtml: '<p>Best, {{sender.first_name}}<script>x</script></p>',
          },
        },
        {
          kind: 'hosted',
          purpose: 'team',
          inbox: 'Sales',
          address: 'orders@dovecot.test',
          form: 'receiver',
          forwardingAddress: 'orders@mx.acme.test',
          sender: { companyName: 'Acme Orders', fromNameKind: 'company' },
        },
        {
          kind: 'imap',
          purpose: 'team',
          inbox: 'Support',
          address,
          fromName: 'Acme Support',
          imap: {
            host: '127.0.0.1',
            port: dovecot.port,
            security: 'none',
            user: 'support',
            password: 'secret',
          },
          smtp: { host: '127.0.0.1', port: smtp.port, security: 'none' },
        },
      ],
    }),
    {},
  )
  const { inboxes } = await app.client.workspace.get({})
  support = inboxes.find((one) => one.name === 'Support')!.id
  sales = inboxes.find((one) => one.name === 'Sales')!.id
  const channels = await app.client.channels.list({})
  mailbox = channels.find((one) => one.kind === 'imap')!.id
  const hosted = await app.client.hosted.list({})
  alias = hosted.find((one) => one.form === 'alias')!.channelId
  received = hosted.find((one) => one.form === 'receiver')!.channelId
  await until('the mailbox', async () =>
    (await app.client.channels.list({})).every((one) => one.health.state === 'live'),
  )
})
afterAll(async () => {
  await app?.stop()
  await smtp?.stop()
  await dns?.stop()
  await dovecot?.stop()
})

const rowOf = (subject: string) =>
  until(`"${subject}"`, async () =>
    (await app.client.threads.list({ view: 'open' })).rows.find((row) => row.subject === subject),
  )

/** What a server that forwards to the tag does: Delivered-To names it (Postfix, Gmail, Dovecot with recipient_delimiter). */
function deliverToAlias(raw: Buffer | string): void {
  dovecot.deliver('support', `Delivered-To: support+sales@dovecot.test\r\n${raw.toString()}`)
}

test('mail of the alias goes to its inbox, other mail of the mailbox to its own', async () => {
  deliverToAlias(
    buildMail({ from: 'carla@customer.test', to: 'sales@acme.test', subject: 'To sales', text: 'x' }),
  )
  dovecot.deliver(
    'support',
    buildMail({
      from: 'carla@customer.test',
      to: dovecot.address('support'),
      subject: 'To support',
      text: 'x',
    }),
  )
  expect((await rowOf('To sales')).inboxId).toBe(sales)
  expect((await rowOf('To support')).inboxId).toBe(support)
  // A group that writes in its own name: the author is who wrote (F2).
  deliverToAlias(
    buildMail({
      from: "'Dora Doe' via Sales <sales@acme.test>",
      to: 'sales@acme.test',
      subject: 'By the group',
      text: 'x',
      headers: ['X-Original-From: Dora Doe <dora@customer.test>', 'Reply-To: Dora Doe <dora@customer.test>'],
    }),
  )
  expect((await rowOf('By the group')).sender).toEqual({ name: 'Dora Doe', address: 'dora@customer.test' })
  await app.client.inboxSettings.update({ id: sales, attributeAutomaticForwards: false })
  deliverToAlias(
    buildMail({
      from: "'Emil' via Sales <sales@acme.test>",
      to: 'sales@acme.test',
      subject: 'By the group again',
      text: 'x',
      headers: ['X-Original-From: Emil <emil@customer.test>'],
    }),
  )
  expect((await rowOf('By the group again')).sender.address).toBe('sales@acme.test')
})

test('an answer leaves through the mailbox in the name of the alias, signed as in the preview, and comes back once', async () => {
  deliverToAlias(
    buildMail({
      from: 'carla@customer.test',
      to: 'sales@acme.test',
      subject: 'A question',
      text: 'x',
      messageId: 'question@customer.test',
    }),
  )
  const row = await rowOf('A question')
  const thread = await app.client.threads.get({ id: row.threadId! })
  const item = thread.items.find((one) => one.type === 'message')!
  const draft = await app.client.drafts.open({
    mode: 'reply',
    sourceMessageId: item.type === 'message' ? item.message.id : undefined,
  })
  expect(draft.channelId).toBe(alias)
  const { version } = await app.client.drafts.save({
    id: draft.id,
    version: draft.version,
    content: {
      channelId: draft.channelId,
      to: draft.to,
      cc: draft.cc,
      bcc: draft.bcc,
      subject: draft.subject,
      html: '<p>An answer.</p>',
    },
  })
  await app.client.drafts.send({ id: draft.id, version, undoSeconds: 0 })
  const [sent] = await smtp.waitFor((mail) => mail.raw.includes('An answer.'))
  const text = sent!.raw.toString()
  expect(sent!.from).toBe('sales@acme.test')
  expect(text).toMatch(/^From: Ada Agent from Acme Sales <sales@acme.test>\r$/m)
  const { sender } = (await app.client.hosted.list({})).find((one) => one.channelId === alias)!
  const preview = await app.client.hosted.preview({ sender, address: 'sales@acme.test' })
  expect(preview).toEqual({
    fromName: 'Ada Agent from Acme Sales',
    fromAddress: 'sales@acme.test',
    signatureHtml: '<p>Best, Ada</p>',
  })
  expect(text.match(/Best, Ada/g)).toHaveLength(2) // Once in the text, once in the HTML.
  // The copy in Sent is read by the mailbox's sync, and is the same message of the same conversation.
  await until('the copy', () => dovecot.messagesOnDisk('support', 'Sent').length === 1)
  await app.client.channels.retry({ id: mailbox })
  await until('it to be read', async () =>
    (await app.client.channels.list({}))
      .find((one) => one.id === mailbox)!
      .folders.some((folder) => folder.role === 'sent' && folder.localCount === 1),
  )
  const after = await app.client.threads.get({ id: row.threadId! })
  expect(after.items.filter((one) => one.type === 'message')).toHaveLength(2)
  const all = (await app.client.threads.list({ view: 'open' })).rows.filter((one) =>
    one.subject.includes('A question'),
  )
  expect(all).toHaveLength(1)
})

test('a provider’s request to confirm shows its code on the channel (H10)', async () => {
  deliverToAlias(
    buildMail({
      from: 'Gmail Team <forwarding-noreply@google.com>',
      to: 'sales@acme.test',
      subject: '(#123456789) Gmail Forwarding Confirmation - Receive Mail from sales@acme.test',
      text: 'sales@acme.test has requested to automatically forward mail.\nConfirmation code: 123456789\n\nhttps://mail-settings.google.com/mail/vf-%5BANGjdJ8%5D-xyz\n\nTo cancel: https://mail-settings.google.com/mail/uf-%5BAN%5D-xyz\n',
    }),
  )
  const confirmations = await until('the code', async () => {
    const view = (await app.client.hosted.list({ inboxId: sales })).find((one) => one.channelId === alias)!
    return view.confirmations.length > 0 && view.confirmations
  })
  expect(confirmations).toMatchObject([
    { provider: 'Gmail', code: '123456789', link: expect.stringContaining('/vf-') },
  ])
})

const trip = async (id: ChannelId): Promise<Hop[]> => {
  const hops: Hop[] = []
  for await (const hop of await app.client.hosted.testRoundTrip({ id }))
    if (hop.state !== 'waiting') hops.push(hop)
  return hops
}

test('the round trip of an alias: every hop with its time; where it ends is named', async () => {
  forwards['sales@acme.test'] = async (raw) => deliverToAlias(raw)
  const relay = setInterval(() => {
    for (const mail of smtp.received.filter((one) => one.to.includes('sales@acme.test')).splice(0)) {
      ;(smtp.received as unknown[]).splice(smtp.received.indexOf(mail), 1)
      void forwards['sales@acme.test']?.(mail.raw)
    }
  }, 50)
  try {
    const hops = await trip(alias)
    expect(hops.map(({ hop, state }) => `${hop} ${state}`)).toEqual([
      'sent ok',
      'accepted ok',
      'forwarded ok',
      'received ok',
      'filed ok',
    ])
    expect(hops.every((hop) => hop.tookMs !== null)).toBe(true)
    // It is no conversation, and lies on no server any more.
    expect(
      (await app.client.threads.list({ view: 'open' })).rows.some((row) => /Round trip/.test(row.subject)),
    ).toBe(false)
    await until('it to be deleted', () =>
      dovecot.messagesOnDisk('support').every(({ raw }) => !raw.includes('Round trip test')),
    )

    delete forwards['sales@acme.test']
    expect((await trip(alias)).at(-1)).toMatchObject({
      hop: 'forwarded',
      state: 'failed',
      message: expect.stringContaining('support+sales@dovecot.test'),
    })
  } finally {
    clearInterval(relay)
  }
  smtp.rule({ at: 'rcpt', reply: '550 5.1.1 No such user', address: 'sales@acme.test', times: 1 })
  expect((await trip(alias)).at(-1)).toMatchObject({
    hop: expect.stringMatching(/sent|accepted/),
    state: 'failed',
  })
})

test('the round trip through the receiver, and one that its checks stop', async () => {
  let from = 'srs@provider.test'
  const relay = setInterval(() => {
    for (const mail of smtp.received.filter((one) => one.to.includes('orders@dovecot.test'))) {
      ;(smtp.received as unknown[]).splice(smtp.received.indexOf(mail), 1)
      submit(port, mail.raw, ['orders@mx.acme.test'], from).catch(() => undefined)
    }
  }, 50)
  try {
    const hops = await trip(received)
    expect(hops.map(({ hop, state }) => `${hop} ${state}`)).toEqual([
      'sent ok',
      'accepted ok',
      'forwarded ok',
      'received ok',
      'filed ok',
    ])
    dns.zone['_dmarc.dovecot.test'] = { TXT: ['v=DMARC1; p=reject'] }
    from = 'x@elsewhere.test'
    expect((await trip(received)).at(-1)).toMatchObject({
      hop: 'received',
      state: 'failed',
      message: expect.stringContaining('DMARC'),
    })
  } finally {
    clearInterval(relay)
    delete dns.zone['_dmarc.dovecot.test']
  }
})

test('the doctor examines every kind of channel, and its lines hold no secret', async () => {
  const examine = async (id: ChannelId) => {
    const lines: Record<string, { state: string; message: string }> = {}
    for await (const { check, state, message, hint } of await app.client.doctor.examine({ id })) {
      if (state !== 'running') lines[check] = { state, message: `${message} ${hint}` }
    }
    return lines
  }
  const checks = [
    'mx',
    'spf',
    'dkim',
    'dmarc',
    'tls',
    'certificate',
    'login',
    'folders',
    'quota',
    'mail_in',
    'mail_out',
    'round_trip',
  ]
  const imap = await examine(mailbox)
  expect(Object.keys(imap)).toEqual(checks)
  expect(imap).toMatchObject({
    mx: { state: 'ok', message: expect.stringContaining('mx.dovecot.test') },
    spf: { state: 'ok' },
    dmarc: { state: 'warning' },
    login: { state: 'ok' },
    folders: { message: expect.stringMatching(/INBOX: \d+ on the server, \d+ here/) },
    quota: { state: 'skipped' },
    mail_in: { state: 'ok' },
    round_trip: { state: 'ok' },
  })
  const receiver = await examine(received)
  expect(Object.keys(receiver)).toEqual(checks)
  expect(receiver).toMatchObject({
    tls: { state: 'ok' },
    certificate: { state: 'ok' },
    round_trip: { state: 'failed' },
  })
  const onAlias = await examine(alias)
  expect(onAlias).toMatchObject({ login: { state: 'ok' }, round_trip: { state: 'failed' } })
  expect(JSON.stringify([imap, receiver, onAlias])).not.toContain('secret')
}, 120_000)
