import { Worker } from 'node:worker_threads'
import {
  FileProblem,
  type FileRow,
  type FileShape,
  type Inspection,
  type ReadJob,
  type ReadReply,
} from './protocol.ts'

export type FileReaderOptions = {
  /** The module that the thread runs: `worker.ts` itself, or what it was built into. */
  worker: URL
  /** How long the thread may be silent before it is ended, in ms. */
  silenceMs?: number
  /** The heap of the thread, in MB. */
  heapMb?: number
}

export type FileReader = {
  /** @throws FileProblem for what cannot be read, with words for the user */
  inspect(path: string, signal: AbortSignal): Promise<Inspection>
  /**
   * The rows behind the row `after`, in batches of at most `batch`; the thread reads the next one only when it is asked
   * for. @throws FileProblem
   */
  rows(
    path: string,
    shape: FileShape,
    options: { after: number; batch: number; signal: AbortSignal },
  ): AsyncGenerator<FileRow[], void>
}

const SILENCE_MS = 20_000
const HEAP_MB = 512

/** Reads files in a thread of their own each, which is ended when it hangs, grows too large, or nobody waits any more. */
export function createFileReader(options: FileReaderOptions): FileReader {
  return {
    async inspect(path, signal) {
      const thread = new ReadingThread(options, { kind: 'inspect', path }, signal)
      try {
        const reply = await thread.next()
        if (!('inspection' in reply)) throw new Error('The thread that reads files answered something else.')
        return reply.inspection
      } finally {
        await thread.end()
      }
    },
    async *rows(path, shape, { after, batch, signal }) {
      const thread = new ReadingThread(options, { kind: 'rows', path, shape, after, batch }, signal)
      try {
        for (;;) {
          thread.more()
          const reply = await thread.next()
          if (!('rows' in reply)) throw new Error('The thread that reads files answered something else.')
          yield reply.rows
          if (reply.last) return
        }
      } finally {
        await thread.end()
      }
    },
  }
}

/** One thread and the answer that is waited for. */
class ReadingThread {
  private readonly worker: Worker
  private readonly silenceMs: number
  private readonly signal: AbortSignal
  private readonly aborted = () => this.fail(new Error('Reading the file was stopped.'))
  private timer: NodeJS.Timeout | undefined
  private failure: Error | null = null
  private readonly arrived: ReadReply[] = []
  private waiting: { resolve: (reply: ReadReply) => void; reject: (error: Error) => void } | null = null

  constructor(options: FileReaderOptions, job: ReadJob, signal: AbortSignal) {
    this.silenceMs = options.silenceMs ?? SILENCE_MS
    this.signal = signal
    this.worker = new Worker(options.worker, {
      workerData: job,
      name: 'importing',
      resourceLimits: { maxOldGenerationSizeMb: options.heapMb ?? HEAP_MB },
    })
    this.worker.on('message', (reply: ReadReply) => this.received(reply))
    this.worker.on('error', (error: Error & { code?: string }) =>
      this.fail(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new FileProblem('This file needs more memory than there is. Divide it into smaller ones.')
          : error,
      ),
    )
    this.worker.on('exit', () => this.fail(new Error('The thread that reads files ended without an answer.')))
    signal.addEventListener('abort', this.aborted)
    if (signal.aborted) this.aborted()
    // Nobody keeps the program alive for a file.
    this.worker.unref()
  }

  more(): void {
    this.worker.postMessage({ more: true })
  }

  /** The next answer that is more than a sign of life. @throws FileProblem or what ended the thread */
  next(): Promise<ReadReply> {
    const reply = this.arrived.shift()
    if (reply) return this.judged(reply)
    if (this.failure) return Promise.reject(this.failure)
    this.watch()
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject })).then((got) =>
      this.judged(got as ReadReply),
    )
  }

  async end(): Promise<void> {
    clearTimeout(this.timer)
    this.signal.removeEventListener('abort', this.aborted)
    await this.worker.terminate()
  }

  private judged(reply: ReadReply): Promise<ReadReply> {
    return 'problem' in reply ? Promise.reject(new FileProblem(reply.problem)) : Promise.resolve(reply)
  }

  private received(reply: ReadReply): void {
    if ('alive' in reply) {
      if (this.waiting) this.watch()
      return
    }
    clearTimeout(this.timer)
    const { waiting } = this
    this.waiting = null
    if (waiting) waiting.resolve(reply)
    else this.arrived.push(reply)
  }

  private watch(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(
      () =>
        this.fail(
          new FileProblem('Reading this file takes too long. It may be damaged; export it once more.'),
        ),
      this.silenceMs,
    )
  }

  private fail(error: Error): void {
    clearTimeout(this.timer)
    this.failure ??= error
    this.waiting?.reject(this.failure)
    this.waiting = null
  }
}
