import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { makeCertificate, type Certificate } from './certificate.ts'
import { freePort } from './ports.ts'

/** One command as it came: tag, name in upper case (`UID FETCH` in one), and the rest of the line. */
export type ImapCommand = { tag: string; name: string; rest: string; line: string }

/** What a command is answered with: lines (CRLF is added) and raw bytes, in order. `$` stands for the tag. */
export type ImapAnswer = (string | Buffer)[] | 'hang' | 'cut'

export type ScriptedMessage = { uid: number; raw: Buffer; size?: number; flags?: string }

export type ScriptedImapOptions = {
  greeting?: string
  capabilities?: string
  /** TLS from the first byte; else in the clear. */
  tls?: boolean
  certificate?: Certificate
  messages?: readonly ScriptedMessage[]
  /** `[UIDVALIDITY …]` of SELECT; null leaves it out. */
  uidValidity?: number | null
  /** Answers of its own making, by command name; undefined falls back to the well-behaved one. */
  answers?: Record<string, (command: ImapCommand, connection: number) => ImapAnswer | undefined>
}

export type ScriptedImap = {
  readonly port: number
  readonly ca: string
  /** Everything that clients sent, a line each. */
  readonly lines: readonly string[]
  readonly connections: number
  /** Sends a line to every connection, unasked. */
  say(line: string): void
  stop(): Promise<void>
}

/**
 * An IMAP server of a few dozen lines for what a real one will not do: lie about sizes, forget UIDVALIDITY, greet
 * with PREAUTH, hide STARTTLS. It has one folder, INBOX, and understands just the commands that sessions use.
 * For everything that a server does right, tests use Dovecot.
 */
export async function startScriptedImap(options: ScriptedImapOptions = {}): Promise<ScriptedImap> {
  const certificate = options.certificate ?? makeCertificate()
  const capabilities = options.capabilities ?? 'IMAP4rev1 AUTH=PLAIN SASL-IR IDLE UIDPLUS'
  const messages = options.messages ?? []
  const lines: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0

  const byUid = (set: string) => {
    const ranges = set
      .split(',')
      .map((part) => part.split(':').map((end) => (end === '*' ? Infinity : Number(end))))
    return messages.filter(({ uid }) => ranges.some(([from = 0, to = from]) => uid >= from && uid <= to))
  }
  const fetched = (rest: string): (string | Buffer)[] => {
    const [set = '', items = ''] = [rest.slice(0, rest.indexOf(' ')), rest.slice(rest.indexOf(' '))]
    return byUid(set).flatMap(({ uid, raw, size, flags }) => {
      const parts = [`UID ${uid}`]
      if (items.includes('RFC822.SIZE')) parts.push(`RFC822.SIZE ${size ?? raw.length}`)
      if (items.includes('FLAGS')) parts.push(`FLAGS (${flags ?? ''})`)
      if (items.includes('INTERNALDATE')) parts.push('INTERNALDATE "01-Oct-2025 09:00:00 +0200"')
      const head = `* ${messages.findIndex((one) => one.uid === uid) + 1} FETCH (${parts.join(' ')}`
      if (!items.includes('BODY.PEEK[]')) return [`${head})`]
      return [Buffer.from(`${head} BODY[] {${raw.length}}\r\n`), raw, ')']
    })
  }
  const standard = ({ name, rest }: ImapCommand): ImapAnswer => {
    switch (name) {
      case 'CAPABILITY':
        return [`* CAPABILITY ${capabilities}`, '$ OK done']
      case 'AUTHENTICATE':
        return ['$ OK logged in']
      case 'NAMESPACE':
        return ['* NAMESPACE (("" "/")) NIL NIL', '$ OK done']
      case 'LIST':
        return ['* LIST () "/" INBOX', '$ OK done']
      case 'LSUB':
        return ['* LSUB () "/" INBOX', '$ OK done']
      case 'SELECT':
        return [
          '* FLAGS (\\Seen \\Answered \\Deleted)',
          `* ${messages.length} EXISTS`,
          '* OK [UIDNEXT 1000] next',
          ...(options.uidValidity === null ? [] : [`* OK [UIDVALIDITY ${options.uidValidity ?? 7}] valid`]),
          '$ OK [READ-WRITE] done',
        ]
      case 'UID SEARCH':
        return [`* SEARCH ${messages.map(({ uid }) => uid).join(' ')}`, '$ OK done']
      case 'UID FETCH':
        return [...fetched(rest), '$ OK done']
      case 'IDLE':
        return ['+ idling']
      case 'LOGOUT':
        return ['* BYE bye', '$ OK done']
      default:
        return ['$ OK done']
    }
  }

  const serve = (socket: Socket, number: number) => {
    let buffer = ''
    let idle: string | null = null
    let secret: string | null = null
    const send = (answer: ImapAnswer, tag: string) => {
      if (answer === 'hang') return
      if (answer === 'cut') return void socket.destroy()
      for (const part of answer)
        socket.write(typeof part === 'string' ? `${part.replace(/^\$/, tag)}\r\n` : part)
    }
    const handle = (line: string) => {
      lines.push(line)
      if (secret !== null) {
        send(['$ OK logged in'], secret)
        secret = null
        return
      }
      if (idle !== null && line === 'DONE') {
        send(['$ OK done'], idle)
        idle = null
        return
      }
      const [, tag = '', name = '', rest = ''] = /^(\S+) (UID \S+|\S+) ?(.*)$/.exec(line) ?? []
      const command = { tag, name: name.toUpperCase(), rest, line }
      const own = options.answers?.[command.name]?.(command, number)
      if (command.name === 'IDLE') idle = tag
      if (!own && command.name === 'AUTHENTICATE' && rest.trim().toUpperCase() === 'PLAIN') {
        secret = tag
        return send(['+ '], tag)
      }
      send(own ?? standard(command), tag)
    }
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString('latin1')
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        handle(line)
      }
    })
    // Clients of these tests hang up on purpose.
    socket.on('error', () => undefined)
    socket.write(`${options.greeting ?? '* OK ready'}\r\n`)
  }

  const server = createServer((socket) => {
    connections += 1
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    serve(options.tls ? new TLSSocket(socket, { isServer: true, ...certificate }) : socket, connections)
  })
  const port = await freePort()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port,
    ca: certificate.cert,
    lines,
    get connections() {
      return connections
    },
    say(line) {
      for (const socket of sockets) socket.write(`${line}\r\n`)
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
