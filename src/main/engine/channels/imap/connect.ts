import type { ImapFlow } from 'imapflow'
import type { Logger } from 'pino'
import type { ServerSettings } from '../../../../contract/channels.ts'
import { channelError, plainServerText, problem, type ProblemContext } from '../problems.ts'
import { refuseCleartext, tlsOptions } from '../security.ts'
import { ChannelError } from '../types.ts'
import { raw, responseCode, responseText } from './raw-imap.ts'

/** Times in ms. Together they keep fault 2's promise: a dead connection is noticed within 60 s. */
export type ImapTimes = {
  /** DNS, TCP and TLS. */
  connect: number
  /** Silence while a command waits for its answer. */
  answer: number
  /** How long one IDLE (or the wait before a NOOP) lasts before the connection is proved to be alive. */
  probe: number
}

export const IMAP_TIMES: ImapTimes = { connect: 20_000, answer: 30_000, probe: 25_000 }

export type ImapOptions = {
  /** Certificate authorities (PEM) to trust beside the system's; tests bring theirs. */
  ca?: readonly string[]
  times?: Partial<ImapTimes>
  log?: Logger
}

/** Literals that no message is expected in: folder names, headers. Raised while messages are fetched. */
export const SMALL_LITERAL = 1024 * 1024
/** One line without literals; a SEARCH of a million messages is 8 MB. */
const MAX_LINE = 64 * 1024 * 1024

/**
 * Connects and logs in. `onConnected` is called when the server has greeted us. Rejects with a ChannelError, or
 * with the signal's reason when it aborts; no credentials leave unless the connection is as protected as `server` says.
 */
export async function openImap(
  server: ServerSettings,
  password: string,
  signal: AbortSignal,
  options: ImapOptions & { onConnected?: () => void } = {},
): Promise<ImapFlow> {
  const context: ProblemContext = { protocol: 'IMAP', server }
  refuseCleartext(server, 'IMAP')
  const { ImapFlow } = await import('imapflow')
  signal.throwIfAborted()
  const times = { ...IMAP_TIMES, ...options.times }
  const client = new ImapFlow({
    host: server.host.replace(/^\[|\]$/g, ''),
    port: server.port,
    secure: server.security === 'tls',
    // `true` makes STARTTLS a must: a server (or somebody in between) that hides it gets no password (fault 18).
    doSTARTTLS: server.security === 'starttls' ? true : server.security === 'tls' ? undefined : false,
    auth: { user: server.user ?? '', pass: password },
    tls: tlsOptions(server, options.ca),
    clientInfo: { name: 'Anteroom', vendor: 'Anteroom', 'support-url': undefined, version: undefined },
    logger: false,
    disableAutoIdle: true,
    disableBinary: true,
    // We enable what we use ourselves: UTF8=ACCEPT and IMAP4rev2 change the wire format of much else.
    disableAutoEnable: true,
    disableIMAP4rev2: true,
    connectionTimeout: times.connect,
    greetingTimeout: times.answer,
    // imapflow's own watchdog also ends a connection that nobody uses for a while. Ours watches commands only.
    socketTimeout: 24 * 60 * 60 * 1000,
    maxLiteralSize: SMALL_LITERAL,
    maxResponseSize: SMALL_LITERAL + MAX_LINE,
    maxLineLength: MAX_LINE,
  })
  const inside = raw(client)
  let failure: unknown = null
  client.on('error', (error: unknown) => {
    failure ??= error
    options.log?.debug({ err: error, host: server.host }, 'IMAP connection failed')
  })
  // A greeting that claims we are logged in already keeps a client from asking for STARTTLS (fault 18).
  inside.initialPREAUTH = () => {
    failure = new ChannelError(
      problem(
        'tls_stripped',
        `${server.host}:${server.port} claims that the login happened already (PREAUTH).`,
        'Nothing was sent. Somebody may be tampering with the connection: try another network, and tell your administrator.',
      ),
    )
    inside.emitError(failure as Error)
    return Promise.resolve()
  }
  // Greeting, TLS, capabilities and login together; each step of a slow server may take long, all of it may not.
  const deadline = setTimeout(
    () => {
      failure ??= Object.assign(new Error('login takes too long'), { code: 'ETIMEDOUT' })
      client.close()
    },
    Math.min(times.connect + times.answer, 55_000),
  )
  const onAbort = () => client.close()
  signal.addEventListener('abort', onAbort, { once: true })
  if (options.onConnected) {
    const told = options.onConnected
    const authenticate = inside.authenticate.bind(client)
    // After the greeting and, with STARTTLS, after the handshake: the first moment that is safe to report.
    inside.authenticate = () => {
      told()
      return authenticate()
    }
  }
  try {
    await client.connect()
    await inside.run('ENABLE', ['CONDSTORE', 'QRESYNC'])
    signal.throwIfAborted()
  } catch (error) {
    client.close()
    if (signal.aborted) throw signal.reason
    throw channelError(failure ?? error, context)
  } finally {
    clearTimeout(deadline)
    signal.removeEventListener('abort', onAbort)
  }
  inside.untaggedHandlers.OK = (untagged) => {
    // RFC 9051 section 7.1: an ALERT must be presented. It goes to the log as the server's words, as plain text.
    if (responseCode(untagged)[0]?.toUpperCase() !== 'ALERT') return
    options.log?.warn(
      { host: server.host, serverText: plainServerText(responseText(untagged)) },
      'IMAP server alert',
    )
  }
  return client
}
