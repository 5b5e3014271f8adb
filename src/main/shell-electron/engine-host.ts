import { EngineStartError } from '../engine/types.ts'
import type { Engine, EngineOptions, EnginePort, SecretStore } from '../engine/types.ts'
import { dnsServers } from '../shell-shared/dns-servers.ts'
import type { ShellLog } from '../shell-shared/log.ts'
import type { FromEngine, ToEngine } from './engine-messages.ts'
import { serveOver } from './fetch-relay.ts'
import { wireOf } from './wire.ts'
import type { MainPort } from './wire.ts'

/** The line to the main process. */
export type ParentLine = {
  send(message: FromEngine): void
  onMessage(listener: (message: unknown, ports: MainPort[]) => void): void
}

export type HostParts = {
  startEngine(options: EngineOptions): Promise<Engine>
  openLog(dataDir: string): ShellLog
  mimeWorker: URL
  checkWorker: URL
  importWorker: URL
  /** For `${ENV}` in provisioning files. */
  env: Record<string, string | undefined>
  exit(code: number): void
}

/**
 * Hosts the engine in Electron's utility process: starts it when told to, connects the ports that come,
 * relays `/files/…`, and asks the main process for passwords (only that one can reach safeStorage).
 */
export function hostEngine(parent: ParentLine, parts: HostParts): void {
  const secrets = remoteSecrets(parent)
  let engine: Engine | null = null
  let shellLog: ShellLog | null = null

  async function start(message: Extract<ToEngine, { kind: 'start' }>): Promise<void> {
    shellLog = parts.openLog(message.dataDir)
    try {
      engine = await parts.startEngine({
        dataDir: message.dataDir,
        resourcesDir: message.resourcesDir,
        mimeWorker: parts.mimeWorker,
        checkWorker: parts.checkWorker,
        importWorker: parts.importWorker,
        dnsServers: dnsServers(parts.env),
        secrets: secrets.store(message.secrets),
        log: shellLog.log.child({ part: 'engine' }),
      })
      parent.send({ kind: 'started' })
    } catch (error) {
      shellLog.log.fatal({ err: error }, 'the engine could not start')
      shellLog.flush()
      parent.send({
        kind: 'not_started',
        message: messageOf(error),
        expected: error instanceof EngineStartError,
      })
    }
  }

  async function stop(): Promise<void> {
    try {
      await engine?.close()
    } catch (error) {
      shellLog?.log.error({ err: error }, 'the engine did not stop cleanly')
    }
    shellLog?.flush()
    parent.send({ kind: 'stopped' })
    parts.exit(0)
  }

  parent.onMessage((data, ports) => {
    const message = data as ToEngine
    const port = ports[0]
    if (message.kind === 'start') void start(message)
    else if (message.kind === 'stop') void stop()
    else if (message.kind === 'secret' || message.kind === 'secret_failed') secrets.answered(message)
    else if (message.kind === 'provision') void provision(engine, message.json)
    else if (port === undefined)
      shellLog?.log.error({ kind: message.kind }, 'a message came without its port')
    // Main asks for neither before `started`; should it, the closed port tells the page to try again.
    else if (engine === null) port.close()
    else if (message.kind === 'connect') {
      engine.connectPort(enginePort(port))
      port.start()
    } else serveOver(wireOf(port), engine.fetch)
  })

  async function provision(running: Engine | null, json: string): Promise<void> {
    try {
      if (running === null) throw new Error('The engine is not running.')
      const { changed } = await running.provision(json, parts.env)
      parent.send({ kind: 'provisioned', changed })
    } catch (error) {
      parent.send({ kind: 'not_provisioned', message: messageOf(error) })
    }
  }
}

/** A thin coat: MessagePortMain has Node's events, the engine expects a browser's. */
export function enginePort(port: MainPort): EnginePort {
  return {
    postMessage: (data) => port.postMessage(data),
    addEventListener(type, listener) {
      const call = listener as (event: unknown) => void
      if (type === 'message') port.on('message', (event) => call({ data: event.data }))
      else port.on('close', () => call({}))
    },
  }
}

/** Passwords that lie with the main process, by question and answer. */
function remoteSecrets(parent: ParentLine) {
  let last = 0
  const waiting = new Map<number, { resolve(value: string | null): void; reject(error: Error): void }>()
  const ask = (question: (id: number) => FromEngine) =>
    new Promise<string | null>((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      parent.send(question(last))
    })
  return {
    store: ({ kind, path }: Pick<SecretStore, 'kind' | 'path'>): SecretStore => ({
      kind,
      path,
      get: (name) => ask((id) => ({ kind: 'secret', id, ask: 'get', name })),
      set: async (name, value) => void (await ask((id) => ({ kind: 'secret', id, ask: 'set', name, value }))),
      delete: async (name) => void (await ask((id) => ({ kind: 'secret', id, ask: 'delete', name }))),
    }),
    answered(answer: Extract<ToEngine, { kind: 'secret' | 'secret_failed' }>): void {
      const asked = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.kind === 'secret') asked?.resolve(answer.value)
      else asked?.reject(new Error(answer.message))
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
