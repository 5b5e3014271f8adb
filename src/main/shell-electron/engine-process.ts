import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { MessagePortMain, ParentPort } from 'electron'
import { startEngine } from '../engine/start.ts'
import { openLog } from '../shell-shared/log.ts'
import { hostEngine } from './engine-host.ts'

// The entry of Electron's utility process: built, this file is out/main/engine.js, with the parser's worker
// beside it (inside the asar archive as well, which worker threads read).
// Mail is its owner's: nothing that is written here is readable by others.
process.umask(0o077)

const parent = (process as unknown as { parentPort: ParentPort }).parentPort

hostEngine(
  {
    send: (message) => parent.postMessage(message),
    onMessage: (listener) =>
      void parent.on('message', (event: { data: unknown; ports: MessagePortMain[] }) =>
        listener(event.data, event.ports),
      ),
  },
  {
    startEngine,
    openLog,
    mimeWorker: pathToFileURL(join(import.meta.dirname, 'mime-worker.js')),
    checkWorker: pathToFileURL(join(import.meta.dirname, 'check-worker.js')),
    importWorker: pathToFileURL(join(import.meta.dirname, 'import-worker.js')),
    env: process.env,
    exit: (code) => process.exit(code),
  },
)
