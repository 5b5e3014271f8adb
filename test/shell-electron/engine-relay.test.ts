import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { EngineStartError } from '../../src/main/engine/types.ts'
import type { EngineOptions, SecretStore } from '../../src/main/engine/types.ts'
import { hostEngine } from '../../src/main/shell-electron/engine-host.ts'
import type { FromEngine, ToEngine } from '../../src/main/shell-electron/engine-messages.ts'
import { fetchOver, serveOver } from '../../src/main/shell-electron/fetch-relay.ts'
import { wireOf } from '../../src/main/shell-electron/wire.ts'
import type { MainPort } from '../../src/main/shell-electron/wire.ts'
import { fakeEngine, silent } from '../shell-web/fake-engine.ts'
import { electronDouble, FakePort } from './electron-double.ts'
import type { FakeUtilityProcess } from './electron-double.ts'

// The main process's half runs over a double of Electron; the ports of the relay are Node's real ones.
vi.mock('electron', () => electronDouble)
const { EngineRefusedError, startEngineClient } =
  await import('../../src/main/shell-electron/engine-client.ts')

const open: MessagePort[] = []
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

/** A port of worker_threads behind the face of Electron's: events carry `data`, nothing moves before start. */
function asMainPort(port: MessagePort): MainPort {
  open.push(port)
  return {
    postMessage: (message) => port.postMessage(message),
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (event === 'message') port.addListener('message', (data) => listener({ data }))
      else port.addListener('close', () => listener({ data: null }))
      return port
    },
    start: () => port.start(),
    close: () => port.close(),
  }
}

function relay(fetch: (request: Request) => Promise<Response>) {
  const { port1, port2 } = new MessageChannel()
  serveOver(wireOf(asMainPort(port2)), fetch)
  return { ask: (request: Request) => fetchOver(wireOf(asMainPort(port1)), request), port1, port2 }
}

describe('an HTTP exchange over a port', () => {
  test('carries method, headers, status and both bodies', async () => {
    const { ask } = relay(
      async (request) =>
        new Response(request.body, {
          status: 201,
          headers: { 'x-was': `${request.method} ${request.headers.get('x-a')}` },
        }),
    )
    const body = Buffer.alloc(2_000_000, 'anteroom')
    const response = await ask(
      new Request('http://app/files/upload', { method: 'POST', headers: { 'x-a': 'b' }, body }),
    )
    expect(response.status).toBe(201)
    expect(response.headers.get('x-was')).toBe('POST b')
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
  })

  test('an answer without a body, and one that failed', async () => {
    const empty = await relay(async () => new Response(null, { status: 404 })).ask(
      new Request('http://app/files/x'),
    )
    expect([empty.status, await empty.text()]).toEqual([404, ''])
    const { ask } = relay(() => Promise.reject(new Error('the disk is gone')))
    await expect(ask(new Request('http://app/files/x'))).rejects.toThrow('the disk is gone')
  })

  test('pieces are made only as they are read', async () => {
    let made = 0
    const { ask } = relay(
      async () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull(controller) {
              made += 1
              controller.enqueue(new Uint8Array(1000))
              if (made === 1000) controller.close()
            },
          }),
        ),
    )
    const reader = (await ask(new Request('http://app/files/x'))).body!.getReader()
    for (let i = 0; i < 5; i += 1) await reader.read()
    expect(made).toBeLessThan(12)
    await reader.cancel()
  })

  test('a body that breaks breaks here too; a reader that stops stops it there', async () => {
    const broken = await relay(
      async () =>
        new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('bad block')) })),
    ).ask(new Request('http://app/files/x'))
    await expect(broken.text()).rejects.toThrow('bad block')

    let cancelled = () => {}
    const stopped = new Promise<void>((done) => (cancelled = done))
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => cancelled(),
    })
    const { ask } = relay(async () => new Response(endless))
    await (await ask(new Request('http://app/files/x'))).body!.cancel()
    await stopped
  })

  test('the engine going away ends what waits and what streams', async () => {
    const silentSide = relay(() => new Promise(() => {}))
    const waiting = silentSide.ask(new Request('http://app/files/x'))
    silentSide.port2.close()
    await expect(waiting).rejects.toThrow('ended before it answered')

    const endless = relay(async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
    const response = await endless.ask(new Request('http://app/files/x'))
    endless.port2.close()
    await expect(response.text()).rejects.toThrow('ended')
  })

  test('a client that goes away aborts the request', async () => {
    let request: Request | undefined
    const came = new Promise<void>((done) => {
      const { ask, port1 } = relay((each) => {
        request = each
        done()
        return new Promise(() => {})
      })
      ask(new Request('http://app/files/x')).catch(() => undefined)
      void port1
    })
    await came
    const aborted = once(request!.signal, 'abort')
    open[1]!.close()
    await aborted
  })
})

