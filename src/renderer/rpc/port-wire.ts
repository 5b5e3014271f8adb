/** Between two signs of life, and how long one may take, in ms. */
const BEAT = 4_000
const PATIENCE = 6_000
/** One beat may be missed while the machine sleeps or the engine is busy; two in a row mean that it is gone. */
const MISSES = 2

type Listener = (event: { data?: unknown }) => void

/** A message port that tells when its other end is gone. */
export type LivePort = {
  postMessage(data: unknown): void
  addEventListener(type: 'message' | 'close', listener: (event: never) => void): void
  close(): void
  /** Begins to ask for signs of life; `ask` settles when the other end answers. */
  watch(ask: () => Promise<unknown>): void
}

/**
 * A message port, unlike a socket, says nothing when the process at its other end dies (Chromium has no `close`
 * event there yet). So it is asked now and then, and what waits on it is let go when no answer comes.
 */
export function livePort(port: MessagePort): LivePort {
  const closers = new Set<Listener>()
  let closed = false

  function close(): void {
    if (closed) return
    closed = true
    port.close()
    closers.forEach((listener) => listener({}))
  }

  port.addEventListener('close', close)
  return {
    close,
    postMessage: (data) => port.postMessage(data),
    addEventListener(type, listener) {
      if (type === 'message') port.addEventListener('message', listener as unknown as EventListener)
      else closers.add(listener as Listener)
    },
    async watch(ask) {
      for (let missed = 0; !closed && missed < MISSES;) {
        await after(missed === 0 ? BEAT : 0)
        missed = (await inTime(ask)) ? 0 : missed + 1
      }
      close()
    },
  }
}

const after = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

/** Whether `ask` settles within the patience; an error is an answer too. */
async function inTime(ask: () => Promise<unknown>): Promise<boolean> {
  const answer = ask().then(
    () => true,
    () => true,
  )
  return await Promise.race([answer, after(PATIENCE).then(() => false)])
}
