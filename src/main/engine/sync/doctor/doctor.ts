import type { Logger } from 'pino'
import type { ServerSettings } from '../../../../contract/channels.ts'
import type { DoctorCheck } from '../../../../contract/hosted.ts'
import type { Drivers } from '../../channels/registry.ts'
import { probeTls, type TlsFindings } from '../../channels/tls-probe.ts'
import { ChannelError, NO_SECRETS, type ChannelSecrets, type MailSession } from '../../channels/types.ts'
import { domainOf } from '../../lib/delivery-key.ts'
import type { Dns } from '../../lib/dns.ts'
import type { Store } from '../../store/store.ts'
import { lastSent } from '../../store/queries/outgoing.ts'
import { channelById, channelServers, type ChannelRow } from '../../store/tables/channels.ts'
import type { DomainCheckRow } from '../../store/tables/domains.ts'
import { foldersOf } from '../../store/tables/folders.ts'
import { isHosted, type HostedRow } from '../../store/tables/hosted.ts'
import { receivedCount } from '../../store/tables/received-mail.ts'
import { localCount } from '../../store/tables/remote-messages.ts'
import type { Clock } from '../../types.ts'
import { dkimRecord, dmarcRecord, spfRecord } from '../domain-records.ts'
import type { ReceiverHost } from '../hosted/receiver-host.ts'
import { roundTrip, type RoundTripDeps } from '../hosted/round-trip.ts'
import { mailboxRoundTrip } from './mailbox-round-trip.ts'

export type DoctorDeps = RoundTripDeps & {
  store: Store
  dns: Dns
  drivers: Drivers
  secrets(channelId: string): Promise<ChannelSecrets>
  receiver: Pick<ReceiverHost, 'onOutcome' | 'view'>
  clock: Clock
  log: Logger
}

type CheckName = DoctorCheck['check']
type Found = { state: 'ok' | 'warning' | 'failed' | 'skipped'; message: string; hint?: string }

const DAY = 24 * 60 * 60 * 1000
const skipped = (message: string): Found => ({ state: 'skipped', message })

/**
 * Examines a channel at any time (issue's channel doctor): each check says when it begins and what it found, with a hint
 * where something is wrong. The lines hold no secrets, so that they can be copied for support.
 */
export async function* examine(
  deps: DoctorDeps,
  channel: ChannelRow,
  signal: AbortSignal,
): AsyncGenerator<DoctorCheck, void> {
  const { dns, store } = deps
  const line = liner(signal, deps.log)
  const domain = domainOf(channel.address)
  yield* line('mx', `Looking up where mail for ${domain} goes…`, () => mx(dns, domain))
  yield* line('spf', `Looking up SPF of ${domain}…`, async () => record(await spfRecord(dns, domain)))
  yield* line('dkim', `Looking up DKIM keys of ${domain}…`, async () => record(await dkimRecord(dns, domain)))
  yield* line('dmarc', `Looking up DMARC of ${domain}…`, async () => record(await dmarcRecord(dns, domain)))

  if (channel.kind === 'sample') {
    for (const check of ['tls', 'certificate', 'login', 'folders', 'quota'] as const)
      yield* line(check, '', async () => skipped('The sample has no server.'))
  } else if (isHosted(channel) && channel.hosted_form === 'receiver') {
    yield* receiverLines(deps, channel, line)
  } else {
    const mailbox = isHosted(channel) ? channelById(store.read, channel.parent_channel_id ?? '') : channel
    if (mailbox && mailbox.disconnected_at === null) yield* serverLines(deps, mailbox, line, signal)
    else
      for (const check of ['tls', 'certificate', 'login', 'folders', 'quota'] as const)
        yield* line(check, '', async () => ({
          state: 'failed',
          message: 'The mailbox that this address lies on is not connected.',
          hint: 'Connect it again.',
        }))
  }

  yield* line('mail_in', '', async () => mailIn(deps, channel))
  yield* line('mail_out', '', async () => mailOut(deps, channel))
  if (channel.kind === 'sample') {
    yield* line('round_trip', '', async () => skipped('The sample sends nothing.'))
  } else if (isHosted(channel)) {
    yield* line('round_trip', `Sending a message to ${channel.address}…`, () =>
      hostedTrip(deps, channel, signal),
    )
  } else {
    yield* line('round_trip', `Sending a message from ${channel.address} to itself…`, async () => {
      const tookMs = await mailboxRoundTrip(deps, channel, signal)
      return {
        state: 'ok',
        message: `It came back after ${(tookMs / 1000).toFixed(1)} s, and was deleted again.`,
      }
    })
  }
}

type Liner = (
  check: CheckName,
  running: string,
  work: () => Promise<Found>,
) => AsyncGenerator<DoctorCheck, Found>

