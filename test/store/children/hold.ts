// Opens the data folder named by the first argument, says so, and stays until it is killed.
import pino from 'pino'
import { Store } from '../../../src/main/engine/store/store.ts'

const [, , dataDir = ''] = process.argv
const store = new Store({ dataDir, log: pino({ level: 'silent' }), clock: { now: () => Date.now() } })
process.stdout.write('open\n')
// Held by the timer: collected as garbage, the handle would let the folder go.
setInterval(() => store.rev, 60_000)
