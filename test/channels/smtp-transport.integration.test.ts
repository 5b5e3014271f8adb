import { afterEach, describe, expect, it } from 'vitest'
import type { ServerSettings } from '../../src/contract/channels.ts'
import type { SmtpOptions } from '../../src/main/engine/channels/smtp/connection.ts'
import { createSmtpTransport } from '../../src/main/engine/channels/smtp/transport.ts'
import {
  SendError,
  type Envelope,
  type MailTransport,
  type SendMarkers,
} from '../../src/main/engine/channels/types.ts'
import { makeCertificate } from '../support/certificate.ts'
import { buildMail } from '../support/mail.ts'
import { until } from '../support/ports.ts'
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts'
import { startProxy, type TcpProxy } from '../support/tcp-proxy.ts'

const sinks: SmtpSink[] = []
const proxies: TcpProxy[] = []
const transports: MailTransport[] = []
afterEach(async () => {
  for (const transport of transports.splice(0)) await transport.close()
  for (const proxy of proxies.splice(0)) await proxy.close()
  for (const sink of sinks.splice(0)) await sink.stop()
})

async function sinkWith(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  sinks.push(sink)
  return sink
}

async function proxyTo(sink: SmtpSink): Promise<TcpProxy> {
  const proxy = await startProxy(sink.port)
  proxies.push(proxy)
  return proxy
}

function transportTo(
  port: number,
  settings: Partial<ServerSettings> = {},
  options: SmtpOptions = {},
): MailTransport {
  const server: ServerSettings = { host: '127.0.0.1', port, security: 'none', ...settings }
  const transport = createSmtpTransport(server, 'secret', options)
  transports.push(transport)
  return transport
}

const envelope = (...to: string[]): Envelope => ({
  from: 'me@acme.test',
  to: to.length ? to : ['you@there.test'],
})
const message = (text = 'hello') =>
  buildMail({ from: 'me@acme.test', to: 'you@there.test', subject: 's', text })

/** Counts the calls and what the receiver had at that moment. */
function markers(sink?: SmtpSink): SendMarkers & { calls: number; receivedThen: number } {
  const counter = {
    calls: 0,
    receivedThen: -1,
    beforeEndOfData() {
      counter.calls += 1
      counter.receivedThen = sink?.received.length ?? -1
    },
  }
  return counter
}

async function failure(work: Promise<unknown>): Promise<SendError> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(SendError)
  return error as SendError
}

describe('sending', () => {
  it('delivers byte for byte, logged in, and gives the server’s words', async () => {
    const sink = await sinkWith({ security: 'tls', users: { me: 'secret' } })
    const transport = transportTo(
      sink.port,
      { security: 'tls', user: 'me', host: 'localhost' },
      { ca: [sink.ca] },
    )
    const raw = message('ü ñ ł\n.\n..two\n.end')
    const mark = markers(sink)
    const result = await transport.send(envelope('a@there.test', 'b@there.test'), raw, mark)
    expect(result).toMatchObject({ accepted: ['a@there.test', 'b@there.test'], rejected: [] })
    expect(result.serverText).toMatch(/^250 /)
    expect(mark).toMatchObject({ calls: 1, receivedThen: 0 })
    expect(sink.received).toHaveLength(1)
    expect(sink.received[0]).toMatchObject({
      from: 'me@acme.test',
      to: ['a@there.test', 'b@there.test'],
      user: 'me',
      tls: true,
    })
    expect(sink.received[0]?.raw.equals(raw)).toBe(true)
  })

  it('uses STARTTLS when asked to', async () => {
    const sink = await sinkWith({ security: 'starttls', users: { me: 'secret' } })
    const transport = transportTo(
      sink.port,
      { security: 'starttls', user: 'me', host: 'localhost' },
      { ca: [sink.ca] },
    )
    await transport.send(envelope(), message(), markers())
    expect(sink.received[0]).toMatchObject({ tls: true, user: 'me' })
  })

  it('keeps the connection for the next message, and opens another when the server closed it', async () => {
    const sink = await sinkWith()
    const transport = transportTo(sink.port)
    for (let i = 0; i < 3; i++) await transport.send(envelope(), message(), markers())
    expect(sink.connections).toBe(1)
    sink.cut()
    await transport.send(envelope(), message(), markers())
    expect(sink.connections).toBe(2)
    expect(sink.received).toHaveLength(4)
  })

  it('tries once more on a fresh connection when a kept one turns out to be dead', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const transport = transportTo(proxy.port)
    await transport.send(envelope(), message(), markers())
    // The next command gets through, its answer does not.
    proxy.cutAfter('to_client', 1)
    const mark = markers()
    await transport.send(envelope(), message(), mark)
    expect(sink.received).toHaveLength(2)
    expect(mark.calls).toBe(1)
    expect(proxy.total).toBe(2)
  })

  it('uses at most two connections at once', async () => {
    const sink = await sinkWith()
    const transport = transportTo(sink.port)
    await Promise.all(Array.from({ length: 8 }, () => transport.send(envelope(), message(), markers())))
    expect(sink.received).toHaveLength(8)
    expect(sink.connections).toBeLessThanOrEqual(2)
  })

  it('holds the last bytes back until the marker was set, however large the message is', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const transport = transportTo(proxy.port)
    const raw = message('z'.repeat(3_000_000))
    let before = 0
    await transport.send(envelope(), raw, {
      beforeEndOfData() {
        before = record.text('to_server').length
        expect(sink.received).toHaveLength(0)
      },
    })
    expect(before).toBeLessThan(raw.length)
    expect(sink.received[0]?.raw.equals(raw)).toBe(true)
  })

  it('does not complete the message when the marker cannot be set', async () => {
    const sink = await sinkWith()
    const transport = transportTo(sink.port)
    const error = await failure(
      transport.send(envelope(), message('x'.repeat(200_000)), {
        beforeEndOfData() {
          throw new Error('disk full')
        },
      }),
    )
    expect(error.phase).toBe('before_data')
    expect(error.problem.message).toContain('disk full')
    await transport.send(envelope(), message(), markers())
    expect(sink.received).toHaveLength(1)
  })
})

