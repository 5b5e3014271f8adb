import type { ServerSettings } from '../../../../contract/channels.ts'
import { plainServerText, problem, problemOf, type ProblemContext } from '../problems.ts'
import { SendError, type Envelope, type MailTransport, type SendMarkers, type SendResult } from '../types.ts'
import { routable, type RoutableAddress } from './addresses.ts'
import { openSmtp, SMTP_TIMES, type SmtpFailure, type SmtpLink, type SmtpOptions } from './connection.ts'
import { isEightBit, sizeOnWire } from './message-stream.ts'

export type { SmtpOptions } from './connection.ts'

/** More at once is what providers call abuse (fault 13). */
const MAX_CONNECTIONS = 2

type Rejected = SendResult['rejected'][number]

/** A transport to one submission server. Connections are opened when needed and kept for a while. */
export function createSmtpTransport(
  server: ServerSettings,
  password: string,
  options: SmtpOptions = {},
): MailTransport {
  return new SmtpTransport(server, password, options)
}

class SmtpTransport implements MailTransport {
  readonly #server: ServerSettings
  readonly #password: string
  readonly #options: SmtpOptions
  readonly #context: ProblemContext
  readonly #idle = new Map<SmtpLink, NodeJS.Timeout>()
  readonly #busy = new Set<SmtpLink>()
  readonly #ended = new AbortController()
  readonly #queue: (() => void)[] = []
  #open = 0

  constructor(server: ServerSettings, password: string, options: SmtpOptions) {
    this.#server = server
    this.#password = password
    this.#options = options
    this.#context = { protocol: 'SMTP', server }
  }

