import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type {
  ChannelProblem,
  ConnectionSettings,
  ServerSettings,
  TestStep,
} from '../../../contract/channels.ts'
import type { ImapOptions } from './imap/connect.ts'
import { openImapSession, type ImapSession } from './imap/session.ts'
import { problem, problemOf, type ProblemContext } from './problems.ts'
import { isLoopback } from '../lib/loopback.ts'
import { openSmtp, type SmtpLink, type SmtpOptions } from './smtp/connection.ts'
import { createSmtpTransport } from './smtp/transport.ts'
import { testMessage } from './test-message.ts'
import { SendError, type RemoteFolder } from './types.ts'

export type LiveTestOptions = {
  signal: AbortSignal
  imap?: ImapOptions
  smtp?: SmtpOptions
  /** How long the message to oneself may take, in ms. */
  roundTripMs?: number
  /** Looks up a name; rejects when there is none. The system's when left out. */
  resolve?: (host: string) => Promise<unknown>
}

type StepName = TestStep['step']
type Done<T> = { message: string; value: T }

const ROUND_TRIP_MS = 90_000
/** How often INBOX is looked at while the message is on its way, when the server does not report it itself. */
const LOOK_EVERY_MS = 2_000

/** A step that went wrong for a reason that is known already. */
class StepFailure extends Error {
  readonly problem: ChannelProblem
  constructor(found: ChannelProblem) {
    super(found.message)
    this.problem = found
  }
}

/**
 * Tries a connection for real, a line per step: each step is told when it begins and when it ended (B8). A step
 * whose ground is missing is skipped and says why. It saves nothing; the message that it sends to the address
 * itself is deleted again. Ends early, without error, when the signal aborts.
 */
export async function* testConnection(
  settings: ConnectionSettings,
  options: LiveTestOptions,
): AsyncGenerator<TestStep, void> {
  const own = new AbortController()
  const signal = AbortSignal.any([options.signal, own.signal])
  // Connections that were begun, to be ended whatever happens: also when the consumer leaves in between.
  const cleanUp: (() => Promise<void>)[] = []
  const step = stepper(signal)
  const imap: ServerSettings = { ...settings.imap, user: settings.imap.user || settings.address }
  const smtp = settings.smtp
  const smtpPassword = settings.smtpPassword || settings.password
  let session: ImapSession | null = null
  let link: SmtpLink | null = null
  try {
    yield* dnsStep(step, [imap, smtp], options)

    const imapStages = stages((onConnected) =>
      openImapSession(imap, settings.password, signal, { ...options.imap, onConnected }),
    )
    cleanUp.push(() => imapStages.open.then((one) => one.close()))
    const imapUp = yield* step(
      'imap_connect',
      `Connecting to ${imap.host}…`,
      { protocol: 'IMAP', server: imap },
      async () => {
        await imapStages.connected
        return { message: connectedWords(imap), value: true }
      },
    )
    if (imapUp) {
      session = yield* step(
        'imap_login',
        `Logging in as ${imap.user}…`,
        { protocol: 'IMAP', server: imap },
        async () => ({
          value: await imapStages.open,
          message: `${imap.host} accepted the login of ${imap.user}.`,
        }),
      )
    } else yield skipped('imap_login', 'Not tried: there is no connection.')

    let folders: RemoteFolder[] | null = null
    if (session) {
      const open = session
      folders = yield* step(
        'imap_folders',
        'Looking at the folders…',
        { protocol: 'IMAP', server: imap },
        async () => {
          const found = await open.listFolders()
          const { exists } = await open.open('INBOX')
          return { value: found, message: folderWords(found, exists) }
        },
      )
    } else yield skipped('imap_folders', 'Not tried: there is no login.')

    const smtpStages = stages((onConnected) =>
      openSmtp(smtp, smtpPassword, signal, { ...options.smtp, onConnected }),
    )
    cleanUp.push(() => smtpStages.open.then((one) => one.quit()))
    const smtpUp = yield* step(
      'smtp_connect',
      `Connecting to ${smtp.host}…`,
      { protocol: 'SMTP', server: smtp },
      async () => {
        await smtpStages.connected
        return { message: connectedWords(smtp), value: true }
      },
    )
    if (smtpUp) {
      link = yield* step(
        'smtp_login',
        smtp.user ? `Logging in as ${smtp.user}…` : 'Checking whether it takes mail without a login…',
        { protocol: 'SMTP', server: smtp },
        async () => ({
          value: await smtpStages.open,
          message: smtp.user
            ? `${smtp.host} accepted the login of ${smtp.user}.`
            : `${smtp.host} is used without a login.`,
        }),
      )
    } else yield skipped('smtp_login', 'Not tried: there is no connection.')

    if (session && folders && link)
      yield* roundTrip(step, settings.address, session, folders, smtp, smtpPassword, { ...options, signal })
    else yield skipped('round_trip', 'Not tried: it needs both receiving and sending.')
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    own.abort()
    await Promise.allSettled(cleanUp.map((end) => end()))
  }
}

