// An engine that receives and never gets to read what it received; it says its port and stays until it is killed.
import { makeHosted } from '../../../support/hosted.ts'

const [, , dataDir = ''] = process.argv
const ws = await makeHosted({ dataDir, mimeWorker: new URL('./silent-worker.ts', import.meta.url) })
await ws.receive('sales')
process.stdout.write(`port ${ws.port}\n`)