function liner(signal: AbortSignal, log: Logger): Liner {
  return async function* (check, running, work) {
    signal.throwIfAborted()
    if (running !== '') yield { check, state: 'running', message: running, hint: '', tookMs: null }
    const began = performance.now()
    let found: Found
    try {
      found = await work()
    } catch (error) {
      signal.throwIfAborted()
      found = troubleOf(error)
      if (!(error instanceof ChannelError)) log.warn({ err: error, check }, 'a check of the doctor failed')
    }
    yield { check, hint: '', ...found, tookMs: Math.round(performance.now() - began) }
    return found
  }
}

function troubleOf(error: unknown): Found {
  const { problem } = error as { problem?: ChannelError['problem'] }
  if (!problem)
    return {
      state: 'failed',
      message: error instanceof Error ? error.message : String(error),
      hint: 'Try again.',
    }
  const said = problem.serverText === null ? '' : ` The server said: ${problem.serverText}`
  return { state: 'failed', message: problem.message + said, hint: problem.hint }
}

async function mx(dns: Dns, domain: string): Promise<Found> {
  const answer = await dns.mx(domain)
  if (answer.state === 'unknown')
    return skipped(`The DNS could not be asked (${answer.reason}); this computer may be offline.`)
  if (answer.state === 'found') {
    const servers = [...answer.records].sort((a, b) => a.priority - b.priority).map((one) => one.exchange)
    if (servers.every((server) => server === '' || server === '.'))
      // A null MX (RFC 7505).
      return {
        state: 'failed',
        message: `${domain} says that it takes no mail at all.`,
        hint: 'Publish MX records.',
      }
    return { state: 'ok', message: `Mail for ${domain} goes to ${servers.slice(0, 5).join(', ')}.` }
  }
  const host = await dns.addresses(domain)
  return host.state === 'found'
    ? {
        state: 'warning',
        message: `${domain} has no MX record; mail goes to the address of the domain itself.`,
        hint: 'Publish an MX record that names the mail server.',
      }
    : {
        state: 'failed',
        message: `${domain} has no MX record, so nobody outside can write to it.`,
        hint: 'Publish an MX record that names the mail server.',
      }
}

/** A missing record makes mail suspicious, and keeps none from being sent. */
const record = ({ state, detail }: DomainCheckRow): Found =>
  state === 'ok'
    ? { state: 'ok', message: detail }
    : state === 'pending'
      ? skipped(detail)
      : { state: 'warning', message: detail, hint: 'Without it, receivers may take your mail for spam.' }

async function* serverLines(
  deps: DoctorDeps,
  mailbox: ChannelRow,
  line: Liner,
  signal: AbortSignal,
): AsyncGenerator<DoctorCheck> {
  const servers = channelServers(mailbox)
  const seen: TlsFindings[] = []
  yield* line('tls', 'Looking at the encryption…', async () => {
    const parts: string[] = []
    for (const [protocol, server] of [['IMAP', servers.imap] as const, ['SMTP', servers.smtp] as const]) {
      if (!server) continue
      if (server.security === 'none') {
        parts.push(`${protocol}: none, on this computer`)
        continue
      }
      const found = await probeTls(server, protocol, { signal })
      seen.push(found)
      parts.push(`${protocol}: ${found.protocol}, ${found.cipher}`)
    }
    return { state: 'ok', message: `${parts.join('; ')}.` }
  })
  yield* line('certificate', '', async () => certificates(seen, deps.clock.now()))

  let session: MailSession | null = null
  try {
    yield* line('login', `Logging in to ${hostOf(servers.imap)}…`, async () => {
      const settings = { kind: mailbox.kind, address: mailbox.address, ...servers }
      const passwords = servers.imap ? await deps.secrets(mailbox.id) : NO_SECRETS
      session = await deps.drivers(mailbox.kind).connect(settings, passwords, signal)
      return { state: 'ok', message: `${hostOf(servers.imap)} accepts the login of ${mailbox.address}.` }
    })
    const open = session as MailSession | null
    yield* line('folders', open ? 'Counting messages…' : '', async () =>
      open ? folders(deps, mailbox, open) : skipped('Not looked at: there is no login.'),
    )
    yield* line('quota', '', async () => (open ? quota(open) : skipped('Not looked at: there is no login.')))
  } finally {
    await (session as MailSession | null)?.close().catch(() => undefined)
  }
}

const hostOf = (server: ServerSettings | null): string => server?.host ?? 'the server'

function certificates(seen: readonly TlsFindings[], now: number): Found {
  if (seen.length === 0) return skipped('No certificate is used.')
  const invalid = seen.find((one) => one.invalid !== null)
  if (invalid)
    return {
      state: 'failed',
      message: `The certificate of ${invalid.subject} is not valid: ${invalid.invalid}.`,
      hint: 'Ask whoever runs the server for a valid one.',
    }
  const soonest = seen.reduce((a, b) => (a.expiresAt <= b.expiresAt ? a : b))
  const days = Math.floor((soonest.expiresAt - now) / DAY)
  const until = new Date(soonest.expiresAt).toISOString().slice(0, 10)
  const message = `The certificate of ${soonest.subject} (by ${soonest.issuer || 'itself'}) is valid until ${until}, ${days} days.`
  return days < 14
    ? { state: 'warning', message, hint: 'It should have been renewed by now: ask whoever runs the server.' }
    : { state: 'ok', message }
}

