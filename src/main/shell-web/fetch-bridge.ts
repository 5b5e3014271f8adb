import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { filePolicy, resourceHeaders } from '../shell-shared/content-security.ts'

/**
 * Turns Node's request into a WHATWG Request. The body streams; when the client goes away before the
 * answer is complete, the request's signal aborts.
 */
export function toRequest(req: IncomingMessage, res: ServerResponse, url: URL): Request {
  const gone = new AbortController()
  res.once('close', () => {
    if (!res.writableFinished) gone.abort()
  })
  const headers = new Headers()
  for (const [name, values] of Object.entries(req.headersDistinct)) {
    // The session is the shell's business; the engine authorises by URL.
    if (name === 'cookie') continue
    for (const value of values ?? []) headers.append(name, value)
  }
  const hasBody = req.method !== 'GET' && req.method !== 'HEAD'
  return new Request(url, {
    method: req.method ?? 'GET',
    headers,
    signal: gone.signal,
    ...(hasBody ? { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' } : {}),
  })
}

/** Streams a Response out, with the headers that everything from `/files/` carries. */
export async function sendResponse(response: Response, res: ServerResponse, head: boolean): Promise<void> {
  res.statusCode = response.status
  for (const [name, value] of response.headers) res.setHeader(name, value)
  for (const [name, value] of Object.entries(resourceHeaders)) res.setHeader(name, value)
  if (!response.headers.has('content-security-policy')) {
    res.setHeader('content-security-policy', filePolicy(response.headers.get('content-type') ?? ''))
  }
  if (response.body === null || head) {
    await response.body?.cancel()
    res.end()
    return
  }
  await pipeline(Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>), res)
}
