/**
 * A message port, whichever kind: Electron's MessagePortMain in the program, worker_threads' in tests.
 */
export type Wire = {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, when the other end is gone. */
  onClose(listener: () => void): void
  close(): void
}

/** What is used of Electron's MessagePortMain. */
export type MainPort = {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/** Wraps a MessagePortMain, which queues everything until it is started: the first listener starts it. */
export function wireOf(port: MainPort): Wire {
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', (event) => listener(event.data))
      port.start()
    },
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  }
}
