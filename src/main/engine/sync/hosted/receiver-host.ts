import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import type { Logger } from 'pino'
import type { ReceiverView } from '../../../../contract/hosted.ts'
import {
  certificateFacts,
  makeCertificate,
  readCertificate,
  type Certificate,
} from '../../channels/hosted/certificate.ts'
import { CheckTimeoutError, type SenderChecks } from '../../channels/hosted/check.ts'
import {
  Refusal,
  startReceiver,
  type ArrivingMail,
  type Receiver,
  type Recipient,
  type TurnedAway,
} from '../../channels/hosted/receiver.ts'
import { verdictOf, type Verdict } from '../../channels/hosted/verdict.ts'
import { deliveryKey, domainOf } from '../../lib/delivery-key.ts'
import { DomainError } from '../../lib/domain-error.ts'
import { Emitter } from '../../lib/emitter.ts'
import type { MimeParser } from '../../mime/types.ts'
import type { BlobHash } from '../../store/blobs.ts'
import { StorageFullError, type Store } from '../../store/store.ts'
import { channelById } from '../../store/tables/channels.ts'
import { hostedByForwarding, hostedChannels, isHosted } from '../../store/tables/hosted.ts'
import { insertChecks, insertReceived } from '../../store/tables/received-mail.ts'
import { insertRefused, type RefusedRow } from '../../store/tables/refused-mail.ts'
import { machineSetting, setMachineSetting } from '../../store/tables/workspaces.ts'
import type { Clock, ReceiverLimits, SecretStore } from '../../types.ts'
import { outcomeOf, type Outcome } from './outcomes.ts'
import type { Spool } from './spool.ts'
import { withTrace } from './trace.ts'

type HostDeps = {
  store: Store
  secrets: SecretStore
  parser: MimeParser
  spool: Spool
  checks: SenderChecks
  log: Logger
  clock: Clock
  limits?: Partial<ReceiverLimits> | undefined
}

