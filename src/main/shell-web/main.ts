import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runWebShell } from './run.ts'

// Built, this file is out/main/web.js with the parser's worker beside it; run as source it is src/main/shell-web.
const here = import.meta.dirname
const built = !import.meta.filename.endsWith('.ts')
const root = resolve(here, built ? '../..' : '../../..')

const code = await runWebShell(process.argv.slice(2), {
  rendererDir: join(root, 'out', 'renderer'),
  resourcesDir: join(root, 'resources'),
  mimeWorker: pathToFileURL(built ? join(here, 'mime-worker.js') : join(here, '../engine/mime/worker.ts')),
  checkWorker: pathToFileURL(
    built ? join(here, 'check-worker.js') : join(here, '../engine/channels/hosted/check-worker.ts'),
  ),
  importWorker: pathToFileURL(
    built ? join(here, 'import-worker.js') : join(here, '../engine/crm/importing/worker.ts'),
  ),
  // Loaded once the shell has said where compiled code is kept: the engine is most of what there is to compile.
  startEngine: async (options) => (await import('../engine/start.ts')).startEngine(options),
})
process.exit(code)
