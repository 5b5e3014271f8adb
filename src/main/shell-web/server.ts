import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import type { Engine, EngineSocket } from '../engine/types.ts'
import { documentHeaders } from '../shell-shared/content-security.ts'
import { findRendererFile } from '../shell-shared/renderer-files.ts'
import type { Strings } from '../shell-shared/strings.ts'
import { AssetMemory } from './asset-memory.ts'
import { sendResponse, toRequest } from './fetch-bridge.ts'
import { cookieName, judge, judgeSocket } from './guard.ts'
import type { Refusal } from './guard.ts'
import { notFoundPage, refusalPage } from './refusal-page.ts'

/** What the web server stands on. */
export type WebServerOptions = {
  engine: Engine
  /** The folder of the built renderer. */
  rendererDir: string
  /** The picture for the browser's tab, a PNG. */
  iconFile: string
  /** 0: any free port. */
  port: number
  token: string
  log: Logger
  strings: Strings
}

export type WebServer = {
  port: number
  /** The address to open, token included. */
  url: string
  /** Ends every connection; the engine stays. */
  close(): Promise<void>
}

/** RPC messages are small (files travel by URL); a draft with pasted pictures is the largest. */
const MAX_MESSAGE = 32 * 1024 * 1024
const COOKIE_SECONDS = 30 * 24 * 60 * 60

/**
 * Serves the renderer, `/files/…` and the RPC WebSocket on 127.0.0.1, and nothing to anybody without the
 * session token (fault 71). Files go out uncompressed: the way is loopback, where compressing and
 * expanding costs more than it saves.
 *
 * @throws the listening error (EADDRINUSE, EACCES)
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE })
  const assets = new AssetMemory(options.rendererDir)
  let port = options.port
  const server = createServer((req, res) => {
    answer(req, res, port, options, assets).catch((error: unknown) => fail(error, req, res, options.log))
  })
  server.on('upgrade', (req, socket, head) => upgrade(req, socket, head, port, sockets, options))
  port = await listen(server, options.port)
  // Not waited for: a page that comes first has its files read for it.
  assets
    .warm()
    .catch((error: unknown) => options.log.warn({ err: error }, 'the page could not be read ahead'))
  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${options.token}`,
    close: () => close(server, sockets),
  }
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  port: number,
  options: WebServerOptions,
  assets: AssetMemory,
): Promise<void> {
  const verdict = judge(req, port, options.token)
  if (verdict.kind === 'refuse') {
    refuse(req, res, verdict.reason, options)
    return
  }
  if (verdict.kind === 'sign_in') {
    res.writeHead(302, {
      ...documentHeaders(),
      location: verdict.location,
      'cache-control': 'no-store',
      'set-cookie': `${cookieName(port)}=${options.token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`,
    })
    res.end()
    return
  }
  const url = verdict.url
  if (url.pathname.startsWith('/files/')) {
    const response = await options.engine.fetch(toRequest(req, res, url))
    await sendResponse(response, res, req.method === 'HEAD')
    return
  }
  await serveRenderer(req, res, url, options, assets)
}

async function serveRenderer(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  options: WebServerOptions,
  assets: AssetMemory,
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { ...documentHeaders(), allow: 'GET, HEAD', 'content-type': 'text/plain' })
    res.end('Only GET is answered here.\n')
    return
  }
  const headers = documentHeaders([`ws://${url.host}`])
  if (url.pathname === '/favicon.ico') {
    const icon = await readFile(options.iconFile)
    res.writeHead(200, { ...headers, 'content-type': 'image/png', 'cache-control': 'max-age=86400' })
    res.end(icon)
    return
  }
  const known = assets.get(url.pathname)
  const file = known ?? (await findRendererFile(options.rendererDir, url.pathname))
  if (file === null) {
    res.writeHead(404, {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    })
    res.end(notFoundPage(options.strings))
    return
  }
  if (req.headers['if-none-match'] === file.etag) {
    res.writeHead(304, { ...headers, etag: file.etag, 'cache-control': file.cacheControl })
    res.end()
    return
  }
  const { bytes } = known ?? (await assets.read(url.pathname, file))
  res.writeHead(200, {
    ...headers,
    'content-type': file.contentType,
    'content-length': bytes.byteLength,
    'cache-control': file.cacheControl,
    etag: file.etag,
  })
  res.end(req.method === 'HEAD' ? undefined : bytes)
}

function refuse(req: IncomingMessage, res: ServerResponse, reason: Refusal, options: WebServerOptions): void {
  options.log.warn(
    { reason, method: req.method, host: req.headers.host, origin: req.headers.origin },
    'refused',
  )
  res.writeHead(403, {
    ...documentHeaders(),
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    // What the request still wants to send is not wanted.
    connection: 'close',
  })
  res.end(req.method === 'HEAD' ? undefined : refusalPage(options.strings, reason))
}

function upgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  port: number,
  sockets: WebSocketServer,
  options: WebServerOptions,
): void {
  socket.on('error', (error) => options.log.debug({ err: error }, 'socket error during upgrade'))
  const verdict = judgeSocket(req, port, options.token)
  if (verdict.kind !== 'allow') {
    const reason = verdict.kind === 'refuse' ? verdict.reason : 'token'
    options.log.warn({ reason, host: req.headers.host, origin: req.headers.origin }, 'websocket refused')
    const text = options.strings(`desktop.refused.${reason}`)
    endUpgrade(socket, '403 Forbidden', text)
    return
  }
  if (verdict.url.pathname !== '/rpc') {
    endUpgrade(socket, '404 Not Found', options.strings('desktop.notFound.text'))
    return
  }
  sockets.handleUpgrade(req, socket, head, (client) => {
    client.on('error', (error) => options.log.warn({ err: error }, 'websocket error'))
    options.engine.connectSocket(client as unknown as EngineSocket)
  })
}

function endUpgrade(socket: Duplex, status: string, text: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}

function fail(error: unknown, req: IncomingMessage, res: ServerResponse, log: Logger): void {
  // A client that went away in the middle is no failure of ours.
  if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE' || res.destroyed) return
  log.error({ err: error, method: req.method, path: req.url?.split('?')[0] }, 'request failed')
  if (res.headersSent) {
    res.destroy()
    return
  }
  res.writeHead(500, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  res.end('Anteroom could not answer this request. The log in the data folder says why.\n')
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done((server.address() as AddressInfo).port)
    })
  })
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()))
  for (const client of sockets.clients) {
    // 1001, going away (RFC 6455 7.4.1): the page shows that it is reconnecting.
    client.close(1001, 'Anteroom is stopping')
  }
  sockets.close()
  server.closeIdleConnections()
  // A browser that does not answer the close frame at once is cut off; there is nothing to wait for.
  const cut = setTimeout(() => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
  }, 300)
  await closed
  clearTimeout(cut)
}
