import { createSocket } from 'node:dgram'

type Records = {
  TXT?: readonly string[]
  MX?: readonly { exchange: string; priority: number }[]
  A?: readonly string[]
}

/** Records by name, lower case. What lies below a name makes the name exist (RFC 8020). */
export type Zone = Record<string, Records>

export type DnsServer = {
  /** For the engine's `dnsServers`. */
  readonly address: string
  readonly zone: Zone
  /** Names and types that were asked for. */
  readonly asked: readonly string[]
  /** `silent`: never answers. `failing`: SERVFAIL. */
  mode: 'answers' | 'silent' | 'failing'
  stop(): Promise<void>
}

const TYPES: Record<number, keyof Records> = { 1: 'A', 15: 'MX', 16: 'TXT' }

/** A DNS server over UDP on a free port of 127.0.0.1 (RFC 1035): the names of a zone, and no others. */
export async function startDnsServer(zone: Zone = {}): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  const server: DnsServer = {
    address: '',
    zone,
    asked,
    mode: 'answers',
    stop: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
  socket.on('message', (query, from) => {
    if (server.mode === 'silent') return
    const { name, end } = readName(query, 12)
    const type = query.readUInt16BE(end)
    asked.push(`${TYPES[type] ?? type} ${name}`)
    const exists = Object.keys(zone).some((one) => one === name || one.endsWith(`.${name}`))
    const answers = server.mode === 'failing' ? [] : answersOf(zone[name] ?? {}, type)
    const code = server.mode === 'failing' ? 2 : exists ? 0 : 3
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    // A response, authoritative, recursion asked for and available.
    head.writeUInt16BE(0x8580 | code, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(answers.length, 6)
    const question = query.subarray(12, end + 4)
    const records = answers.map((data) => {
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(type, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt32BE(60, 6)
      record.writeUInt16BE(data.length, 10)
      return Buffer.concat([record, data])
    })
    socket.send(Buffer.concat([head, question, ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return Object.assign(server, { address: `127.0.0.1:${socket.address().port}` })
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  for (let length = bytes[at]!; length > 0; length = bytes[at]!) {
    labels.push(bytes.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

function answersOf(records: Records, type: number): Buffer[] {
  switch (TYPES[type]) {
    case 'A':
      return (records.A ?? []).map((ip) => Buffer.from(ip.split('.').map(Number)))
    case 'MX':
      return (records.MX ?? []).map(({ exchange, priority }) =>
        Buffer.concat([Buffer.from([priority >> 8, priority & 0xff]), nameBytes(exchange)]),
      )
    case 'TXT':
      return (records.TXT ?? []).map((text) =>
        Buffer.concat(
          (text.match(/[\s\S]{1,255}/g) ?? ['']).map((part) =>
            Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')]),
          ),
        ),
      )
    default:
      return []
  }
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
