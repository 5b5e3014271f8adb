import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import type * as SmtpServer from 'smtp-server'
import type { SMTPServer, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { onDemand } from '../../lib/on-demand.ts'
import type { Certificate } from './certificate.ts'
import { readHead } from './head.ts'
import { LineCheck } from './line-check.ts'
import type { ReceiverLimits } from '../../types.ts'
import { RECEIVER_LIMITS } from './limits.ts'
import { announceSize } from './size.ts'
import { Visitors } from './visitors.ts'

const smtpServer = onDemand<typeof SmtpServer>('smtp-server')

/** Who brings mail. All but the address is what they say of themselves. */
export type Client = { ip: string; helo: string; encrypted: boolean }

export type Recipient = { address: string; channelId: string }

/** A whole message at the door: it is only taken when `take` resolves. */
export type ArrivingMail = {
  client: Client
  /** MAIL FROM, empty for a bounce. */
  from: string
  /** At least one. */
  to: Recipient[]
  /** CRLF line ends, dots unstuffed, nothing else touched. */
  raw: Buffer
}

/** Mail that went no further than the door although its address is known; it is listed (E4). */
export type TurnedAway = Omit<ArrivingMail, 'raw'> & {
  /** Bytes, as announced or as far as they came. */
  size: number
  /** The beginning of the message, as far as it came: its head tells the subject. */
  start: Buffer
  /** In words. */
  reason: string
}

/** A reply that refuses: thrown by `take`, said to the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** 4xx: try again; 5xx: do not (RFC 5321 section 4.2.1). */
  readonly responseCode: number
  constructor(responseCode: number, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.responseCode = responseCode
  }
}

export type ReceiverHooks = {
  /** The channel that receives at an address, or null: nobody here has it, and nothing is passed on (fault 33). */
  lookUp(address: string): string | null
  /** Resolves when the message is safe: then, and only then, the client is told so (fault 31). Throws a Refusal. */
  take(mail: ArrivingMail): Promise<void>
  turnedAway(mail: TurnedAway): void
}

export type ReceiverOptions = {
  host: string
  /** 0 for any that is free. */
  port: number
  /** How it names itself. */
  name: string
  certificate: Certificate
  log: Logger
  limits?: Partial<ReceiverLimits> | undefined
}

export type Receiver = {
  readonly port: number
  /** Open connections. */
  readonly connections: number
  /** Stops listening and sends everybody away; messages being stored are finished. */
  close(): Promise<void>
}

/** Bytes of a refused message that are kept to tell its subject. */
const START_BYTES = 64 * 1024
/** What a client that was sent away has to leave in, in ms. */
const LEAVE_MS = 500

type Visit = {
  id: string
  client: Client
  socket: Socket
  /** The TLS socket on top, after STARTTLS. */
  secure: TLSSocket | null
  /** Set when it was sent away: whatever it still says counts for nothing. */
  gone: boolean
  /** SIZE of MAIL FROM where it is over the limit (RFC 1870 section 6). */
  tooLarge: number | null
  unknown: number
  from: string
  to: Recipient[]
  taking: Promise<unknown>
  deadline: NodeJS.Timeout | undefined
}

/**
 * Listens for mail. It takes messages for the addresses it knows and nothing else: no login, no relaying. Rejects when
 * it cannot listen (the port is taken, the address is not this machine's).
 */
export async function startReceiver(options: ReceiverOptions, hooks: ReceiverHooks): Promise<Receiver> {
  const limits = { ...RECEIVER_LIMITS, ...options.limits }
  const door = new Door(options, limits, hooks)
  return await door.open()
}

class Door {
  readonly #options: ReceiverOptions
  readonly #limits: ReceiverLimits
  readonly #hooks: ReceiverHooks
  readonly #visits = new Map<string, Visit>()
  readonly #visitors: Visitors
  readonly #smtp: SMTPServer
  #serial = 0
  #buffered = 0

  constructor(options: ReceiverOptions, limits: ReceiverLimits, hooks: ReceiverHooks) {
    this.#options = options
    this.#limits = limits
    this.#hooks = hooks
    this.#visitors = new Visitors(limits)
    this.#smtp = new (smtpServer().SMTPServer)({
      ...options.certificate,
      minVersion: 'TLSv1.2',
      name: options.name,
      banner: 'Anteroom',
      logger: false,
      size: limits.message,
      maxRecipients: limits.recipients,
      socketTimeout: limits.idle,
      disableReverseLookup: true,
      authOptional: true,
      disabledCommands: ['AUTH', 'XCLIENT', 'XFORWARD', 'VRFY', 'HELP', 'WIZ', 'SHELL', 'KILL'],
      onSecure: (socket, session, done) => {
        const visit = this.#visits.get(session.id)
        if (visit) {
          visit.secure = socket as TLSSocket
          visit.client.encrypted = true
          this.#watchLines(visit, socket)
        }
        done()
      },
      onClose: (session) => {
        const visit = this.#visits.get(session.id)
        if (visit) this.#leave(visit)
      },
      onMailFrom: (address, session, done) =>
        done(this.#mailFrom(this.#visits.get(session.id), address.address, session)),
      onRcptTo: (address, session, done) => done(this.#rcptTo(this.#visits.get(session.id), address.address)),
      onData: (stream, session, done) => this.#data(stream, this.#visits.get(session.id), done),
    })
    // Clients that break off are what the open Internet is made of.
    this.#smtp.on('error', (error: Error) => options.log.debug({ err: error }, 'a mail client failed'))
  }