describe('the wire', () => {
  it('has dots stuffed and CRLF only, whatever the message has (fault 28)', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const raw = Buffer.from('Subject: x\n\n.\n.dot\r\nbare\nbare\r.\rlast')
    await transportTo(proxy.port).send(envelope(), raw, markers())
    const sent = record.text('to_server')
    const data = sent.slice(sent.indexOf('DATA\r\n') + 6)
    const body = data.slice(data.indexOf('Subject:'))
    expect(body).toContain('Subject: x\r\n\r\n..\r\n..dot\r\nbare\r\nbare\r\n..\r\nlast\r\n.\r\n')
    expect(body).not.toMatch(/[^\r]\n|\r[^\n]/)
    expect(sink.received[0]?.raw.toString()).toBe(
      'Subject: x\r\n\r\n.\r\n.dot\r\nbare\r\nbare\r\n.\r\nlast\r\n',
    )
    expect(sink.received).toHaveLength(1)
  })

  it('does not tell the name of this machine', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    await transportTo(proxy.port).send(envelope(), message(), markers())
    expect(record.text('to_server')).toMatch(/^EHLO \[127\.0\.0\.1\]\r\n/)
  })

  it('says 8BITMIME and SMTPUTF8 where they are needed and offered', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const transport = transportTo(proxy.port)
    await transport.send(envelope('żółw@there.test'), Buffer.from('Subject: x\r\n\r\nzażółć\r\n'), markers())
    expect(sink.received[0]).toMatchObject({ eightBit: true, smtpUtf8: true, to: ['żółw@there.test'] })
    await transport.send(envelope('user@münchen.test'), message(), markers())
    // A domain has an ASCII form, so that takes no extension.
    expect(sink.received[1]).toMatchObject({ eightBit: false, smtpUtf8: false })
    expect(record.text('to_server')).toContain('RCPT TO:<user@xn--mnchen-3ya.test>\r\n')
  })

  it('names recipients that the server cannot take without SMTPUTF8; the others get it', async () => {
    const sink = await sinkWith({ without: ['SMTPUTF8'] })
    const result = await transportTo(sink.port).send(
      envelope('żółw@there.test', 'b@there.test'),
      message(),
      markers(),
    )
    expect(result.accepted).toEqual(['b@there.test'])
    expect(result.rejected).toMatchObject([{ address: 'żółw@there.test', permanent: true }])
  })
})

