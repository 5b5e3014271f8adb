import type { Wire } from './wire.ts'

/**
 * Carries one HTTP exchange over a message port: the main process asks (it owns the protocol), the engine's
 * process answers (it owns the files). Bodies go in pieces, and each piece is asked for, so that a large
 * attachment never lies in a queue as a whole.
 */

type Direction = 'request' | 'response'
type Frame =
  | { kind: 'request'; url: string; method: string; headers: [string, string][]; hasBody: boolean }
  | { kind: 'response'; status: number; headers: [string, string][]; hasBody: boolean }
  | { kind: 'failed'; message: string }
  | { kind: 'pull' | 'end' | 'cancel'; of: Direction }
  | { kind: 'piece'; of: Direction; bytes: Uint8Array }
  | { kind: 'broken'; of: Direction; message: string }

/**
 * Sends a request over the wire and returns the answer.
 *
 * @param wire used for this exchange alone, closed at its end
 * @throws when the other side failed before it answered, or is gone
 */
export function fetchOver(wire: Wire, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    const bodies = bodyTraffic(wire, 'request', request.body)
    wire.onClose(() => {
      reject(new Error('The engine ended before it answered.'))
      bodies.gone()
    })
    request.signal.addEventListener('abort', () => wire.close(), { once: true })
    wire.onMessage((message) => {
      const frame = message as Frame
      if (frame.kind === 'failed') {
        reject(new Error(frame.message))
        wire.close()
      } else if (frame.kind === 'response') {
        const { status, headers, hasBody } = frame
        const body = hasBody ? bodies.incoming(() => wire.close()) : null
        resolve(new Response(body, { status, headers }))
        if (!hasBody) wire.close()
      } else bodies.take(frame)
    })
    send(wire, {
      kind: 'request',
      url: request.url,
      method: request.method,
      headers: [...request.headers],
      hasBody: request.body !== null,
    })
  })
}

/**
 * Answers the one request that comes over the wire.
 *
 * @param wire the other end of {@link fetchOver}'s
 * @param fetch what answers; its request aborts when the asking side is gone
 */
export function serveOver(wire: Wire, fetch: (request: Request) => Promise<Response>): void {
  const gone = new AbortController()
  let bodies = bodyTraffic(wire, 'response', null)
  wire.onClose(() => {
    gone.abort()
    bodies.gone()
  })
  wire.onMessage((message) => {
    const frame = message as Frame
    if (frame.kind !== 'request') {
      bodies.take(frame)
      return
    }
    const body = frame.hasBody ? bodies.incoming(() => {}) : null
    const { url, method, headers } = frame
    fetch(new Request(url, { method, headers, signal: gone.signal, ...(body && { body, duplex: 'half' }) }))
      .then((response) => {
        bodies = bodies.answering(response.body)
        send(wire, {
          kind: 'response',
          status: response.status,
          headers: [...response.headers],
          hasBody: response.body !== null,
        })
      })
      .catch((error: unknown) => send(wire, { kind: 'failed', message: messageOf(error) }))
  })
}

type Bodies = {
  /** The other side's body as a stream; `done` is called when it ended, broke or was cancelled. */
  incoming(done: () => void): ReadableStream<Uint8Array>
  take(frame: Frame): void
  gone(): void
  /** The same traffic, now with a body of our own to send. */
  answering(own: ReadableStream<Uint8Array> | null): Bodies
}

/** Both bodies of an exchange: our own is sent piece by piece as it is asked for, the other's is read. */
function bodyTraffic(wire: Wire, direction: Direction, own: ReadableStream<Uint8Array> | null): Bodies {
  const other: Direction = direction === 'request' ? 'response' : 'request'
  let reader = own?.getReader()
  let control: ReadableStreamDefaultController<Uint8Array> | undefined
  let finish = () => {}

  const sendPiece = async () => {
    if (reader === undefined) return
    try {
      const { done, value } = await reader.read()
      send(wire, done ? { kind: 'end', of: direction } : { kind: 'piece', of: direction, bytes: value })
    } catch (error) {
      send(wire, { kind: 'broken', of: direction, message: messageOf(error) })
    }
  }
  const close = (end: (controller: ReadableStreamDefaultController<Uint8Array>) => void) => {
    if (control === undefined) return
    end(control)
    control = undefined
    finish()
  }
  const bodies: Bodies = {
    incoming(done) {
      finish = done
      return new ReadableStream<Uint8Array>({
        start: (controller) => void (control = controller),
        pull: () => send(wire, { kind: 'pull', of: other }),
        cancel() {
          send(wire, { kind: 'cancel', of: other })
          control = undefined
          finish()
        },
      })
    },
    take(frame) {
      if (frame.kind === 'pull' && frame.of === direction) void sendPiece()
      else if (frame.kind === 'cancel' && frame.of === direction) void reader?.cancel()
      else if (frame.kind === 'piece' && frame.of === other) control?.enqueue(frame.bytes)
      else if (frame.kind === 'end' && frame.of === other) close((controller) => controller.close())
      else if (frame.kind === 'broken' && frame.of === other) {
        close((controller) => controller.error(new Error(frame.message)))
      }
    },
    gone() {
      close((controller) => controller.error(new Error('The connection to the engine ended.')))
      reader?.cancel().catch(() => undefined)
    },
    answering(body) {
      reader = body?.getReader()
      return bodies
    },
  }
  return bodies
}

function send(wire: Wire, frame: Frame): void {
  wire.send(frame)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
