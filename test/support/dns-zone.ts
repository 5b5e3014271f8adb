import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** Records by name: TXT as texts, MX as `[priority, host]`, A as dotted numbers. */
export type Zone = Record<string, { txt?: string[]; mx?: [number, string][]; a?: string[] }>

export type DnsZone = {
  /** `127.0.0.1:port`, as ANTEROOM_DNS_SERVERS wants it. */
  readonly server: string
  /** Adds to the zone, or replaces the records of a name. */
  set(name: string, records: Zone[string]): void
  /** Asked so far, as `name TYPE`. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

const TYPES = { A: 1, MX: 15, TXT: 16 } as const

/**
 * A DNS server on 127.0.0.1 that answers at once: what is in the zone, nothing for a name that has other records, and
 * NXDOMAIN for the rest (RFC 1035). So no test waits for a look-up, and none leaves the machine.
 */
export async function startDnsZone(zone: Zone = {}): Promise<DnsZone> {
  const records = new Map(Object.entries(zone).map(([name, own]) => [name.toLowerCase(), own]))
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = question(query)
    const word = (Object.keys(TYPES) as (keyof typeof TYPES)[]).find((key) => TYPES[key] === type)
    asked.push(`${name} ${word ?? type}`)
    const own = records.get(name)
    const data =
      own === undefined
        ? []
        : word === 'TXT'
          ? (own.txt ?? []).map(textData)
          : word === 'MX'
            ? (own.mx ?? []).map(([priority, host]) =>
                Buffer.concat([Buffer.from([priority >> 8, priority & 255]), nameData(host)]),
              )
            : word === 'A'
              ? (own.a ?? []).map((address) => Buffer.from(address.split('.').map(Number)))
              : []
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    // An answer, with authority, recursion available; name error for what is not in the zone.
    head.writeUInt16BE(0x8580 | (own === undefined ? 3 : 0), 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(data.length, 6)
    const answers = data.map((one) => {
      // A pointer to the name in the question, the type, class IN, one second, the length.
      const front = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 1, one.length >> 8, one.length & 255])
      return Buffer.concat([front, one])
    })
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    set: (name, own) => void records.set(name.toLowerCase(), own),
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

const nameData = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

/** Strings of at most 255 bytes each (RFC 1035 section 3.3.14). */
function textData(text: string): Buffer {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  for (let at = 0; at < Math.max(1, bytes.length); at += 255) {
    const part = bytes.subarray(at, at + 255)
    parts.push(Buffer.from([part.length]), part)
  }
  return Buffer.concat(parts)
}