describe('addresses (faults 27, 29)', () => {
  it.each([
    '"a@evil.test x"@good.test',
    'a@good.test>\r\nRCPT TO:<b@evil.test',
    'a@good.test\r\nDATA',
    'a b@good.test',
    'a@good.test b@evil.test',
    'a@good.test,b@evil.test',
    '<a@good.test>',
    'a@good.test> SIZE=1',
    'a@b@good.test',
    '@good.test',
    'a@',
    'a@good..test',
    'a@-good.test',
    `${'x'.repeat(65)}@good.test`,
    'a\u202e@good.test',
    'a@good.test\0',
  ])('%j is refused and never reaches the server', async (bad) => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const transport = transportTo(proxy.port)
    const error = await failure(transport.send(envelope(bad), message(), markers()))
    expect(error).toMatchObject({ phase: 'before_data', permanent: true })
    const result = await transport.send(envelope(bad, 'ok@good.test'), message(), markers())
    expect(result.accepted).toEqual(['ok@good.test'])
    expect(result.rejected).toMatchObject([{ address: bad, permanent: true }])
    expect(
      (await failure(transport.send({ from: bad, to: ['ok@good.test'] }, message(), markers()))).permanent,
    ).toBe(true)
    expect(record.text('to_server').match(/RCPT TO/g)).toHaveLength(1)
    expect(record.text('to_server')).not.toContain('evil')
  })
})

describe('refusals (fault 24)', () => {
  it('of some recipients leave the others served, once, and are named with the server’s words', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'rcpt', address: 'gone@', reply: '550 5.1.1 No such user here' })
    sink.rule({ at: 'rcpt', address: 'busy@', reply: '450 4.2.1 Mailbox busy' })
    const result = await transportTo(sink.port).send(
      envelope('a@there.test', 'gone@there.test', 'busy@there.test', 'b@there.test'),
      message(),
      markers(),
    )
    expect(result.accepted).toEqual(['a@there.test', 'b@there.test'])
    expect(result.rejected).toEqual([
      { address: 'gone@there.test', code: 550, serverText: '550 5.1.1 No such user here', permanent: true },
      { address: 'busy@there.test', code: 450, serverText: '450 4.2.1 Mailbox busy', permanent: false },
    ])
    expect(sink.received).toHaveLength(1)
    expect(sink.received[0]?.to).toEqual(['a@there.test', 'b@there.test'])
  })

  it('of all recipients: a temporary one means later, else never', async () => {
    const sink = await sinkWith()
    const transport = transportTo(sink.port)
    sink.rule({ at: 'rcpt', address: 'gone@', reply: '550 5.1.1 No such user' })
    sink.rule({ at: 'rcpt', address: 'busy@', reply: '451 4.3.0 Later' })
    const mark = markers()
    const later = await failure(
      transport.send(envelope('busy@there.test', 'gone@there.test'), message(), mark),
    )
    expect(later).toMatchObject({ phase: 'before_data', code: 451, permanent: false })
    expect(later.serverText).toContain('gone@there.test: 550 5.1.1 No such user')
    const never = await failure(transport.send(envelope('gone@there.test'), message(), mark))
    expect(never).toMatchObject({ phase: 'before_data', code: 550, permanent: true })
    expect(mark.calls).toBe(0)
    expect(sink.received).toHaveLength(0)
  })

  it.each([
    ['mail', '550 5.7.1 Not you', true],
    ['mail', '451 4.3.2 Not now', false],
    ['end', '554 5.6.0 No spam please', true],
    ['end', '452 4.3.1 Disk full', false],
  ] as const)('at %s: %s', async (at, reply, permanent) => {
    const sink = await sinkWith()
    sink.rule({ at, reply, times: 1 })
    const transport = transportTo(sink.port)
    const error = await failure(transport.send(envelope(), message(), markers()))
    expect(error).toMatchObject({
      phase: at === 'end' ? 'after_data' : 'before_data',
      code: Number(reply.slice(0, 3)),
      permanent,
    })
    expect(error.serverText).toBe(reply)
    expect(sink.received).toHaveLength(0)
    await transport.send(envelope(), message(), markers())
    expect(sink.received).toHaveLength(1)
  })

  it('of the login say nothing about the message: no code, so it waits', async () => {
    const sink = await sinkWith({ users: { me: 'other' } })
    const error = await failure(transportTo(sink.port, { user: 'me' }).send(envelope(), message(), markers()))
    expect(error).toMatchObject({ phase: 'before_data', code: null, permanent: false })
    expect(error.problem.code).toBe('login_refused')
    expect(error.problem.serverText).toContain('Wrong user name or password')
  })

  it('for size come before a byte is sent', async () => {
    const sink = await sinkWith({ size: 1_000_000 })
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const error = await failure(
      transportTo(proxy.port).send(envelope(), message('x'.repeat(1_500_000)), markers()),
    )
    expect(error).toMatchObject({ code: 552, permanent: true, phase: 'before_data' })
    expect(error.problem.message).toMatch(
      /^The message has \d\.\d MB, and 127\.0\.0\.1 takes at most 1\.0 MB\.$/,
    )
    expect(record.text('to_server')).not.toContain('MAIL FROM')
  })

  it('for too many connections are throttling', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'connect', reply: '421 4.7.0 Too many connections' })
    const error = await failure(transportTo(sink.port).send(envelope(), message(), markers()))
    expect(error.problem.code).toBe('throttled')
  })
})

