import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { ServerSettings } from '../../../contract/channels.ts'
import { problemOf } from './problems.ts'
import { tlsOptions } from './security.ts'
import { ChannelError } from './types.ts'

/** How a server encrypts, and who it says it is. */
export type TlsFindings = {
  /** Such as TLSv1.3, and the cipher. */
  protocol: string
  cipher: string
  subject: string
  issuer: string
  /** ms. */
  expiresAt: number
  /** Null when the certificate is valid for this server; else why not. */
  invalid: string | null
}

const LIMIT_MS = 15_000

/**
 * Connects with TLS, directly or by STARTTLS (RFC 3207, RFC 9051 section 6.2.1), looks at the certificate, and leaves;
 * no credentials are sent, so a certificate that is not valid is looked at too. Rejects with a ChannelError when there
 * is no encrypted connection to be had.
 * @param ca  further authorities (PEM)
 */
export async function probeTls(
  server: ServerSettings,
  protocol: 'IMAP' | 'SMTP',
  options: { signal: AbortSignal; ca?: readonly string[] },
): Promise<TlsFindings> {
  const host = server.host.replace(/^\[|\]$/g, '')
  const sockets: Socket[] = []
  const end = (): void => sockets.forEach((socket) => socket.destroy())
  const timer = setTimeout(() => sockets[0]?.destroy(new TimedOut()), LIMIT_MS)
  options.signal.addEventListener('abort', end, { once: true })
  try {
    options.signal.throwIfAborted()
    const plain = server.security === 'starttls' ? connectTcp({ host, port: server.port }) : null
    if (plain) {
      sockets.push(plain)
      await startTls(plain, protocol)
    }
    const secure = connectTls({
      ...tlsOptions({ ...server, security: 'tls' }, options.ca),
      ...(plain ? { socket: plain } : { host, port: server.port }),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
    })
    sockets.push(secure)
    await once(secure, 'secureConnect')
    return findings(secure)
  } catch (error) {
    options.signal.throwIfAborted()
    throw new ChannelError(problemOf(error, { protocol, server }), { cause: error })
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', end)
    end()
  }
}

class TimedOut extends Error {
  readonly code = 'ETIMEDOUT'
}

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('error', reject)
    socket.once('close', () =>
      reject(Object.assign(new Error('closed unexpectedly'), { code: 'ECONNRESET' })),
    )
  })
}

async function startTls(socket: Socket, protocol: 'IMAP' | 'SMTP'): Promise<void> {
  const lines = new Lines(socket)
  if (protocol === 'IMAP') {
    await lines.until(/^\* /)
    socket.write('a1 STARTTLS\r\n')
    refuseUnless(await lines.until(/^a1 /), /^a1 OK/i)
    return
  }
  await lines.until(/^\d{3} /)
  socket.write('EHLO anteroom.invalid\r\n')
  await lines.until(/^\d{3} /)
  socket.write('STARTTLS\r\n')
  refuseUnless(await lines.until(/^\d{3} /), /^220/)
}

function refuseUnless(line: string, wanted: RegExp): void {
  if (!wanted.test(line))
    throw Object.assign(new Error('The server refuses STARTTLS.'), {
      code: 'ETLS',
      tlsFailed: true,
      response: line,
    })
}

/** Lines of a server, one after the other; a server that floods is given up. */
class Lines {
  readonly #socket: Socket
  #text = ''

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** The next line that matches; those before it are passed over. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf('\n')
      if (at >= 0) {
        const line = this.#text.slice(0, at).replace(/\r$/, '')
        this.#text = this.#text.slice(at + 1)
        if (pattern.test(line)) return line
        continue
      }
      if (this.#text.length > 100_000) throw new Error('The server talks without end.')
      this.#text += await this.#more()
    }
  }

  #more(): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => (): void => {
        this.#socket.off('data', onData).off('error', onError).off('close', onClose)
        this.#socket.pause()
        act()
      }
      const onData = (chunk: Buffer): void => settle(() => resolve(chunk.toString('latin1')))()
      const onError = (error: Error): void => settle(() => reject(error))()
      const onClose = settle(() =>
        reject(Object.assign(new Error('closed unexpectedly'), { code: 'ECONNRESET' })),
      )
      this.#socket.on('data', onData).on('error', onError).on('close', onClose)
      this.#socket.resume()
    })
  }
}

function findings(socket: TLSSocket): TlsFindings {
  const certificate = socket.getPeerCertificate()
  const name = (entity: { CN?: string | string[]; O?: string | string[] } | undefined): string =>
    [entity?.CN ?? entity?.O ?? ''].flat()[0] ?? ''
  const error = socket.authorizationError as Error | string | null | undefined
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    subject: name(certificate.subject),
    issuer: name(certificate.issuer),
    expiresAt: Date.parse(certificate.valid_to),
    invalid: socket.authorized
      ? null
      : error instanceof Error
        ? error.message
        : String(error ?? 'not trusted'),
  }
}
