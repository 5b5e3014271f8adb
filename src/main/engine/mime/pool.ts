import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ParseJob, ParseReply, ParserName } from './protocol.ts'
import type { MimeParser, ParseResult } from './types.ts'
import { unparsed } from './unparsed.ts'

/** The part of a pino logger that the pool uses. */
export type PoolLog = {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export type MimeParserOptions = {
  /** The worker's module: `worker.ts` itself, or what it was built into. */
  worker: URL
  /** Threads; by default one less than the cores, at least 1, at most 4. */
  size?: number
  /** What one message may take, in ms, before its thread is ended. */
  timeoutMs?: number
  /** The heap of one thread, in MB. */
  heapMb?: number
  log?: PoolLog
}

/** Messages that wait inside a thread: enough to keep it busy while this thread is in a transaction. */
const ahead = 64
/** Bytes that wait inside a thread: a few large messages are enough to keep it busy. */
const aheadBytes = 8 * 1024 * 1024
/**
 * A thread's heap. Attachments and raw bytes lie outside it; text and HTML of the largest messages allowed need
 * about a quarter.
 */
const defaultHeapMb = 512
/** Extra time for an answer that has arrived but was not read yet, because this thread was busy. */
const graceMs = 100
/** What a new thread may take to load its modules, in ms. */
const startMs = 30_000

type Task = {
  raw: Uint8Array
  parser: ParserName
  /** Why the first parser failed. */
  reason: string
  /** Set for a task that is given a thread of its own, since it ended one before. */
  alone: boolean
  resolve: (result: ParseResult) => void
  reject: (error: Error) => void
}

type Thread = {
  worker: Worker
  /** Sent and not answered, oldest first: the first one is being parsed. */
  pending: Map<number, Task>
  bytes: number
  timer: NodeJS.Timeout | null
  /** True from the moment it was given up. */
  ended: boolean
  /** Its modules are loaded. */
  ready: boolean
}

/**
 * Parses mail in threads that can be ended. A message that exceeds its time, its memory or crashes its thread is
 * tried once more with the second parser in a fresh thread, then becomes an unparsed result; the messages behind it
 * are sent again to another thread. `parse` rejects only when the pool is closed or its module cannot be loaded.
 */
export function createMimeParser(options: MimeParserOptions): MimeParser {
  return new Pool(options)
}

class Pool implements MimeParser {
  private readonly module: URL
  private readonly size: number
  private readonly timeoutMs: number
  private readonly heapMb: number
  private readonly log: PoolLog | null
  private readonly queue: Task[] = []
  private readonly threads = new Set<Thread>()
  private readonly ending = new Set<Promise<unknown>>()
  private nextId = 1
  private closed = false
  /** Threads in a row that died before they were ready. */
  private stillborn = 0

  constructor(options: MimeParserOptions) {
    this.module = options.worker
    this.size = Math.max(1, Math.floor(options.size ?? Math.min(4, availableParallelism() - 1)))
    this.timeoutMs = options.timeoutMs ?? 5_000
    this.heapMb = options.heapMb ?? defaultHeapMb
    this.log = options.log ?? null
  }

  parse(raw: Uint8Array): Promise<ParseResult> {
    if (this.closed)
      return Promise.reject(new Error('The mail parser is closed; start the engine again to parse mail.'))
    return new Promise((resolve, reject) => {
      this.queue.push({ raw, parser: 'first', reason: '', alone: false, resolve, reject })
      this.pump()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    const error = new Error('The mail parser was closed before this message was parsed.')
    const waiting = [
      ...this.queue.splice(0),
      ...[...this.threads].flatMap((thread) => [...thread.pending.values()]),
    ]
    for (const thread of this.threads) {
      thread.pending.clear()
      this.end(thread)
    }
    for (const task of waiting) task.reject(error)
    await Promise.all(this.ending)
  }

  /** Hands waiting tasks to threads as long as one has room. */
  private pump(): void {
    while (this.queue.length > 0 && !this.closed) {
      const task = this.queue[0]!
      const thread = this.threadFor(task)
      if (thread === null) return
      this.queue.shift()
      this.send(thread, task)
    }
  }

  private threadFor(task: Task): Thread | null {
    let best: Thread | null = null
    for (const thread of this.threads) {
      if ([...thread.pending.values()].some(({ alone }) => alone)) continue
      if (
        thread.pending.size > 0 &&
        (task.alone || thread.pending.size >= ahead || thread.bytes + task.raw.length > aheadBytes)
      )
        continue
      // A fresh thread is promised to a message that ended the last one.
      if (best === null || thread.pending.size < best.pending.size) best = thread
    }
    if (best !== null && best.pending.size === 0) return best
    return this.threads.size < this.size ? this.start() : best
  }

  private send(thread: Thread, task: Task): void {
    const id = this.nextId++
    // The caller keeps its bytes (they go to disk as they are); the thread gets a copy that moves for free.
    const raw = new Uint8Array(task.raw.length)
    raw.set(task.raw)
    const job: ParseJob = { id, parser: task.parser, raw }
    thread.pending.set(id, task)
    thread.bytes += task.raw.length
    if (thread.pending.size === 1) {
      thread.worker.ref()
      this.watch(thread)
    }
    thread.worker.postMessage(job, [raw.buffer])
  }

  private start(): Thread {
    const worker = new Worker(this.module, {
      resourceLimits: { maxOldGenerationSizeMb: this.heapMb },
      name: 'mime',
    })
    const thread: Thread = { worker, pending: new Map(), bytes: 0, timer: null, ended: false, ready: false }
    worker.on('message', (reply: ParseReply) => this.received(thread, reply))
    worker.on('error', (error: Error & { code?: string }) =>
      this.lost(
        thread,
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'It needed too much memory.'
          : `Its parser crashed: ${error.message}`,
      ),
    )
    worker.on('exit', (code) => this.lost(thread, `Its parser ended with code ${code}.`))
    worker.unref()
    this.threads.add(thread)
    return thread
  }

  private received(thread: Thread, reply: ParseReply): void {
    if (thread.ended) return
    if ('ready' in reply) {
      thread.ready = true
      this.stillborn = 0
      this.watch(thread)
      return
    }
    const task = thread.pending.get(reply.id)
    if (task === undefined) return
    thread.pending.delete(reply.id)
    thread.bytes -= task.raw.length
    if ('result' in reply) task.resolve(reply.result)
    else this.failed(task, reply.failure)
    this.watch(thread)
    if (thread.pending.size === 0) thread.worker.unref()
    this.pump()
  }

  /** Begins the time of the message that the thread now works on. */
  private watch(thread: Thread): void {
    if (thread.timer !== null) clearTimeout(thread.timer)
    thread.timer = null
    const [id] = thread.pending.keys()
    if (id === undefined) return
    const budget = thread.ready ? this.timeoutMs : startMs
    const overdue = () => this.lost(thread, `It took longer than ${budget} ms.`)
    // The grace comes in a second timer: when this thread itself was blocked, the answer is read in between.
    thread.timer = setTimeout(() => {
      thread.timer = setTimeout(overdue, graceMs)
    }, budget)
  }

  /** Ends a thread that hangs or died. The message it worked on gets another try, the ones behind it are resent. */
  private lost(thread: Thread, reason: string): void {
    if (thread.ended) return
    const tasks = [...thread.pending.values()]
    const culprit = thread.ready ? tasks.shift() : undefined
    this.end(thread)
    // Before the failed one, so that they keep their place.
    this.queue.unshift(...tasks)
    if (culprit !== undefined) {
      this.log?.warn(
        { reason, bytes: culprit.raw.length, parser: culprit.parser },
        'a mail parser thread was ended',
      )
      this.failed(culprit, reason)
    } else if (!thread.ready && ++this.stillborn >= 3) {
      this.log?.error({ module: this.module.href, reason }, 'the mail parser cannot be started')
      const error = new Error(`The mail parser ${this.module.href} cannot be started: ${reason}`)
      for (const task of this.queue.splice(0)) task.reject(error)
      this.stillborn = 0
    }
    this.pump()
  }

  /** The fallback path: the second parser in a thread of its own, then a result that says so. */
  private failed(task: Task, reason: string): void {
    if (task.parser === 'second')
      task.resolve(unparsed(task.raw, task.reason === reason ? reason : `${task.reason} ${reason}`))
    else this.queue.unshift({ ...task, parser: 'second', reason, alone: true })
  }

  private end(thread: Thread): void {
    thread.ended = true
    if (thread.timer !== null) clearTimeout(thread.timer)
    this.threads.delete(thread)
    const ended = thread.worker.terminate().finally(() => this.ending.delete(ended))
    this.ending.add(ended)
  }
}
