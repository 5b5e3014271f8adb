import { ref, shallowRef } from 'vue'
import type { ClientContext, ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { host } from '@/host/index.ts'
import type { EngineWire } from '@/host/types.ts'
import { livePort } from './port-wire.ts'

/** One pipe to the engine, from its opening until it drops. */
export type OpenConnection = {
  readonly link: ClientLink<ClientContext>
  /** True once the pipe dropped: what was pending on it will never be answered. */
  closed: boolean
  /** Settles when the pipe drops. */
  readonly dropped: Promise<void>
  close(): void
}

const FIRST_DELAY = 250
const LONGEST_DELAY = 8_000

const current = shallowRef<OpenConnection | null>(null)
let waiters: ((connection: OpenConnection) => void)[] = []
let retryNow: (() => void) | null = null

/** `connecting` until the first success, then `open` or `lost`. */
export const connectionState = ref<'connecting' | 'open' | 'lost'>('connecting')

const USER = 'anteroom.user'

type Remembered = {
  id: string
  /** What spares the passphrase for as long as the engine runs. */ resume?: string
}

/**
 * Keeps who works in this window, so that every later connection of it is theirs. The engine knows only its
 * machine's latest user, who may be somebody else by then. Without `resume` an earlier one of the same user stays.
 */
export function rememberUser(id: string, resume = remembered(id)?.resume): void {
  sessionStorage.setItem(USER, JSON.stringify({ id, resume } satisfies Partial<Remembered>))
}

function remembered(id?: string): Remembered | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(USER) ?? 'null') as Remembered | null
    return stored && typeof stored.id === 'string' && (id === undefined || stored.id === id) ? stored : null
  } catch {
    return null
  }
}

async function signInAgain(connection: OpenConnection): Promise<void> {
  const user = remembered()
  if (user === null) return
  try {
    const answer = await connection.link.call(['users', 'signIn'], user, { context: {} })
    rememberUser(user.id, (answer as { resume?: string }).resume)
  } catch {
    // Dropped again: the next connection tries. Else the user is gone (the sample was thrown away), or the engine
    // was started again and wants the passphrase; it says who is there now.
    if (!connection.closed) sessionStorage.removeItem(USER)
  }
}

/** The connection that is open now, or null. */
export const currentConnection = (): OpenConnection | null => current.value

/** Settles with an open connection, now or when there is one again. Rejects only when `signal` aborts. */
export function openConnection(signal?: AbortSignal): Promise<OpenConnection> {
  if (current.value) return Promise.resolve(current.value)
  return new Promise((resolve, reject) => {
    waiters.push(resolve)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Tries at once: ends the wait between two tries, or a try that takes long because nothing answers it. */
export function reconnectNow(): void {
  retryNow?.()
}

/** Connects, and connects again whenever the pipe drops, with growing, jittered pauses. Never returns. */
export async function keepConnected(): Promise<never> {
  for (let failures = 0; ;) {
    const given = new AbortController()
    retryNow = () => given.abort(new Error('Another try was asked for.'))
    try {
      const connection = await connect(given.signal)
      retryNow = null
      failures = 0
      current.value = connection
      connectionState.value = 'open'
      const waiting = waiters
      waiters = []
      waiting.forEach((resolve) => resolve(connection))
      await connection.dropped
      current.value = null
      connectionState.value = 'lost'
    } catch {
      if (given.signal.aborted) continue
      // The reason is of no use to a reader ("connection refused"); the bar says that we try again.
      failures += 1
      if (failures > 1 || connectionState.value !== 'connecting') connectionState.value = 'lost'
    }
    await pause(backoff(failures))
  }
}

/** One try: a pipe whose other end knows who works here. Rejects when there is none, or `signal` gives it up. */
async function connect(signal: AbortSignal): Promise<OpenConnection> {
  const connection = open(await host.connect(signal))
  const givenUp = () => connection.close()
  signal.addEventListener('abort', givenUp, { once: true })
  await Promise.race([signInAgain(connection), connection.dropped])
  signal.removeEventListener('abort', givenUp)
  if (connection.closed) throw new Error('The connection dropped at once.')
  return connection
}

/** Full jitter above a floor, so that several windows do not come back in step. In ms. */
export function backoff(failures: number, random: () => number = Math.random): number {
  if (failures === 0) return random() * FIRST_DELAY
  const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures)
  return ceiling / 2 + (random() * ceiling) / 2
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      retryNow = null
      resolve()
    }
    const timer = setTimeout(go, ms)
    window.addEventListener('online', go)
    retryNow = go
  })
}

function open(wire: EngineWire): OpenConnection {
  const { link, pipe } = wire.kind === 'socket' ? overSocket(wire.socket) : overPort(wire.port)
  const dropped = new Promise<void>((resolve) => {
    pipe.addEventListener('close', () => {
      connection.closed = true
      resolve()
    })
  })
  const connection: OpenConnection = {
    link,
    closed: false,
    dropped,
    close() {
      connection.closed = true
      pipe.close()
    },
  }
  return connection
}

const overSocket = (socket: WebSocket) => ({ link: new SocketLink({ websocket: socket }), pipe: socket })

function overPort(port: MessagePort) {
  const pipe = livePort(port)
  // oRPC asks for a port of the DOM, and uses just these two of its methods.
  const link = new PortLink({ port: pipe as unknown as MessagePort })
  pipe.watch(() => link.call(['workspace', 'get'], {}, { context: {} }))
  return { link, pipe }
}