  /**
   * See MailTransport. Recipients that cannot be routed are named in `rejected` and the others get the mail.
   * What we refuse ourselves, because any server would, carries the code that RFC 5321 has for it (552, 553).
   * When no recipient is left it rejects: with the 4xx of one that may work later, else with a 5xx.
   */
  async send(envelope: Envelope, raw: Uint8Array, markers: SendMarkers): Promise<SendResult> {
    if (raw.length === 0)
      throw refusal(554, 'The message is empty.', 'This is a fault of the program: report it.')
    const from = routable(envelope.from)
    if (!from) {
      throw refusal(
        553,
        `The sender address “${shown(envelope.from)}” cannot be used for mail.`,
        'Correct the address of this channel.',
      )
    }
    const rejected: Rejected[] = []
    const to: RoutableAddress[] = []
    for (const given of new Set(envelope.to)) {
      const address = routable(given)
      if (address) to.push(address)
      else
        rejected.push({
          address: given,
          code: 553,
          serverText: 'Not a valid mail address; it was not sent.',
          permanent: true,
        })
    }
    if (to.length === 0) throw noneLeft(this.#server, rejected)

    // A kept connection may have been closed by the server without our knowing. Nothing of the message was handed
    // over then, so one more try on a fresh connection cannot make a second copy.
    for (;;) {
      const { link, fresh } = await this.#acquire()
      const progress = { marked: false }
      try {
        return await this.#submit(link, { from, to, rejected: [...rejected] }, raw, markers, progress)
      } catch (error) {
        const code = error instanceof SendError ? error.code : null
        if (fresh || progress.marked || (code !== null && code !== 421)) throw error
        if (!(error instanceof SendError)) throw error
      } finally {
        this.#release(link)
      }
    }
  }

  async #submit(
    link: SmtpLink,
    mail: { from: RoutableAddress; to: RoutableAddress[]; rejected: Rejected[] },
    raw: Uint8Array,
    markers: SendMarkers,
    progress: { marked: boolean },
  ): Promise<SendResult> {
    const { from, rejected } = mail
    const size = sizeOnWire(raw)
    markers.takes?.(link.maxSize)
    if (link.maxSize !== null && size > link.maxSize) {
      throw refusal(
        552,
        `The message has ${megabytes(size)} MB, and ${this.#server.host} takes at most ${megabytes(link.maxSize)} MB.`,
        'Take out attachments or send them as links.',
      )
    }
    let to = mail.to
    if (!link.offers('SMTPUTF8')) {
      if (from.needsUtf8) {
        throw refusal(
          553,
          `${this.#server.host} cannot send from ${shown(from.given)}: it takes ASCII addresses only.`,
          'Use another address.',
        )
      }
      for (const { given, needsUtf8 } of to) {
        if (!needsUtf8) continue
        rejected.push({
          address: given,
          code: 553,
          serverText: `${this.#server.host} takes ASCII addresses only.`,
          permanent: true,
        })
      }
      to = to.filter(({ needsUtf8 }) => !needsUtf8)
      if (to.length === 0) throw noneLeft(this.#server, rejected)
    }
    const given = new Map(to.map((one) => [one.address, one.given]))
    try {
      const info = await link.deliver(
        {
          from: from.address,
          to: to.map(({ address }) => address),
          size,
          eightBit: isEightBit(raw),
          beforeEndOfData: () => {
            progress.marked = true
            try {
              markers.beforeEndOfData()
            } catch (error) {
              // Nothing was completed: the caller could not note that it is about to be.
              progress.marked = false
              throw error
            }
          },
        },
        raw,
      )
      for (const failure of info.rejectedErrors ?? []) rejected.push(toRejected(failure, given))
      return {
        accepted: info.accepted.map((address) => given.get(address) ?? address),
        rejected,
        serverText: plainServerText(info.response) ?? '',
      }
    } catch (error) {
      throw this.#sendError(error, progress.marked, rejected, given)
    }
  }

  #sendError(
    error: unknown,
    marked: boolean,
    rejected: Rejected[],
    given: ReadonlyMap<string, string>,
  ): SendError {
    const failure = error as SmtpFailure
    const phase = marked ? 'after_data' : 'before_data'
    if (failure.rejectedErrors && failure.rejectedErrors.length > 0 && !marked) {
      return noneLeft(
        this.#server,
        [...rejected, ...failure.rejectedErrors.map((one) => toRejected(one, given))],
        error,
      )
    }
    const code = typeof failure.responseCode === 'number' ? failure.responseCode : null
    const serverText = plainServerText(failure.response) ?? ''
    if (code === null)
      return new SendError({
        phase,
        code,
        serverText,
        problem: problemOf(error, this.#context),
        cause: error,
      })
    const base = problemOf(error, this.#context)
    const refused =
      base.code === 'throttled'
        ? base
        : problem(
            'server_error',
            code >= 500
              ? `${this.#server.host} refused the message.`
              : `${this.#server.host} does not take the message at the moment.`,
            code >= 500
              ? 'Change what the server objects to, then send it again.'
              : 'It is tried again later.',
            serverText,
          )
    return new SendError({ phase, code, serverText, problem: refused, cause: error })
  }

  async #acquire(): Promise<{ link: SmtpLink; fresh: boolean }> {
    for (;;) {
      if (this.#ended.signal.aborted) throw this.#closedError()
      for (const [link, timer] of this.#idle) {
        clearTimeout(timer)
        this.#idle.delete(link)
        if (!link.usable) {
          this.#forget()
          continue
        }
        this.#busy.add(link)
        return { link, fresh: false }
      }
      if (this.#open < MAX_CONNECTIONS) break
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    }
    this.#open += 1
    try {
      const link = await openSmtp(this.#server, this.#password, this.#ended.signal, this.#options)
      // Once a connection: a listener for each message would pile up. While it is busy, dropping does nothing.
      link.onEnd(() => this.#drop(link))
      this.#busy.add(link)
      return { link, fresh: true }
    } catch (error) {
      this.#forget()
      if (this.#ended.signal.aborted) throw this.#closedError()
      const found = problemOf(error, this.#context)
      // No code: a login that is refused says nothing about the message, which waits until it can be sent.
      throw new SendError({
        phase: 'before_data',
        code: null,
        serverText: found.serverText ?? '',
        problem: found,
        cause: error,
      })
    }
  }

  #release(link: SmtpLink): void {
    this.#busy.delete(link)
    if (!link.usable || this.#ended.signal.aborted) {
      link.destroy()
      this.#forget()
      return
    }
    const timer = setTimeout(() => this.#drop(link), this.#options.times?.idle ?? SMTP_TIMES.idle)
    timer.unref()
    this.#idle.set(link, timer)
    this.#queue.shift()?.()
  }

  #drop(link: SmtpLink): void {
    const timer = this.#idle.get(link)
    if (timer === undefined) return
    clearTimeout(timer)
    this.#idle.delete(link)
    link.quit()
    this.#forget()
  }

  #forget(): void {
    this.#open -= 1
    this.#queue.shift()?.()
  }

  #closedError(): SendError {
    return new SendError({
      phase: 'before_data',
      code: null,
      serverText: '',
      problem: problem('unknown', 'Sending was stopped.', 'It goes on when the channel is connected again.'),
    })
  }

  async close(): Promise<void> {
    this.#ended.abort()
    for (const link of [...this.#idle.keys()]) this.#drop(link)
    for (const link of this.#busy) link.destroy()
    for (const wake of this.#queue.splice(0)) wake()
  }
}

const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(1)
const shown = (address: string) => plainServerText(address) ?? ''

function refusal(code: number, message: string, hint: string): SendError {
  return new SendError({
    phase: 'before_data',
    code,
    serverText: '',
    problem: problem('server_error', message, hint),
  })
}

function toRejected(failure: SmtpFailure, given: ReadonlyMap<string, string>): Rejected {
  const code = typeof failure.responseCode === 'number' ? failure.responseCode : null
  const address = failure.recipient ?? ''
  return {
    address: given.get(address) ?? address,
    code,
    serverText: plainServerText(failure.response) ?? plainServerText(failure.message) ?? '',
    permanent: code !== null && code >= 500,
  }
}

function noneLeft(server: ServerSettings, rejected: Rejected[], cause?: unknown): SendError {
  const later = rejected.find(({ permanent }) => !permanent)
  const serverText = rejected
    .map(({ address, serverText: words }) => `${shown(address)}: ${words}`)
    .join('; ')
  return new SendError({
    phase: 'before_data',
    code: (later ?? rejected[0])?.code ?? null,
    serverText,
    problem: problem(
      'server_error',
      rejected.length === 1
        ? `${server.host} does not take mail for ${shown(rejected[0]?.address ?? '')}.`
        : `${server.host} takes mail for none of the ${rejected.length} recipients.`,
      later ? 'It is tried again later.' : 'Check the addresses.',
      serverText,
    ),
    cause,
  })
}
