import { connect, createServer, type Socket } from 'node:net'
import { freePort } from './ports.ts'
import { seeded, type Random } from './random.ts'

export type Direction = 'to_server' | 'to_client'

export type Chaos = {
  seed: number
  /** How many bytes pass between two faults, on average (exponentially distributed). */
  meanBytes: number
  /** What happens: a cut, or a stall of `stallMs` that ends with a cut. Both when left out. */
  kinds?: readonly ('cut' | 'stall')[]
  stallMs?: number
  /** No faults any more after this many. */
  maxFaults?: number
}

export type TcpProxy = {
  readonly port: number
  /** Connections open right now, and since the start. */
  readonly open: number
  readonly total: number
  /** Faults that `chaos` made so far. */
  readonly faults: number
  /** Bytes passed since the start. */
  readonly bytes: Readonly<Record<Direction, number>>
  /** Every chunk that passed, when recording. */
  record(): { chunks: { direction: Direction; chunk: Buffer }[]; text(direction: Direction): string }
  /** Breaks every open connection: `reset` with an RST, else with a FIN to both ends. */
  cut(how?: 'fin' | 'reset'): void
  /** Accepts and passes nothing: no bytes, no FIN, like a network that went away. Until `resume`. */
  stall(): void
  resume(): void
  /** Passes exactly `count` more bytes in that direction (over all connections), then cuts that connection. Once. */
  cutAfter(direction: Direction, count: number): void
  /** Like `cutAfter`, but stalls everything instead of cutting. */
  stallAfter(direction: Direction, count: number): void
  /** Bytes a second in each direction of each connection; null takes it off. */
  throttle(bytesPerSecond: number | null): void
  /** New connections are closed at once, until `accept`. */
  refuse(): void
  accept(): void
  chaos(how: Chaos | null): void
  /** Resolves when the `count`-th connection since the start was made. */
  connected(count: number): Promise<void>
  close(): Promise<void>
}

/** A TCP proxy on a free port of 127.0.0.1 in front of `targetPort`, whose faults a test controls. */
export async function startProxy(targetPort: number): Promise<TcpProxy> {
  type Pair = { client: Socket; server: Socket; closing: boolean }
  const pairs = new Set<Pair>()
  const bytes: Record<Direction, number> = { to_server: 0, to_client: 0 }
  const waiting: { count: number; resolve: () => void }[] = []
  let recording: { direction: Direction; chunk: Buffer }[] | null = null
  let total = 0
  let faults = 0
  let stalled = false
  let refusing = false
  let rate: number | null = null
  let limit: { direction: Direction; left: number; then: 'cut' | 'stall' } | null = null
  let chaos: (Chaos & { random: Random; left: number }) | null = null
  const timers = new Set<NodeJS.Timeout>()

  const later = (ms: number, then: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      then()
    }, ms)
    timers.add(timer)
  }
  const end = (pair: Pair, how: 'fin' | 'reset' = 'fin') => {
    if (pair.closing) return
    pair.closing = true
    pairs.delete(pair)
    for (const socket of [pair.client, pair.server]) {
      if (how === 'reset' && !socket.destroyed) socket.resetAndDestroy()
      // What was written already still leaves, so that "exactly N bytes" holds.
      else socket.destroySoon()
    }
  }
  const cut = (how?: 'fin' | 'reset') => {
    for (const pair of pairs) end(pair, how)
  }
  const stall = () => {
    stalled = true
    for (const { client, server } of pairs) {
      client.pause()
      server.pause()
    }
  }
  const resume = () => {
    stalled = false
    for (const { client, server } of pairs) {
      client.resume()
      server.resume()
    }
  }
  const nextFault = (random: Random, mean: number) =>
    Math.max(1, Math.round(-Math.log(1 - random.next()) * mean))
  const fault = (pair: Pair) => {
    if (!chaos) return
    faults += 1
    const { random, stallMs = 500, kinds = ['cut', 'stall'] } = chaos
    if (chaos.maxFaults !== undefined && faults >= chaos.maxFaults) chaos = null
    else chaos.left = nextFault(random, chaos.meanBytes)
    if (random.pick(kinds) === 'cut') return end(pair, random.chance(0.5) ? 'reset' : 'fin')
    pair.client.pause()
    pair.server.pause()
    later(stallMs, () => end(pair))
  }

  const pass = (pair: Pair, direction: Direction, chunk: Buffer) => {
    if (pair.closing) return
    const [from, to] = direction === 'to_server' ? [pair.client, pair.server] : [pair.server, pair.client]
    let cutting: 'limit' | 'chaos' | null = null
    let part = chunk
    if (limit && limit.direction === direction && chunk.length >= limit.left) {
      part = chunk.subarray(0, limit.left)
      cutting = 'limit'
    } else if (chaos && chunk.length >= chaos.left) {
      part = chunk.subarray(0, chaos.left)
      cutting = 'chaos'
    }
    bytes[direction] += part.length
    recording?.push({ direction, chunk: Buffer.from(part) })
    if (limit?.direction === direction) limit.left -= part.length
    if (chaos) chaos.left -= part.length
    const room = to.write(part)
    if (cutting === 'limit' && limit) {
      const { then } = limit
      limit = null
      if (then === 'cut') return end(pair)
      // What follows in this chunk is lost, as it would be on a dead line.
      return stall()
    }
    if (cutting === 'chaos') return fault(pair)
    if (!room) {
      from.pause()
      to.once('drain', () => {
        if (!stalled) from.resume()
      })
    }
    if (rate !== null) {
      from.pause()
      later((chunk.length / rate) * 1000, () => {
        if (!stalled) from.resume()
      })
    }
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (refusing) {
      client.on('error', () => undefined)
      client.destroy()
      return
    }
    total += 1
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    const pair: Pair = { client, server: upstream, closing: false }
    pairs.add(pair)
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    client.on('data', (chunk: Buffer) => pass(pair, 'to_server', chunk))
    upstream.on('data', (chunk: Buffer) => pass(pair, 'to_client', chunk))
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    for (const socket of [client, upstream]) {
      socket.on('error', () => end(pair))
      socket.on('close', () => end(pair))
      if (stalled) socket.pause()
    }
    for (const item of waiting.filter(({ count }) => total >= count)) {
      waiting.splice(waiting.indexOf(item), 1)
      item.resolve()
    }
  })
  const port = await freePort()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })

  return {
    port,
    bytes,
    get open() {
      return pairs.size
    },
    get total() {
      return total
    },
    get faults() {
      return faults
    },
    record() {
      const chunks: { direction: Direction; chunk: Buffer }[] = []
      recording = chunks
      return {
        chunks,
        text: (direction) =>
          Buffer.concat(chunks.filter((one) => one.direction === direction).map((one) => one.chunk)).toString(
            'latin1',
          ),
      }
    },
    cut,
    stall,
    resume,
    cutAfter: (direction, count) => void (limit = { direction, left: count, then: 'cut' }),
    stallAfter: (direction, count) => void (limit = { direction, left: count, then: 'stall' }),
    throttle: (bytesPerSecond) => void (rate = bytesPerSecond),
    refuse: () => void (refusing = true),
    accept: () => void (refusing = false),
    chaos(how) {
      if (!how) return void (chaos = null)
      const random = seeded(how.seed)
      faults = 0
      chaos = { ...how, random, left: nextFault(random, how.meanBytes) }
    },
    connected: (count) =>
      total >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    async close() {
      for (const timer of timers) clearTimeout(timer)
      chaos = null
      limit = null
      for (const { client, server: upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
