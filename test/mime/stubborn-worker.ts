import { parentPort } from 'node:worker_threads'
import type { ParseJob, ParseReply } from '../../src/main/engine/mime/protocol.ts'
import { unparsed } from '../../src/main/engine/mime/unparsed.ts'

// A stand-in for the real worker that does what the message tells: hang, crash, run out of memory, fail, or answer
// with the parser's name as the reason. `first-…` does so with the first parser only.

const port = parentPort!
port.on('message', (job: ParseJob) => {
  const text = Buffer.from(job.raw).toString()
  const deed = text.startsWith('first-') ? (job.parser === 'first' ? text.slice(6) : 'answer') : text
  if (deed.startsWith('hang')) for (;;);
  if (deed.startsWith('crash')) process.nextTick(() => Promise.reject(new Error('a fault of its own')))
  else if (deed.startsWith('exit')) process.exit(3)
  else if (deed.startsWith('memory')) {
    const hoard: string[][] = []
    for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => `item ${i} ${hoard.length}`))
  } else if (deed.startsWith('fail'))
    port.postMessage({ id: job.id, failure: `${job.parser} refused` } satisfies ParseReply)
  else
    port.postMessage({ id: job.id, result: unparsed(job.raw, `${job.parser}: ${text}`) } satisfies ParseReply)
})
port.postMessage({ ready: true } satisfies ParseReply)