describe('a connection that breaks', () => {
  it('before the end of DATA means: not sent (fault 21)', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'data', reply: 'drop', times: 1 })
    const transport = transportTo(sink.port)
    const mark = markers()
    // More than the system's buffers hold, so that the end cannot have left already.
    const large = Buffer.concat([message(), Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(600_000))])
    const error = await failure(transport.send(envelope(), large, mark))
    expect(error).toMatchObject({ phase: 'before_data', code: null })
    expect(mark.calls).toBe(0)
    expect(sink.received).toHaveLength(0)
  })

  it.each([true, false])('after the end of DATA means: unknown (fault 22), received: %s', async (stored) => {
    const sink = await sinkWith()
    sink.rule({ at: 'end', reply: 'drop', times: 1, stored })
    const transport = transportTo(sink.port)
    // On a kept connection too: this must not be tried again.
    sink.clearRules()
    await transport.send(envelope(), message(), markers())
    sink.rule({ at: 'end', reply: 'drop', times: 1, stored })
    const mark = markers()
    const error = await failure(transport.send(envelope(), message(), mark))
    expect(error).toMatchObject({ phase: 'after_data', code: null, permanent: false })
    expect(mark.calls).toBe(1)
    expect(sink.received).toHaveLength(stored ? 2 : 1)
  })

  it('at any byte never makes two copies or a silent loss', async () => {
    const sink = await sinkWith()
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const raw = message('y'.repeat(3000))
    const probe = transportTo(proxy.port)
    await probe.send(envelope(), raw, markers())
    const total = record.text('to_server').length
    await probe.close()
    await until('the connection to end', () => proxy.open === 0)
    const outcomes = { not_sent: 0, unknown: 0, sent: 0 }
    // The commands, the message, and each of the last bytes: the final dot is among them.
    const cuts = [
      1,
      15,
      30,
      50,
      70,
      85,
      110,
      400,
      1500,
      2500,
      ...[6, 5, 4, 3, 2, 1, 0].map((left) => total - left),
    ]
    for (const bytes of cuts) {
      const before = sink.received.length
      const open = proxy.total
      const transport = transportTo(proxy.port)
      proxy.cutAfter('to_server', bytes)
      const mark = markers()
      try {
        await transport.send(envelope(), raw, mark)
        outcomes.sent += 1
        expect(sink.received.length).toBe(before + 1)
      } catch (error) {
        expect(error).toBeInstanceOf(SendError)
        const unknown = (error as SendError).phase === 'after_data'
        outcomes[unknown ? 'unknown' : 'not_sent'] += 1
        expect(mark.calls).toBe(unknown ? 1 : 0)
        // What the receiver has nevertheless must be "unknown" here.
        if (!unknown) expect(sink.received.length).toBe(before)
      }
      await transport.close()
      expect(proxy.total).toBe(open + 1)
      // Its QUIT must not be what the next cut hits.
      await until('the connection to end', () => proxy.open === 0)
    }
    expect(outcomes.not_sent).toBeGreaterThan(1)
    expect(outcomes.unknown).toBeGreaterThan(8)
    expect(sink.received.length).toBeGreaterThan(1)
  })

  it('with no answer to the end of DATA is waited for, ten minutes by default (fault 23)', async () => {
    const { SMTP_TIMES } = await import('../../src/main/engine/channels/smtp/connection.ts')
    expect(SMTP_TIMES.endOfData).toBe(600_000)
    const sink = await sinkWith()
    sink.rule({ at: 'end', reply: 'hang', times: 1 })
    const transport = transportTo(sink.port, {}, { times: { endOfData: 1500 } })
    const began = performance.now()
    const error = await failure(transport.send(envelope(), message(), markers()))
    expect(performance.now() - began).toBeGreaterThan(1490)
    expect(error).toMatchObject({ phase: 'after_data', code: null })
    expect(error.problem.code).toBe('timeout')
    expect(sink.received).toHaveLength(1)
  })

  it('with no answer to a command is given up sooner, as not sent', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'rcpt', reply: 'hang', times: 1 })
    const transport = transportTo(sink.port, {}, { times: { command: 1000 } })
    const error = await failure(transport.send(envelope(), message(), markers()))
    expect(error).toMatchObject({ phase: 'before_data', code: null })
    expect(error.problem.code).toBe('timeout')
  })

  it('by our own closing ends what is on its way, and nothing is sent afterwards', async () => {
    const sink = await sinkWith()
    sink.rule({ at: 'end', reply: 'hang', times: 1 })
    const transport = transportTo(sink.port)
    const sending = failure(transport.send(envelope(), message(), markers()))
    await until('the message to arrive', () => sink.received.length === 1)
    await transport.close()
    expect(await sending).toMatchObject({ phase: 'after_data', code: null })
    expect((await failure(transport.send(envelope(), message(), markers()))).phase).toBe('before_data')
    expect(sink.received).toHaveLength(1)
  })
})