/** Runs `open` and tells apart the moment it is connected from the moment it is logged in. */
function stages<T>(open: (onConnected: () => void) => Promise<T>): {
  connected: Promise<void>
  open: Promise<T>
} {
  let opening: Promise<T> | null = null
  const start = (): Promise<T> => opening as Promise<T>
  const connected = new Promise<void>((resolve, reject) => {
    opening = open(resolve)
    opening.then(() => resolve(), reject)
  })
  // Whoever does not get to the second stage must not leave a rejection without a handler.
  connected.catch(() => undefined)
  return { connected, open: start() }
}

type Stepper = <T>(
  name: StepName,
  running: string,
  context: ProblemContext,
  work: () => Promise<Done<T>>,
) => AsyncGenerator<TestStep, T | null>

/** Makes the function that runs one step: tells its begin and its end, and gives its result or null. */
function stepper(signal: AbortSignal): Stepper {
  return async function* (name, running, context, work) {
    const began = performance.now()
    const tookMs = () => Math.round(performance.now() - began)
    yield { step: name, state: 'running', message: running, problem: null, tookMs: null }
    try {
      const { message, value } = await work()
      yield { step: name, state: 'ok', message, problem: null, tookMs: tookMs() }
      return value
    } catch (error) {
      // Nobody wants to know any more: the whole test ends.
      if (signal.aborted) throw error
      const known = error instanceof StepFailure || error instanceof SendError ? error.problem : null
      const found = known ?? problemOf(error, context)
      yield { step: name, state: 'failed', message: found.message, problem: found, tookMs: tookMs() }
      return null
    }
  }
}

const skipped = (name: StepName, message: string): TestStep => ({
  step: name,
  state: 'skipped',
  message,
  problem: null,
  tookMs: 0,
})

async function* dnsStep(
  step: Stepper,
  servers: readonly ServerSettings[],
  options: LiveTestOptions,
): AsyncGenerator<TestStep> {
  const hosts = [...new Set(servers.map(({ host }) => host))].filter(
    (host) => !isLoopback(host) && isIP(host.replace(/^\[|\]$/g, '')) === 0,
  )
  if (hosts.length === 0) {
    yield skipped('dns', 'Not needed: the servers are given by address.')
    return
  }
  const resolve = options.resolve ?? ((host: string) => lookup(host))
  const [first] = servers
  yield* step(
    'dns',
    `Looking up ${hosts.join(' and ')}…`,
    { protocol: 'IMAP', server: first as ServerSettings },
    async () => {
      for (const host of hosts) {
        try {
          await resolve(host)
        } catch (error) {
          throw new StepFailure(
            problemOf(error, { protocol: 'IMAP', server: { ...(first as ServerSettings), host } }),
          )
        }
      }
      return { message: `${hosts.join(' and ')} ${hosts.length === 1 ? 'exists' : 'exist'}.`, value: true }
    },
  )
}

