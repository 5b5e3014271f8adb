import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { makeCertificate, type Certificate } from './certificate.ts'
import type { Dovecot } from './dovecot.ts'
import { freePort } from './ports.ts'

export type Received = {
  from: string
  to: string[]
  /** As the receiver has it: dots unstuffed, nothing else touched. */
  raw: Buffer
  /** Who logged in, or null. */
  user: string | null
  tls: boolean
  /** MAIL FROM's BODY=8BITMIME and SMTPUTF8. */
  eightBit: boolean
  smtpUtf8: boolean
  /** Same for all messages of one connection. */
  session: string
}

/** Where a rule acts. `data`: while the message comes in. `end`: it is complete, the answer is due. */
export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data' | 'end'

export type SmtpRule = {
  at: SmtpStage
  /**
   * A reply such as `550 5.1.1 No such user`; `drop`, the connection is cut without one; `hang`, nothing is
   * ever answered. At `data`, `drop` cuts in the middle of the message and a reply is given at its end.
   */
  reply: `${4 | 5}${string}` | 'drop' | 'hang'
  /** Only for a recipient (at `rcpt`) or a sender (elsewhere) that contains this. */
  address?: string
  /** How often it acts; without end when left out. */
  times?: number
  /** At `end` with `drop` or `hang`: was the message taken nevertheless? Yes when left out (fault 22). */
  stored?: boolean
}

export type SmtpSinkOptions = {
  /** `tls` from the first byte, `starttls`, or `none` at all; `none` when left out. */
  security?: 'none' | 'starttls' | 'tls'
  certificate?: Certificate
  /** Logins by user name. Without it no login is offered. */
  users?: Record<string, string>
  /** The largest message in bytes, announced by SIZE. */
  size?: number
  without?: readonly ('8BITMIME' | 'SMTPUTF8')[]
  /** Mail for users of this server is put into their INBOX. */
  deliverTo?: Dovecot
}

