import { parentPort, workerData } from 'node:worker_threads'
import { inspect, recordsOf } from './inspect.ts'
import { FileProblem, type FileRow, type ReadJob, type ReadReply } from './protocol.ts'

// The entry of the thread that reads one file: what a large or hostile file costs is paid here, and can be cut short.

const port = parentPort
if (port === null)
  throw new Error('importing/worker.ts is the entry of a worker thread; use createFileReader to read files')
const job = workerData as ReadJob
const say = (reply: ReadReply) => port.postMessage(reply)

const ALIVE_MS = 1_000
let saidAt = Date.now()
const alive = () => {
  if (Date.now() - saidAt < ALIVE_MS) return
  saidAt = Date.now()
  say({ alive: true })
}

/** Runs what may meet a fault of the file; anything else ends the thread, and the engine hears of it. */
function guarded(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error
    say({ problem: error.message })
    port!.close()
  }
}

if (job.kind === 'inspect') {
  guarded(() => {
    say({ inspection: inspect(job.path, alive) })
    port.close()
  })
} else {
  const { path, shape, after, batch } = job
  const rows = recordsOf(path, shape, alive)
  port.on('message', () =>
    guarded(() => {
      const found: FileRow[] = []
      while (found.length < batch) {
        const next = rows.next()
        if (next.done) {
          say({ rows: found, last: true })
          port.close()
          return
        }
        if (next.value.row > after) found.push(next.value)
      }
      say({ rows: found, last: false })
    }),
  )
}