export type ReceiverSettings = {
  enabled: boolean
  host: string
  port: number
  /** In PEM; null for one that is made here; undefined for the one there is. */
  certificate?: Certificate | null | undefined
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = 2525
const KEY_NAME = 'receiver:key'
/** The wait before a port that could not be had is tried again, in ms. */
const RETRY_MS = 60_000

/** The mail receiver of this machine: its settings, its certificate, and what becomes of the mail that it takes. */
export class ReceiverHost {
  readonly #deps: HostDeps
  readonly #outcomes: Emitter<Outcome>
  #receiver: Receiver | null = null
  #since: number | null = null
  #problem: string | null = null
  #retry: NodeJS.Timeout | null = null
  /** Settings are applied one after the other. */
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  constructor(deps: HostDeps) {
    this.#deps = deps
    this.#outcomes = new Emitter((error) =>
      deps.log.error({ err: error }, 'a listener to received mail failed'),
    )
  }

  /** Listens where the settings say so. What keeps it from it is shown, and no reason not to start. */
  start(): void {
    this.#deps.spool.wake()
    void this.#inTurn(() => this.#apply())
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  #settings(): { enabled: boolean; host: string; port: number } {
    const { read } = this.#deps.store
    return {
      enabled: machineSetting(read, 'receiver_enabled') === '1',
      host: machineSetting(read, 'receiver_host') ?? DEFAULT_HOST,
      port: Number(machineSetting(read, 'receiver_port') ?? DEFAULT_PORT),
    }
  }

  /** How it names itself: its host where that is a name, else the machine's. */
  get name(): string {
    const { host } = this.#settings()
    return isIP(host) === 0 && host !== 'localhost' ? host : hostname()
  }

  view(): ReceiverView {
    const { enabled, host, port } = this.#settings()
    const stored = machineSetting(this.#deps.store.read, 'receiver_certificate')
    const pem = stored ? stored.replace(/^\w+\n/, '') : null
    return {
      enabled,
      host,
      port: this.#receiver?.port ?? port,
      listeningSince: this.#since,
      problem: this.#problem,
      certificate: pem === null ? null : { ...certificateFacts(pem), ownMade: stored!.startsWith('made\n') },
    }
  }

  /** Hears what becomes of each message at the door. Returns the function that ends it. */
  onOutcome(listener: (outcome: Outcome) => void): () => void {
    return this.#outcomes.on(listener)
  }

  /** @throws DomainError BAD_INPUT for a certificate that cannot be used */
  async configure(settings: ReceiverSettings): Promise<ReceiverView> {
    return await this.#inTurn(async () => {
      const { store, secrets } = this.#deps
      const { certificate } = settings
      if (certificate) {
        try {
          readCertificate(certificate)
        } catch (error) {
          throw new DomainError('BAD_INPUT', (error as Error).message, { field: 'certificate' })
        }
        await secrets.set(KEY_NAME, certificate.key)
      }
      store.write(
        ({ db, changed }) => {
          setMachineSetting(db, 'receiver_enabled', settings.enabled ? '1' : '0')
          setMachineSetting(db, 'receiver_host', settings.host)
          setMachineSetting(db, 'receiver_port', String(settings.port))
          if (certificate) setMachineSetting(db, 'receiver_certificate', `own\n${certificate.cert}`)
          if (certificate === null) setMachineSetting(db, 'receiver_certificate', '')
          changed('receiver', 'receiver')
        },
        { durable: true },
      )
      await this.#apply()
      return this.view()
    })
  }

  /** Tries again to listen, now. */
  retry(): void {
    if (this.#receiver === null) void this.#inTurn(() => this.#apply())
  }

  async #apply(): Promise<void> {
    const { log, limits, clock } = this.#deps
    if (this.#retry) clearTimeout(this.#retry)
    await this.#receiver?.close()
    this.#receiver = null
    this.#since = null
    this.#problem = null
    const { enabled, host, port } = this.#settings()
    if (enabled && !this.#closed) {
      try {
        const certificate = await this.#certificate()
        this.#receiver = await startReceiver(
          { host, port, name: this.name, certificate, log, limits },
          {
            lookUp: (address) => this.#lookUp(address),
            take: (mail) => this.#take(mail),
            turnedAway: (mail) => this.#turnedAway(mail),
          },
        )
        this.#since = clock.now()
        log.info({ host, port: this.#receiver.port }, 'the mail receiver listens')
      } catch (error) {
        this.#problem = listenWords(error, host, port)
        log.warn({ err: error, host, port }, 'the mail receiver cannot listen')
        this.#retry = setTimeout(() => this.retry(), RETRY_MS).unref()
      }
    }
    this.#announce()
  }

  /** Its state is the state of every address that it receives for. */
  #announce(): void {
    if (this.#closed) return
    const { store } = this.#deps
    store.notify('receiver', 'receiver')
    for (const row of hostedChannels(store.read))
      if (row.hosted_form === 'receiver') store.notify('channels', row.id)
  }

  /** The one that was given, or one of its own, made once. */
  async #certificate(): Promise<Certificate> {
    const { store, secrets, clock } = this.#deps
    const stored = machineSetting(store.read, 'receiver_certificate')
    const key = stored ? await secrets.get(KEY_NAME) : null
    if (stored && key !== null) {
      const certificate = { cert: stored.replace(/^\w+\n/, ''), key }
      const isMade = stored.startsWith('made\n')
      if (!isMade || readCertificate(certificate).expiresAt > clock.now()) return certificate
    }
    const { host } = this.#settings()
    const names = [...new Set([this.name, ...(isIP(host) === 0 || /^[0.:]+$/.test(host) ? [] : [host])])]
    const made = makeCertificate(names, clock.now())
    await secrets.set(KEY_NAME, made.key)
    store.write(({ db }) => setMachineSetting(db, 'receiver_certificate', `made\n${made.cert}`), {
      durable: true,
    })
    return made
  }

  #lookUp(address: string): string | null {
    const row = hostedByForwarding(this.#deps.store.read, deliveryKey(address))
    return row?.hosted_form === 'receiver' ? row.id : null
  }

  async #take(mail: ArrivingMail): Promise<void> {
    const { clock } = this.#deps
    const verdict = await this.#judge(mail)
    if (verdict.action === 'refuse') {
      const start = mail.raw.subarray(0, 64 * 1024)
      await this.#list({ ...mail, start, size: mail.raw.length, reason: verdict.reason }, verdict)
      this.#outcomes.emit(outcomeOf(mail, 'refused', verdict.reason, clock.now()))
      throw new Refusal(550, '5.7.1 Refused by the DMARC policy of its From domain')
    }
    const subject = verdict.action === 'quarantine' ? await this.#subjectOf(mail.raw) : null
    try {
      this.#store(mail, verdict, subject)
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error
      throw new Refusal(452, '4.3.1 The disk is full; try again later', { cause: error })
    }
    const state = verdict.action === 'quarantine' ? 'quarantined' : 'stored'
    this.#outcomes.emit(outcomeOf(mail, state, verdict.reason, clock.now()))
    this.#deps.spool.wake()
  }

  async #judge(mail: ArrivingMail): Promise<Verdict> {
    const { checks, store, log } = this.#deps
    const { ip, helo } = mail.client
    try {
      const findings = await checks.check({ raw: mail.raw, ip, helo, from: mail.from, name: this.name })
      const own = mail.to.flatMap(({ channelId }) => {
        const row = channelById(store.read, channelId)
        return row ? [domainOf(row.address)] : []
      })
      return verdictOf(findings, own)
    } catch (error) {
      if (error instanceof CheckTimeoutError)
        throw new Refusal(451, '4.7.0 Checking the sender took too long; try again later', { cause: error })
      log.error({ err: error }, 'the sender of a message could not be checked')
      const reason = `Who sent it could not be checked: ${error instanceof Error ? error.message : String(error)}`
      return { action: 'quarantine', reason, checks: [] }
    }
  }

  /** One durable transaction for all its recipients: after it, and only then, the sender is told. */
  #store(mail: ArrivingMail, verdict: Verdict, subject: Subject | null): void {
    const { store } = this.#deps
    store.write(
      ({ db, now, changed }) => {
        for (const to of mail.to) {
          const row = channelById(db, to.channelId)
          if (!isHosted(row)) throw new Refusal(550, '5.1.1 No such address here')
          const id = randomUUID()
          const about = { forwardingAddress: row.forwarding_address, name: this.name, id, at: now }
          const raw = withTrace(mail, about)
          const [hash] = store.blobs.put(db, [raw]) as [BlobHash]
          insertChecks(db, id, verdict.checks)
          if (verdict.action === 'accept') {
            insertReceived(db, {
              id,
              channel_id: row.id,
              raw_hash: hash,
              size: raw.length,
              received_at: now,
              envelope_from: mail.from,
              client: clientWords(mail),
            })
          } else {
            insertRefused(db, {
              ...refusedRow(mail, to, row.inbox_id, now, verdict.reason, subject),
              id,
              size: raw.length,
              state: 'quarantined',
              raw_hash: hash,
            })
            changed('refusedMail', id)
          }
        }
      },
      { durable: true },
    )
  }

  #turnedAway(mail: TurnedAway): void {
    const { clock, log } = this.#deps
    this.#outcomes.emit(outcomeOf(mail, 'refused', mail.reason, clock.now()))
    this.#list(mail, null).catch((error: unknown) =>
      log.error({ err: error }, 'refused mail could not be listed'),
    )
  }

  async #list(mail: TurnedAway, verdict: Verdict | null): Promise<void> {
    const { store } = this.#deps
    const subject = mail.start.length > 0 ? await this.#subjectOf(mail.start) : null
    store.write(({ db, now, changed }) => {
      for (const to of mail.to) {
        const row = channelById(db, to.channelId)
        if (!isHosted(row)) continue
        const id = randomUUID()
        insertRefused(db, {
          ...refusedRow(mail, to, row.inbox_id, now, mail.reason, subject),
          id,
          size: mail.size,
          state: 'refused',
          raw_hash: null,
        })
        insertChecks(db, id, verdict?.checks ?? [])
        changed('refusedMail', id)
      }
    })
  }

  async #subjectOf(raw: Buffer): Promise<Subject> {
    const parsed = await this.#deps.parser.parse(raw)
    const { from, subject } = parsed.ok ? parsed.message : parsed.headers
    return { from: from.address, subject }
  }

  /** Sends everybody away; what was promised is stored. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#retry) clearTimeout(this.#retry)
    await this.#inTurn(async () => {
      await this.#receiver?.close()
      this.#receiver = null
    })
    await this.#deps.spool.close()
    await this.#deps.checks.close()
  }
}

type Subject = { from: string; subject: string }

const clientWords = ({ client }: Pick<ArrivingMail, 'client'>): string =>
  client.helo === '' ? client.ip : `${client.ip} (${client.helo})`

const refusedRow = (
  mail: Pick<ArrivingMail, 'client' | 'from'>,
  to: Recipient,
  inboxId: string,
  at: number,
  reason: string,
  subject: Subject | null,
): Omit<RefusedRow, 'id' | 'size' | 'state' | 'raw_hash' | 'thread_id'> => ({
  channel_id: to.channelId,
  inbox_id: inboxId,
  at,
  from_address: subject?.from || mail.from,
  to_address: to.address,
  subject: subject?.subject ?? '',
  reason,
  client: clientWords(mail),
})

function listenWords(error: unknown, host: string, port: number): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is used by another program. Choose another port, or end that program; it is tried again every minute.`
  if (code === 'EACCES')
    return `This computer does not let Anteroom use port ${port}. Choose one above 1023 and let the mail server or a port forwarding lead to it.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is no address of this computer. Choose one that it has, or 0.0.0.0 for all of them.`
  return `The receiver cannot listen at ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`
}
