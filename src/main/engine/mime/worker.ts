import { parentPort } from 'node:worker_threads'
import { parse } from './parse.ts'
import type { ParseJob, ParseReply } from './protocol.ts'
import { parseSecond } from './second-parser.ts'
import type { ParseResult } from './types.ts'

// The entry of a worker thread: one message after the other, attachments handed over without a copy.

const port = parentPort
if (port === null)
  throw new Error('mime/worker.ts is the entry of a worker thread; use createMimeParser to parse mail')

port.on('message', (job: ParseJob) => {
  if (job.parser === 'first') {
    try {
      answer(job.id, parse(job.raw))
    } catch (error) {
      fail(job.id, error)
    }
  } else {
    parseSecond(job.raw).then(
      (result) => answer(job.id, result),
      (error: unknown) => fail(job.id, error),
    )
  }
})

const ready: ParseReply = { ready: true }
port.postMessage(ready)

function answer(id: number, result: ParseResult): void {
  const buffers = new Set<ArrayBuffer>()
  if (result.ok)
    for (const { content } of result.message.attachments)
      if (content !== null && content.buffer instanceof ArrayBuffer) buffers.add(content.buffer)
  const reply: ParseReply = { id, result }
  port!.postMessage(reply, [...buffers])
}

function fail(id: number, error: unknown): void {
  const reply: ParseReply = { id, failure: error instanceof Error ? error.message : String(error) }
  port!.postMessage(reply)
}