describe("the engine's process", () => {
  function host(startEngine: (options: EngineOptions) => Promise<ReturnType<typeof fakeEngine>>) {
    const said: FromEngine[] = []
    let tell: (message: ToEngine, ports?: MainPort[]) => void = () => {}
    const exits: number[] = []
    hostEngine(
      {
        send: (message) => void said.push(message),
        onMessage: (listener) => (tell = (m, p = []) => listener(m, p)),
      },
      {
        startEngine,
        openLog: () => ({ log: silent, path: '', flush() {} }),
        mimeWorker: new URL('file:///worker.js'),
        checkWorker: new URL('file:///check-worker.js'),
        importWorker: new URL('file:///import-worker.js'),
        env: { A: 'b' },
        exit: (code) => void exits.push(code),
      },
    )
    return { said, tell: (message: ToEngine, ports?: MainPort[]) => tell(message, ports), exits }
  }
  const start: ToEngine = {
    kind: 'start',
    dataDir: '/data',
    resourcesDir: '/resources',
    secrets: { kind: 'safe_storage', path: '/data/x' },
  }

  test('starts, connects ports and stops', async () => {
    const connected: unknown[] = []
    const engine = fakeEngine({ connectPort: (port) => void connected.push(port) })
    const { said, tell, exits } = host(async () => engine)
    tell(start)
    await expect.poll(() => said).toEqual([{ kind: 'started' }])
    const port = new FakePort()
    tell({ kind: 'connect' }, [port])
    expect(connected).toHaveLength(1)
    expect(port.started).toBe(true)
    const seen: unknown[] = []
    ;(connected[0] as { addEventListener(type: string, listener: unknown): void }).addEventListener(
      'message',
      (event: { data: unknown }) => seen.push(event.data),
    )
    port.emit('message', { data: 'hello', ports: [] })
    expect(seen).toEqual(['hello'])
    tell({ kind: 'stop' })
    await expect.poll(() => exits).toEqual([0])
    expect(engine.closed).toBe(1)
    expect(said.at(-1)).toEqual({ kind: 'stopped' })
  })

  test('asks for passwords by messages', async () => {
    let secrets: SecretStore | undefined
    const { said, tell } = host(async (options) => {
      secrets = options.secrets
      return fakeEngine()
    })
    tell(start)
    await expect.poll(() => secrets).toBeDefined()
    expect([secrets!.kind, secrets!.path]).toEqual(['safe_storage', '/data/x'])
    const first = secrets!.get('imap/1')
    const second = secrets!.set('imap/2', 'pw')
    expect(said.slice(-2)).toEqual([
      { kind: 'secret', id: 1, ask: 'get', name: 'imap/1' },
      { kind: 'secret', id: 2, ask: 'set', name: 'imap/2', value: 'pw' },
    ])
    tell({ kind: 'secret_failed', id: 2, message: 'locked' })
    tell({ kind: 'secret', id: 1, value: 'geheim' })
    expect(await first).toBe('geheim')
    await expect(second).rejects.toThrow('locked')
  })

  test.each([
    [new EngineStartError('The data is in use.'), true],
    [new Error('no such module'), false],
  ])('says why it did not start: %s', async (error, expected) => {
    const { said, tell } = host(() => Promise.reject(error))
    tell(start)
    await expect.poll(() => said).toEqual([{ kind: 'not_started', message: error.message, expected }])
  })
})