/** Server and local counts side by side (E6). */
async function folders({ store }: DoctorDeps, mailbox: ChannelRow, session: MailSession): Promise<Found> {
  const known = foldersOf(store.read, mailbox.id).filter((row) => row.gone_at === null)
  const lines: string[] = []
  let missing = 0
  for (const folder of known) {
    const onServer = await session.count(folder.path)
    const here = localCount(store.read, folder.id)
    missing += Math.max(0, onServer - here)
    lines.push(`${folder.path}: ${onServer} on the server, ${here} here`)
  }
  if (lines.length === 0)
    return {
      state: 'warning',
      message: 'Nothing was read yet.',
      hint: 'The first look at the mailbox is not over; see the channel’s state.',
    }
  const message = `${lines.join('; ')}.`
  return missing > 0
    ? {
        state: 'warning',
        message: `${message} ${missing} ${missing === 1 ? 'message is' : 'messages are'} not here.`,
        hint: 'They may still be on their way, or were set aside: see the channel.',
      }
    : { state: 'ok', message }
}

async function quota(session: MailSession): Promise<Found> {
  const found = (await session.quota?.()) ?? null
  if (found === null) return skipped('The server tells no quota.')
  const share = found.used / found.limit
  const gb = (bytes: number): string => (bytes / 1024 ** 3).toFixed(2)
  const message = `${gb(found.used)} of ${gb(found.limit)} GB are used (${Math.round(share * 100)} %).`
  if (share >= 0.98)
    return {
      state: 'failed',
      message,
      hint: 'The mailbox is full: new mail is refused. Make room on the server.',
    }
  return share >= 0.9
    ? { state: 'warning', message, hint: 'The mailbox is nearly full: make room on the server.' }
    : { state: 'ok', message }
}

async function* receiverLines(deps: DoctorDeps, row: HostedRow, line: Liner): AsyncGenerator<DoctorCheck> {
  const view = deps.receiver.view()
  const place = `${view.host}:${view.port}`
  yield* line('tls', '', async () =>
    view.listeningSince === null
      ? {
          state: 'failed',
          message: view.problem ?? 'The mail receiver of this computer is off.',
          hint: 'See the receiver’s settings.',
        }
      : { state: 'ok', message: `The receiver listens at ${place} and offers STARTTLS.` },
  )
  yield* line('certificate', '', async () => {
    const { certificate } = view
    if (certificate === null) return skipped('No certificate was made yet.')
    const days = Math.floor((certificate.expiresAt - deps.clock.now()) / DAY)
    const message = `The receiver’s certificate (${certificate.ownMade ? 'made here' : 'your own'}) is valid for ${days} days.`
    return days < 14 ? { state: 'warning', message, hint: 'Give it a new one.' } : { state: 'ok', message }
  })
  yield* line('login', '', async () => skipped('Nobody logs in: mail is brought.'))
  yield* line('folders', '', async () => {
    const count = receivedCount(deps.store.read, row.id)
    return { state: 'ok', message: `${count} ${count === 1 ? 'message was' : 'messages were'} received.` }
  })
  yield* line('quota', '', async () => skipped('Mail is kept on this computer.'))
}

function mailIn({ clock }: DoctorDeps, channel: ChannelRow): Found {
  const at = channel.last_mail_in_at
  if (at === null)
    return { state: 'warning', message: 'No mail has come in yet.', hint: 'Write a message to the address.' }
  return { state: 'ok', message: `The last message came in ${ago(clock.now() - at)}.` }
}

function mailOut({ store, clock }: DoctorDeps, channel: ChannelRow): Found {
  const { sentAt, waiting, failed } = lastSent(store.read, channel.id)
  if (failed > 0)
    return {
      state: 'warning',
      message: `${failed} ${failed === 1 ? 'message' : 'messages'} could not be sent.`,
      hint: 'See the outbox for what the server said.',
    }
  const more = waiting > 0 ? ` ${waiting} wait in the outbox.` : ''
  if (sentAt === null) return { state: 'skipped', message: `Nothing was sent from here yet.${more}` }
  return { state: 'ok', message: `The last message was sent ${ago(clock.now() - sentAt)}.${more}` }
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 120) return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`
}

async function hostedTrip(deps: DoctorDeps, row: HostedRow, signal: AbortSignal): Promise<Found> {
  let tookMs = 0
  for await (const hop of roundTrip(deps, row, signal)) {
    if (hop.state === 'failed')
      return {
        state: 'failed',
        message: `Hop “${hop.hop}”: ${hop.message}`,
        hint: 'Test the round trip to see every hop.',
      }
    tookMs += hop.tookMs ?? 0
  }
  return { state: 'ok', message: `It came back after ${(tookMs / 1000).toFixed(1)} s.` }
}
