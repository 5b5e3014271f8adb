import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionSendInfo, SMTPError } from 'nodemailer/lib/smtp-connection'
import type { ServerSettings } from '../../../../contract/channels.ts'
import { onDemand } from '../../lib/on-demand.ts'
import { channelError, problem, type ProblemContext } from '../problems.ts'
import { refuseCleartext, tlsOptions } from '../security.ts'
import { ChannelError } from '../types.ts'
import { messageStream } from './message-stream.ts'

const smtpConnection = onDemand<typeof SMTPConnection>('nodemailer/lib/smtp-connection')

/** Times in ms. */
export type SmtpTimes = {
  /** DNS, TCP, TLS, greeting and login together. */
  connect: number
  /** Silence while an envelope command waits for its answer, or while no piece of the message gets away. */
  command: number
  /** Silence after the final dot: ten minutes, because the server is storing it (RFC 5321 section 4.5.3.2.6). */
  endOfData: number
  /** How long an unused connection is kept. */
  idle: number
}

export const SMTP_TIMES: SmtpTimes = { connect: 50_000, command: 120_000, endOfData: 600_000, idle: 20_000 }

export type SmtpOptions = {
  /** Certificate authorities (PEM) to trust beside the system's; tests bring theirs. */
  ca?: readonly string[]
  times?: Partial<SmtpTimes>
}

/** What nodemailer says when something fails: its own code, and the server's reply where there was one. */
export type SmtpFailure = SMTPError

/** The parts of nodemailer's connection that its types hide; checked against 10.6.0. */
type Inside = {
  _supportedExtensions: string[]
  _maxAllowedSize: number
  _destroyed: boolean
  _closing: boolean
}

export type DeliverInit = {
  from: string
  to: string[]
  size: number
  eightBit: boolean
  /** Runs synchronously before the last piece of the message leaves. */
  beforeEndOfData: () => void
}

/** One submission connection, logged in. */
export class SmtpLink {
  readonly #connection: SMTPConnection
  readonly #times: SmtpTimes
  /** Ends the message that is on its way: nodemailer forgets about it when the connection is closed. */
  #abandon: ((error: Error) => void) | null = null

  constructor(connection: SMTPConnection, times: SmtpTimes) {
    this.#connection = connection
    this.#times = times
    // A failure between two messages has nobody to report to: `usable` tells it.
    connection.on('error', () => undefined)
  }

  get #inside(): Inside {
    return this.#connection as unknown as Inside
  }

  get usable(): boolean {
    return !this.#inside._destroyed && !this.#inside._closing
  }

  /** True when the server offered an extension, such as `SMTPUTF8`. */
  offers(extension: 'SMTPUTF8' | '8BITMIME' | 'SIZE' | 'PIPELINING'): boolean {
    return this.#inside._supportedExtensions.includes(extension)
  }

  /** The largest message in bytes that the server takes (RFC 1870), null when it names no limit. */
  get maxSize(): number | null {
    return this.#inside._maxAllowedSize || null
  }

  /** Calls `ended` when the connection is over, whoever ended it. */
  onEnd(ended: () => void): void {
    this.#connection.once('end', ended)
  }

  /** Submits one message. Rejects with nodemailer's error (see SmtpFailure); the connection is closed then. */
  deliver(init: DeliverInit, bytes: Uint8Array): Promise<SMTPConnectionSendInfo> {
    return new Promise((resolve, reject) => {
      const { command, endOfData } = this.#times
      let ended = false
      let timer: NodeJS.Timeout | undefined
      const fail = (error: unknown) => {
        if (ended) return
        ended = true
        this.#abandon = null
        clearTimeout(timer)
        this.destroy()
        reject(error)
      }
      const wait = (ms: number) => {
        clearTimeout(timer)
        timer = setTimeout(
          () =>
            fail(Object.assign(new Error(`No answer for ${Math.round(ms / 1000)} s`), { code: 'ETIMEDOUT' })),
          ms,
        )
      }
      const stream = messageStream(bytes, {
        beforeLast: () => {
          init.beforeEndOfData()
          wait(endOfData)
        },
        onRead: () => wait(command),
      })
      wait(command)
      this.#abandon = fail
      this.#connection.send(
        { from: init.from, to: init.to, size: init.size, use8BitMime: init.eightBit },
        stream,
        (error, info) => {
          if (error) return fail(error)
          if (ended) return
          ended = true
          this.#abandon = null
          clearTimeout(timer)
          resolve(info)
        },
      )
    })
  }

  /** Says QUIT and lets the server hang up. */
  quit(): void {
    if (this.usable) this.#connection.quit()
  }

  destroy(): void {
    this.#connection.close()
    this.#abandon?.(Object.assign(new Error('The connection was closed'), { code: 'ECONNECTION' }))
  }
}

/**
 * Connects and logs in (when `server` names a user). `onConnected` is called before the login. Rejects with a
 * ChannelError, or the signal's reason; no credentials leave unless the connection is as protected as `server` says.
 */
export async function openSmtp(
  server: ServerSettings,
  password: string,
  signal: AbortSignal,
  options: SmtpOptions & { onConnected?: () => void } = {},
): Promise<SmtpLink> {
  const context: ProblemContext = { protocol: 'SMTP', server }
  refuseCleartext(server, 'SMTP')
  signal.throwIfAborted()
  const times = { ...SMTP_TIMES, ...options.times }
  const connection = new (smtpConnection())({
    host: server.host.replace(/^\[|\]$/g, ''),
    port: server.port,
    secure: server.security === 'tls',
    // A must: a server (or somebody in between) that hides STARTTLS gets no password (fault 18, RFC 8314 section 3.3).
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    // Not the machine's name: it would stand in every message's Received line (RFC 5321 section 4.1.3 for the form).
    name: '[127.0.0.1]',
    tls: tlsOptions(server, options.ca),
    connectionTimeout: times.connect,
    greetingTimeout: times.connect,
    dnsTimeout: times.connect,
    // Longer than our own limits, which know the phase.
    socketTimeout: times.endOfData + times.command,
    logger: false,
  })
  const user = server.user ?? ''
  try {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(Object.assign(new Error('connecting takes too long'), { code: 'ETIMEDOUT' })),
        times.connect,
      )
      const onAbort = () => reject(signal.reason)
      const finish = (error?: unknown) => {
        clearTimeout(deadline)
        signal.removeEventListener('abort', onAbort)
        if (error) reject(error)
        else resolve()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      connection.on('error', finish)
      connection.once('end', () => finish(Object.assign(new Error('closed'), { code: 'ECONNECTION' })))
      connection.connect((error) => {
        if (error) return finish(error)
        options.onConnected?.()
        if (user === '') return finish()
        if (!connection.allowsAuth) {
          return finish(
            new ChannelError(
              problem(
                'login_refused',
                `${server.host}:${server.port} offers no login.`,
                'Use the submission port (465 or 587), or leave the SMTP user empty if this server wants no login.',
              ),
            ),
          )
        }
        connection.login({ user, pass: password, credentials: { user, pass: password } }, (failure) =>
          finish(failure ?? undefined),
        )
      })
    })
  } catch (error) {
    connection.on('error', () => undefined)
    connection.close()
    if (signal.aborted) throw signal.reason
    throw channelError(error, context)
  }
  connection.removeAllListeners('error')
  return new SmtpLink(connection, times)
}
