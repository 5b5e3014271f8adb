import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import pino from 'pino'
import type { Contract } from '../../src/contract/index.ts'
import { startEngine } from '../../src/main/engine/start.ts'
import type { Engine, EngineOptions, EnginePort, SecretStore } from '../../src/main/engine/types.ts'
import { emptyDataDir } from './empty-database.ts'

export type TestClient = ContractRouterClient<Contract>

type LinkPort = ConstructorParameters<typeof RPCLink>[0]['port']

export type MemorySecrets = SecretStore & { readonly values: Map<string, string> }

/** Passwords in memory. */
export function memorySecrets(): MemorySecrets {
  const values = new Map<string, string>()
  return {
    kind: 'memory',
    path: null,
    values,
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => void values.set(name, value),
    delete: async (name) => void values.delete(name),
  }
}

/** A client over an in-memory port. `close` ends the connection as a closed window does. */
export function connectClient(engine: Pick<Engine, 'connectPort'>): { client: TestClient; close(): void } {
  const { port1, port2 } = new MessageChannel()
  engine.connectPort(port1 as unknown as EnginePort)
  const client: TestClient = createORPCClient(new RPCLink({ port: port2 as unknown as LinkPort }))
  port1.start()
  port2.start()
  return { client, close: () => port2.close() }
}

export type TestEngine = {
  engine: Engine
  dataDir: string
  secrets: MemorySecrets
  client: TestClient
  /** Another client of the same engine. */
  connect(): { client: TestClient; close(): void }
  /** Closes the engine and deletes its folder. */
  stop(): Promise<void>
}

/** An engine on a folder of its own, with one client. */
export async function startTestEngine(options: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const dataDir = options.dataDir ?? emptyDataDir('anteroom-engine-')
  const secrets = memorySecrets()
  const root = resolve(import.meta.dirname, '../..')
  const engine = await startEngine({
    dataDir,
    resourcesDir: join(root, 'resources'),
    mimeWorker: pathToFileURL(join(root, 'src/main/engine/mime/worker.ts')),
    checkWorker: pathToFileURL(join(root, 'src/main/engine/channels/hosted/check-worker.ts')),
    importWorker: pathToFileURL(join(root, 'src/main/engine/crm/importing/worker.ts')),
    secrets,
    log: pino({ level: 'silent' }),
    ...options,
  })
  const connections: { close(): void }[] = []
  const connect = () => {
    const connection = connectClient(engine)
    connections.push(connection)
    return connection
  }
  return {
    engine,
    dataDir,
    secrets,
    client: connect().client,
    connect,
    async stop() {
      for (const connection of connections) connection.close()
      await engine.close()
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
