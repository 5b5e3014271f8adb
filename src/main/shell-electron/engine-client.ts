import { MessageChannelMain, utilityProcess } from 'electron'
import type { MessagePortMain, UtilityProcess } from 'electron'
import type { SecretStore } from '../engine/types.ts'
import type { FromEngine, ToEngine } from './engine-messages.ts'
import { fetchOver } from './fetch-relay.ts'
import { wireOf } from './wire.ts'

/** The engine's process, as the main process sees it. */
export type EngineClient = {
  /** Gives the engine one end of a client's channel; waits for the engine when it is being started again. */
  connect(port: MessagePortMain): void
  fetch(request: Request): Promise<Response>
  /** Applies a provisioning file; rejects with a message for the user. */
  provision(json: string): Promise<string[]>
  /** Ends the engine; kills its process when it does not end within the time. */
  stop(): Promise<void>
}

export type EngineClientOptions = {
  /** The built entry, out/main/engine.js. */
  entry: string
  dataDir: string
  resourcesDir: string
  secrets: SecretStore
  /** Called when the engine ended again and again and is given up; `message` is for the user. */
  onGivenUp(message: string): void
}

/** The engine refused to start, with a reason for the user (the folder is in use, the database is newer). */
export class EngineRefusedError extends Error {
  override readonly name = 'EngineRefusedError'
}

const STOP_WITHIN = 4500
/** So many unexpected ends within a minute are too many. */
const MOST_ENDS = 3
const WINDOW = 60_000

/**
 * Forks the engine and waits until it runs. Should it end unexpectedly later, it is forked again; clients
 * notice by their port's `close` and ask for a new one.
 *
 * @throws EngineRefusedError with the engine's own words
 */
export async function startEngineClient(options: EngineClientOptions): Promise<EngineClient> {
  let child: UtilityProcess
  let running = false
  let everRan = false
  let stopping = false
  let ends: number[] = []
  const waiting: { message: ToEngine; port: MessagePortMain }[] = []
  let provisioning: { resolve(changed: string[]): void; reject(error: Error): void } | null = null

  const tell = (message: ToEngine, ports: MessagePortMain[] = []) => child.postMessage(message, ports)
  /** Ports that come while the engine is away wait for it. */
  const hand = (message: ToEngine, port: MessagePortMain) => {
    if (running) tell(message, [port])
    else waiting.push({ message, port })
  }

  function fork(): Promise<void> {
    return new Promise((resolve, reject) => {
      const forked = utilityProcess.fork(options.entry, [], {
        serviceName: 'Anteroom engine',
        stdio: 'inherit',
      })
      child = forked
      forked.on('message', (message: FromEngine) => {
        if (message.kind === 'started') {
          running = true
          everRan = true
          for (const each of waiting.splice(0)) tell(each.message, [each.port])
          resolve()
        } else if (message.kind === 'not_started') {
          stopping = true
          reject(message.expected ? new EngineRefusedError(message.message) : new Error(message.message))
          forked.kill()
        } else if (message.kind === 'provisioned') provisioning?.resolve(message.changed)
        else if (message.kind === 'not_provisioned') provisioning?.reject(new Error(message.message))
        else if (message.kind === 'secret') void answerSecret(message)
      })
      forked.on('exit', (code) => {
        running = false
        reject(new Error(`The engine's process ended with code ${code} while it started.`))
        provisioning?.reject(new Error('The engine ended.'))
        // Before it ever ran, the rejection above says it all.
        if (everRan && !stopping) forkAgain()
      })
      const { dataDir, resourcesDir, secrets } = options
      // Messages sent before the process runs are queued for it.
      tell({ kind: 'start', dataDir, resourcesDir, secrets: { kind: secrets.kind, path: secrets.path } })
    })
  }

  function forkAgain(): void {
    const now = Date.now()
    ends = [...ends.filter((at) => now - at < WINDOW), now]
    if (ends.length >= MOST_ENDS) {
      giveUp('The part of Anteroom that keeps the mail ended several times.')
      return
    }
    fork().catch((error: unknown) => {
      if (stopping) giveUp(messageOf(error))
      // Otherwise its exit has come here already and decides.
    })
  }

  function giveUp(message: string): void {
    stopping = true
    for (const each of waiting.splice(0)) each.port.close()
    options.onGivenUp(message)
  }

  async function answerSecret(question: Extract<FromEngine, { kind: 'secret' }>): Promise<void> {
    const asker = child
    const { id, name } = question
    let answer: ToEngine
    try {
      let value: string | null = null
      if (question.ask === 'get') value = await options.secrets.get(name)
      else if (question.ask === 'set') await options.secrets.set(name, question.value)
      else await options.secrets.delete(name)
      answer = { kind: 'secret', id, value }
    } catch (error) {
      answer = { kind: 'secret_failed', id, message: messageOf(error) }
    }
    // The answer belongs to the process that asked, not to one forked since.
    if (asker === child) asker.postMessage(answer)
  }

  await fork()
  return {
    connect: (port) => hand({ kind: 'connect' }, port),
    fetch(request) {
      const { port1, port2 } = new MessageChannelMain()
      hand({ kind: 'fetch' }, port2)
      return fetchOver(wireOf(port1), request)
    },
    provision: (json) =>
      new Promise<string[]>((resolve, reject) => {
        provisioning = { resolve, reject }
        tell({ kind: 'provision', json })
      }).finally(() => (provisioning = null)),
    async stop() {
      if (stopping && !running) return
      stopping = true
      await new Promise<void>((done) => {
        const timer = setTimeout(() => {
          child.kill()
          done()
        }, STOP_WITHIN)
        child.once('exit', () => {
          clearTimeout(timer)
          done()
        })
        tell({ kind: 'stop' })
      })
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