  async open(): Promise<Receiver> {
    const server = createServer({ noDelay: true }, (socket) => this.#enter(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: this.#options.host, port: this.#options.port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    server.on('error', (error) => this.#options.log.error({ err: error }, 'the mail receiver failed'))
    const { port } = server.address() as AddressInfo
    const visits = this.#visits
    return {
      port,
      get connections() {
        return visits.size
      },
      close: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        const taking = [...visits.values()].map((visit) => visit.taking)
        for (const visit of visits.values()) this.#sendAway(visit, '421 4.3.2 Shutting down')
        await Promise.allSettled(taking)
        await closed
      },
    }
  }

  #enter(socket: Socket): void {
    const ip = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
    socket.on('error', () => undefined)
    const refusal = this.#visitors.enter(ip)
    if (refusal !== null) {
      socket.end(`421 4.7.0 ${refusal}\r\n`)
      setTimeout(() => socket.destroy(), LEAVE_MS).unref()
      return
    }
    const visit: Visit = {
      id: `visit-${++this.#serial}`,
      client: { ip, helo: '', encrypted: false },
      socket,
      secure: null,
      gone: false,
      tooLarge: null,
      unknown: 0,
      from: '',
      to: [],
      taking: Promise.resolve(),
      deadline: undefined,
    }
    this.#visits.set(visit.id, visit)
    visit.deadline = setTimeout(
      () => this.#sendAway(visit, '421 4.4.2 You have been here long enough'),
      this.#limits.connection,
    )
    // STARTTLS takes all listeners off this socket: from then on, smtp-server tells when the client has left.
    socket.once('close', () => this.#leave(visit))
    this.#watchLines(visit, socket)
    this.#smtp.connect(socket, { id: visit.id })
    announceSize(this.#smtp, visit.id, this.#limits.message, (size) => (visit.tooLarge = size))
  }

  #leave(visit: Visit): void {
    if (!this.#visits.delete(visit.id)) return
    clearTimeout(visit.deadline)
    visit.gone = true
    this.#visitors.leave(visit.client.ip)
  }

  /** Sees the bytes before the protocol does: nothing of a chunk with a fault in it is acted on. */
  #watchLines(visit: Visit, socket: Socket): void {
    const lines = new LineCheck()
    socket.prependListener('data', (chunk: Buffer) => {
      if (visit.gone) return
      const fault = lines.push(chunk)
      if (fault === null) return
      this.#turnAway(
        visit,
        0,
        Buffer.alloc(0),
        `The sending server wrote a ${fault}, which could hide a second message.`,
      )
      this.#sendAway(visit, `521 5.5.2 ${fault} received: lines end with CRLF (RFC 5321 section 2.3.8)`)
    })
  }

  #sendAway(visit: Visit, reply: string): void {
    if (visit.gone) return
    visit.gone = true
    const socket = visit.secure ?? visit.socket
    if (socket.writable) socket.end(`${reply}\r\n`)
    setTimeout(() => (visit.secure ?? visit.socket).destroy(), LEAVE_MS).unref()
  }

  #turnAway(visit: Visit, size: number, start: Buffer, reason: string): void {
    if (visit.to.length === 0) return
    this.#hooks.turnedAway({
      client: { ...visit.client },
      from: visit.from,
      to: visit.to,
      size,
      start,
      reason,
    })
  }

  #mailFrom(visit: Visit | undefined, address: string, session: SMTPServerSession): Error | null {
    if (!visit || visit.gone) return new Refusal(421, '4.3.2 Goodbye')
    const refusal = this.#visitors.message(visit.client.ip)
    if (refusal !== null) return new Refusal(450, `4.7.0 ${refusal}`)
    visit.client.helo = String(session.hostNameAppearsAs || '')
    visit.from = address
    visit.to = []
    return null
  }

  #rcptTo(visit: Visit | undefined, address: string): Error | null {
    if (!visit || visit.gone) return new Refusal(421, '4.3.2 Goodbye')
    const channelId = this.#hooks.lookUp(address)
    if (channelId === null) {
      visit.unknown += 1
      if (visit.unknown > this.#limits.unknownRecipients) {
        this.#sendAway(visit, '421 4.7.0 Too many unknown addresses')
        return new Refusal(421, '4.7.0 Too many unknown addresses')
      }
      return new Refusal(550, '5.1.1 No such address here')
    }
    if (!visit.to.some((one) => one.channelId === channelId)) visit.to.push({ address, channelId })
    if (visit.tooLarge === null) return null
    this.#turnAway(visit, visit.tooLarge, Buffer.alloc(0), this.#sizeReason(visit.tooLarge))
    visit.to.pop()
    return new Refusal(552, `5.3.4 ${this.#sizeReply()}`)
  }

  #sizeReply(): string {
    return `Messages have at most ${this.#limits.message} bytes here`
  }

  #sizeReason(size: number): string {
    const mb = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
    return `It has ${mb(size)} MB; at most ${mb(this.#limits.message)} MB are taken, attachments included. The sender was told so.`
  }

  #data(
    stream: SMTPServerDataStream,
    visit: Visit | undefined,
    done: (error?: Error | null, message?: string) => void,
  ): void {
    if (!visit || visit.gone) {
      stream.resume()
      done(new Refusal(421, '4.3.2 Goodbye'))
      return
    }
    const limits = this.#limits
    let chunks: Buffer[] = []
    /** Bytes that came, and of these the ones in `chunks`. */
    let size = 0
    let kept = 0
    let busy = false
    const forget = (bytes: number): void => {
      kept -= bytes
      this.#buffered -= bytes
    }
    const keep = (chunk: Buffer): void => {
      if (busy || size > limits.message) return
      if (this.#buffered + chunk.length > limits.buffered) {
        busy = true
        return
      }
      chunks.push(chunk)
      forget(-chunk.length)
    }
    const release = (): void => {
      chunks = []
      forget(kept)
    }
    const beginning = (): Buffer => Buffer.concat(chunks).subarray(0, START_BYTES)
    const timer = setTimeout(() => this.#sendAway(visit, '421 4.4.2 The message takes too long'), limits.data)
    let ended = false
    const answer = (error?: Error | null, message?: string): void => {
      // The next message names its own recipients.
      visit.to = []
      done(error, message)
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      keep(chunk)
      if (size <= limits.message) return
      // Only the beginning is of use any more, for the list.
      while (chunks.length > 1 && kept - chunks.at(-1)!.length >= START_BYTES) forget(chunks.pop()!.length)
      // Somebody who never ends is not listened to for ever.
      if (size > limits.message * 1.25 + START_BYTES && !visit.gone) {
        this.#turnAway(visit, size, beginning(), this.#sizeReason(size))
        this.#sendAway(visit, `552 5.3.4 ${this.#sizeReply()}`)
      }
    })
    stream.on('error', () => undefined)
    stream.on('close', () => {
      clearTimeout(timer)
      if (!ended) release()
    })
    stream.on('end', () => {
      ended = true
      clearTimeout(timer)
      const refuse = (error: Refusal): void => {
        release()
        answer(error)
      }
      if (visit.gone) {
        refuse(new Refusal(421, '4.3.2 Goodbye'))
      } else if (size > limits.message) {
        this.#turnAway(visit, size, beginning(), this.#sizeReason(size))
        refuse(new Refusal(552, `5.3.4 ${this.#sizeReply()}`))
      } else if (busy) {
        refuse(new Refusal(452, '4.3.1 Too much mail at once; try again later'))
      } else {
        const taken = this.#take(visit, Buffer.concat(chunks))
        // The bytes count until they are stored.
        visit.taking = taken.then(release, release)
        taken.then(
          () => answer(null, '2.0.0 Stored'),
          (error: unknown) => answer(this.#explain(error)),
        )
      }
    })
  }

  async #take(visit: Visit, raw: Buffer): Promise<void> {
    const head = readHead(raw, this.#limits.head)
    const refuse = (reply: string, reason: string): never => {
      this.#turnAway(visit, raw.length, raw.subarray(0, START_BYTES), reason)
      throw new Refusal(554, reply)
    }
    if (head.hops > this.#limits.hops)
      refuse('5.4.6 Too many hops', `It went through ${head.hops} servers: a forwarding runs in circles.`)
    const again = visit.to.find(({ address }) => head.cameTo.includes(address.toLowerCase()))
    if (again)
      refuse(
        '5.4.6 Mail loop',
        `It came to ${again.address} before: a forwarding leads from here back to here.`,
      )
    if (head.size > this.#limits.head)
      refuse('5.6.0 The header is too large', 'Its header is too large to be real.')
    if (head.signatures > 60)
      refuse('5.6.0 Too many signatures', `It carries ${head.signatures} signatures, too many to be real.`)
    await this.#hooks.take({ client: { ...visit.client }, from: visit.from, to: [...visit.to], raw })
  }

  #explain(error: unknown): Error {
    if (error instanceof Refusal) return error
    this.#options.log.error({ err: error }, 'a message could not be stored')
    return new Refusal(451, '4.3.0 It could not be stored; try again later', { cause: error })
  }
}