describe('the main process', () => {
  const secrets: SecretStore = {
    kind: 'memory',
    path: null,
    get: async (name) => (name === 'known' ? 'geheim' : null),
    set: () => Promise.reject(new Error('the keychain is locked')),
    delete: async () => {},
  }
  const forked = electronDouble.utilityProcess.forked
  const last = () => forked.at(-1) as FakeUtilityProcess
  const given: string[] = []
  const begin = () =>
    startEngineClient({
      entry: '/engine.js',
      dataDir: '/data',
      resourcesDir: '/resources',
      secrets,
      onGivenUp: (message) => void given.push(message),
    })

  test('starts the engine, answers its questions, hands ports over', async () => {
    const starting = begin()
    expect(last().received[0]!.message).toEqual({
      kind: 'start',
      dataDir: '/data',
      resourcesDir: '/resources',
      secrets: { kind: 'memory', path: null },
    })
    last().says({ kind: 'started' })
    const client = await starting
    last().says({ kind: 'secret', id: 1, ask: 'get', name: 'known' })
    last().says({ kind: 'secret', id: 2, ask: 'set', name: 'x', value: 'y' })
    await expect
      .poll(() =>
        last()
          .received.slice(1)
          .map((each) => each.message),
      )
      .toEqual([
        { kind: 'secret', id: 1, value: 'geheim' },
        { kind: 'secret_failed', id: 2, message: 'the keychain is locked' },
      ])
    const port = new FakePort()
    client.connect(port as never)
    expect(last().received.at(-1)).toEqual({ message: { kind: 'connect' }, ports: [port] })

    const stopping = client.stop()
    expect(last().received.at(-1)!.message).toEqual({ kind: 'stop' })
    last().emit('exit', 0)
    await stopping
    expect(last().killed).toBe(false)
  })

  test('an engine that ends is started again; ports that come meanwhile wait for it', async () => {
    const starting = begin()
    last().says({ kind: 'started' })
    const client = await starting
    const count = forked.length
    last().emit('exit', 1)
    expect(forked).toHaveLength(count + 1)
    const port = new FakePort()
    client.connect(port as never)
    expect(last().received.map((each) => each.message['kind'])).toEqual(['start'])
    last().says({ kind: 'started' })
    expect(last().received.at(-1)).toEqual({ message: { kind: 'connect' }, ports: [port] })
  })

  test('one that ends again and again is given up', async () => {
    const starting = begin()
    last().says({ kind: 'started' })
    const client = await starting
    given.length = 0
    const count = forked.length
    for (let i = 0; i < 3; i += 1) {
      last().emit('exit', 1)
      if (i < 2) last().says({ kind: 'started' })
    }
    expect(forked).toHaveLength(count + 2)
    expect(given).toHaveLength(1)
    await client.stop()
  })

  test('a refusal is told in its own words, and not tried again', async () => {
    const starting = begin()
    const count = forked.length
    last().says({ kind: 'not_started', message: 'The data is in use.', expected: true })
    last().emit('exit', 0)
    await expect(starting).rejects.toThrow(new EngineRefusedError('The data is in use.'))
    expect(forked).toHaveLength(count)
  })

  test('a process that dies before it ran is an error at once', async () => {
    const starting = begin()
    const count = forked.length
    last().emit('exit', 7)
    await expect(starting).rejects.toThrow('code 7')
    expect(forked).toHaveLength(count)
  })
})
