import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A client that writes what it is told, byte for byte, and reads replies; for what no honest mailer does. */
export class SmtpTalk {
  #socket: Socket
  #text = ''
  #closed = false
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#listen(socket)
  }

  /** Connects; the greeting is the first reply. */
  static async open(port: number, host = '127.0.0.1'): Promise<SmtpTalk> {
    const socket = connect(port, host)
    const talk = new SmtpTalk(socket)
    await new Promise<void>((resolve) => {
      socket.once('connect', () => resolve())
      socket.once('error', () => resolve())
    })
    return talk
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1')
      this.#wake()
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      if (socket !== this.#socket) return
      this.#closed = true
      this.#wake()
    })
  }

  get isClosed(): boolean {
    return this.#closed
  }

  write(bytes: string | Uint8Array): this {
    if (!this.#socket.destroyed) this.#socket.write(bytes)
    return this
  }

  /** Writes, and resolves when the system has taken it. */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed) return
    const socket = this.#socket
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('close', done)
        resolve()
      }
      socket.once('close', done)
      socket.write(bytes, done)
    })
  }

  /** The next whole reply, all of its lines; empty when the server hung up. */
  async reply(timeoutMs = 30_000): Promise<string> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(this.#text)
      if (whole) {
        this.#text = this.#text.slice(whole[0].length)
        return whole[0].replaceAll('\r', '').trimEnd()
      }
      if (this.#closed) return ''
      if (Date.now() > deadline) throw new Error(`No reply within ${timeoutMs} ms; so far: ${this.#text}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 200)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Writes a command and resolves with its reply. */
  say(line: string): Promise<string> {
    return this.write(`${line}\r\n`).reply()
  }

  /** Greeting, EHLO, MAIL, one RCPT each and DATA; the replies to the last ones. */
  async envelope(from: string, to: readonly string[]): Promise<string[]> {
    await this.reply()
    await this.say('EHLO client.test')
    const replies = [await this.say(`MAIL FROM:<${from}>`)]
    for (const address of to) replies.push(await this.say(`RCPT TO:<${address}>`))
    replies.push(await this.say('DATA'))
    return replies
  }

  /** STARTTLS; what is said from here on is encrypted. The certificate is looked at by the caller. */
  async startTls(): Promise<{ fingerprint256: string; protocol: string | null }> {
    const answer = await this.say('STARTTLS')
    if (!answer.startsWith('220')) throw new Error(answer)
    this.#socket.removeAllListeners('data')
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    this.#socket = secure
    this.#listen(secure)
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
    })
    return {
      fingerprint256: secure.getPeerCertificate().fingerprint256,
      protocol: secure.getProtocol(),
    }
  }

  end(): void {
    this.#socket.destroy()
  }
}
