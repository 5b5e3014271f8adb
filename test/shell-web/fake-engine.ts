import { pino } from 'pino'
import type { Engine, EngineSocket } from '../../src/main/engine/types.ts'

/**
 * A fake engine, for what belongs to the shell alone: it echoes socket messages and uploads, and notes
 * what was called. Tests with the real one are in web-shell.integration.test.ts.
 */
export type FakeEngine = Engine & {
  requests: Request[]
  sockets: EngineSocket[]
  provisioned: string[]
  closed: number
}

export function fakeEngine(overrides: Partial<Engine> = {}): FakeEngine {
  const engine: FakeEngine = {
    requests: [],
    sockets: [],
    provisioned: [],
    closed: 0,
    connectSocket(socket) {
      engine.sockets.push(socket)
      socket.addEventListener('message', ((event: { data: string }) =>
        socket.send(`echo ${event.data}`)) as never)
    },
    connectPort() {},
    async fetch(request) {
      engine.requests.push(request)
      const { pathname } = new URL(request.url)
      if (pathname === '/files/echo') {
        return new Response(request.body, { headers: { 'content-type': 'application/octet-stream' } })
      }
      if (pathname === '/files/page')
        return new Response('<b>x', { headers: { 'content-type': 'text/html' } })
      if (pathname === '/files/throws') throw new Error('boom')
      return new Response('no such file', { status: 404 })
    },
    async provision(json) {
      engine.provisioned.push(json)
      return { changed: ['Created the inbox Support'] }
    },
    async close() {
      engine.closed += 1
    },
    ...overrides,
  }
  return engine
}

export const silent = pino({ level: 'silent' })