export type SmtpSink = {
  readonly port: number
  readonly ca: string
  readonly received: readonly Received[]
  /** Connections since the start. */
  readonly connections: number
  rule(rule: SmtpRule): void
  clearRules(): void
  /** Resolves with the received mails once `condition` holds for one of them, or there are `condition` of them. */
  waitFor(condition: number | ((mail: Received) => boolean), timeoutMs?: number): Promise<Received[]>
  /** Cuts all connections. */
  cut(): void
  /** Closes; with `start` again on the same port. */
  halt(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

type Failure = Error & { responseCode: number }

function failure(reply: string): Failure {
  const [, code, text] = /^(\d{3})[ -]?(.*)$/s.exec(reply) ?? []
  return Object.assign(new Error(text), { responseCode: Number(code) })
}

/** An SMTP receiver on a free port of 127.0.0.1 that keeps what it gets and fails as a test wants. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const security = options.security ?? 'none'
  const certificate = options.certificate ?? makeCertificate()
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const rules: SmtpRule[] = []
  let connections = 0
  const port = await freePort()

  const take = (at: SmtpStage, address: string): SmtpRule | undefined => {
    const found = rules.find(
      (rule) =>
        rule.at === at &&
        (rule.times ?? 1) > 0 &&
        (rule.address === undefined || address.includes(rule.address)),
    )
    if (found?.times !== undefined) found.times -= 1
    return found
  }
  const sender = (session: SMTPServerSession) =>
    session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
  const drop = (session: SMTPServerSession) => {
    for (const connection of server.connections) {
      // smtp-server names no socket in its session; its connection has the same id.
      const { id, _socket } = connection as unknown as { id: string; _socket: { destroy(): void } }
      if (id === session.id) _socket.destroy()
    }
  }
  const act = (
    rule: SmtpRule | undefined,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    if (!rule) return done()
    if (rule.reply === 'hang') return
    if (rule.reply === 'drop') return drop(session)
    done(failure(rule.reply))
  }
  const keep = (session: SMTPServerSession, raw: Buffer) => {
    const to = session.envelope.rcptTo.map(({ address }) => address)
    received.push({
      from: sender(session),
      to,
      raw,
      user: typeof session.user === 'string' ? session.user : null,
      tls: session.secure,
      eightBit: session.envelope.bodyType === '8bitmime',
      smtpUtf8: session.envelope.smtpUtf8 === true,
      session: session.id,
    })
    for (const address of to) {
      if (options.deliverTo?.has(address)) {
        options.deliverTo.deliver(address.slice(0, address.lastIndexOf('@')).toLowerCase(), raw)
      }
    }
    for (const wake of waiting) wake()
  }
  const onData = (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ) => {
    const during = take('data', sender(session))
    const chunks: Buffer[] = []
    if (during?.reply === 'drop') {
      stream.once('data', () => drop(session))
      return
    }
    if (during?.reply === 'hang') return stream.pause()
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      if (during) return act(during, session, done)
      if (stream.sizeExceeded) return done(failure('552 5.3.4 Message too big'))
      const rule = take('end', sender(session))
      const silent = rule?.reply === 'drop' || rule?.reply === 'hang'
      if (!rule || (silent && rule.stored !== false)) keep(session, Buffer.concat(chunks))
      act(rule, session, done)
    })
  }

  const make = () =>
    new SMTPServer({
      secure: security === 'tls',
      ...certificate,
      logger: false,
      name: 'sink.test',
      disableReverseLookup: true,
      size: options.size,
      authOptional: options.users === undefined,
      allowInsecureAuth: security === 'none',
      disabledCommands: [
        ...(security === 'starttls' ? [] : ['STARTTLS']),
        ...(options.users === undefined ? ['AUTH'] : []),
      ],
      hide8BITMIME: options.without?.includes('8BITMIME') ?? false,
      hideSMTPUTF8: options.without?.includes('SMTPUTF8') ?? false,
      closeTimeout: 100,
      onConnect(session, done) {
        connections += 1
        act(take('connect', ''), session, done)
      },
      onAuth(auth, session, done) {
        const rule = take('auth', auth.username ?? '')
        if (rule) return act(rule, session, (error) => done(error))
        const known = auth.username !== undefined && options.users?.[auth.username] === auth.password
        if (!known) return done(failure('535 5.7.8 Wrong user name or password'))
        done(null, { user: auth.username })
      },
      onMailFrom: (address, session, done) => act(take('mail', address.address), session, done),
      onRcptTo: (address, session, done) => act(take('rcpt', address.address), session, done),
      onData,
    })

  let server = make()
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      // A client that goes away is what tests do on purpose.
      server.on('error', (error) => (server.server.listening ? undefined : reject(error)))
      server.listen(port, '127.0.0.1', resolve)
    })
  const halt = () => new Promise<void>((resolve) => server.close(() => resolve()))
  await listen()

  return {
    port,
    ca: certificate.cert,
    received,
    get connections() {
      return connections
    },
    rule: (rule) => void rules.push({ ...rule }),
    clearRules: () => void rules.splice(0),
    waitFor(condition, timeoutMs = 30_000) {
      const holds = () =>
        typeof condition === 'number' ? received.length >= condition : received.some(condition)
      return new Promise((resolve, reject) => {
        const finish = () => {
          if (!holds()) return
          waiting.delete(finish)
          clearTimeout(timer)
          resolve(typeof condition === 'number' ? [...received] : received.filter(condition))
        }
        const timer = setTimeout(() => {
          waiting.delete(finish)
          reject(
            new Error(`The SMTP sink has ${received.length} mails and waited ${timeoutMs} ms for others`),
          )
        }, timeoutMs)
        waiting.add(finish)
        finish()
      })
    },
    cut() {
      for (const connection of server.connections) {
        ;(connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
      }
    },
    halt,
    async start() {
      server = make()
      await listen()
    },
    stop: halt,
  }
}