describe('encryption (faults 18, 19)', () => {
  const withoutPassword = (text: string) => expect(text).not.toMatch(/AUTH |c2VjcmV0|secret/)

  it('is a must with STARTTLS: a server that hides it gets no password', async () => {
    const sink = await sinkWith({ security: 'none', users: { me: 'secret' } })
    const proxy = await proxyTo(sink)
    const record = proxy.record()
    const error = await failure(
      transportTo(proxy.port, { security: 'starttls', user: 'me' }).send(envelope(), message(), markers()),
    )
    expect(error.problem.code).toBe('tls_stripped')
    withoutPassword(record.text('to_server'))
  })

  it('is a must over a network', async () => {
    const error = await failure(
      transportTo(25, { host: 'smtp.example.test' }).send(envelope(), message(), markers()),
    )
    expect(error.problem.code).toBe('tls_stripped')
  })

  it.each([
    ['self-signed', 'tls', {}, false, /is self-signed/],
    ['self-signed', 'starttls', {}, false, /is self-signed/],
    ['of another server', 'tls', { names: ['DNS:other.test'] }, true, /belongs to another server/],
    ['of another server', 'starttls', { names: ['DNS:other.test'] }, true, /belongs to another server/],
    ['expired', 'tls', { expired: true }, true, /has expired/],
  ] as const)('refuses a certificate that is %s, with %s', async (_, security, init, trusted, words) => {
    const certificate = makeCertificate(init)
    const sink = await sinkWith({ security, certificate, users: { me: 'secret' } })
    const transport = transportTo(
      sink.port,
      { security, user: 'me' },
      { ca: trusted ? [certificate.cert] : [] },
    )
    const { problem, phase } = await failure(transport.send(envelope(), message(), markers()))
    expect(phase).toBe('before_data')
    expect(problem.code).toBe('certificate')
    expect(problem.message).toMatch(words)
    expect(sink.received).toHaveLength(0)
  })

  it('TLS to a port that has none is told in words', async () => {
    const sink = await sinkWith()
    const error = await failure(
      transportTo(sink.port, { security: 'tls', host: 'localhost' }).send(envelope(), message(), markers()),
    )
    expect(error.problem.message).toContain('does not speak TLS')
  })
})

describe('a server that is not there', () => {
  it('is told in words', async () => {
    const sink = await sinkWith()
    await sink.halt()
    const error = await failure(transportTo(sink.port).send(envelope(), message(), markers()))
    expect(error.problem).toMatchObject({
      code: 'unreachable',
      message: `Nothing accepts connections at 127.0.0.1:${sink.port}.`,
    })
  })
})