function connectedWords(server: ServerSettings): string {
  const how = { tls: 'with TLS', starttls: 'with STARTTLS', none: 'without encryption, on this computer' }[
    server.security
  ]
  const checked = server.security === 'none' ? '' : ' Its certificate is valid.'
  return `${server.host}:${server.port} answers ${how}.${checked}`
}

function folderWords(folders: readonly RemoteFolder[], inInbox: number): string {
  const sent = folders.find(({ role }) => role === 'sent')
  const sentWords = sent
    ? `Sent mail is in “${sent.path}”.`
    : 'There is no folder for sent mail: copies of what is sent will not be kept on the server.'
  return `${folders.length} folders; ${inInbox} ${inInbox === 1 ? 'message' : 'messages'} in INBOX. ${sentWords}`
}

async function* roundTrip(
  step: Stepper,
  address: string,
  session: ImapSession,
  folders: readonly RemoteFolder[],
  smtp: ServerSettings,
  smtpPassword: string,
  options: LiveTestOptions,
): AsyncGenerator<TestStep> {
  const limit = options.roundTripMs ?? ROUND_TRIP_MS
  const transport = createSmtpTransport(smtp, smtpPassword, options.smtp)
  const id = `${randomUUID()}@${address.slice(address.lastIndexOf('@') + 1)}`
  const places = folders.filter(({ role, selectable }) => selectable && (role === 'sent' || role === 'junk'))
  try {
    yield* step(
      'round_trip',
      `Sending a message from ${address} to itself…`,
      { protocol: 'SMTP', server: smtp },
      async () => {
        const began = performance.now()
        await transport.send({ from: address, to: [address] }, messageToOneself(address, id), {
          beforeEndOfData: () => undefined,
        })
        const uids = await waitInInbox(session, id, limit, options.signal)
        if (uids.length > 0) {
          const seconds = ((performance.now() - began) / 1000).toFixed(1)
          await removeFrom(session, 'INBOX', uids)
          for (const { path } of places)
            await removeFrom(session, path, await session.findByMessageId(path, id))
          return { message: `It arrived after ${seconds} s, and was deleted again.`, value: true }
        }
        options.signal.throwIfAborted()
        for (const { path, role } of places) {
          const found = await session.findByMessageId(path, id)
          await removeFrom(session, path, found)
          if (role === 'junk' && found.length > 0) {
            throw new StepFailure(
              problem(
                'server_error',
                `The message to oneself was put into “${path}”.`,
                'The provider takes it for spam. Add the address to its list of safe senders; sending itself works.',
              ),
            )
          }
        }
        throw new StepFailure(
          problem(
            'timeout',
            `${smtp.host} took the message, but it did not come into INBOX within ${Math.round(limit / 1000)} s.`,
            'Check that the address is right and that no rule moves its mail. It may also just be slow: try again later.',
          ),
        )
      },
    )
  } finally {
    await transport.close()
  }
}

async function waitInInbox(
  session: ImapSession,
  id: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number[]> {
  const end = performance.now() + limitMs
  for (;;) {
    await session.open('INBOX')
    const found = await session.findByMessageId('INBOX', id)
    const left = end - performance.now()
    if (found.length > 0 || left <= 0 || signal.aborted) return found
    await session.waitForChange({ maxMs: Math.min(LOOK_EVERY_MS, left), signal })
  }
}

async function removeFrom(session: ImapSession, path: string, uids: readonly number[]): Promise<void> {
  if (uids.length === 0) return
  await session.open(path)
  await session.remove(uids)
}

const messageToOneself = (address: string, id: string): Buffer =>
  testMessage({
    from: address,
    to: address,
    id,
    subject: 'Connection test',
    lines: [
      'Anteroom sent this message to check that mail can be sent and received.',
      'It deletes it by itself; if you read this, you can delete it.',
    ],
  })
