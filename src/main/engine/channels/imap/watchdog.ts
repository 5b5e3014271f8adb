/**
 * Watches a command: when the server is silent for `silenceMs`, `onSilence` is called once. Silence is measured
 * by the bytes received, so a long answer that keeps coming is never cut. This is what notices a TCP connection
 * that died without a word (fault 2): the socket itself reports nothing then.
 */
export function watch(init: { silenceMs: number; received: () => number; onSilence: () => void }): {
  stop(): void
} {
  let bytes = init.received()
  let since = performance.now()
  // Looks five times per period, so that a silence is noticed at most a fifth too late.
  const timer = setInterval(
    () => {
      const now = init.received()
      if (now !== bytes) {
        bytes = now
        since = performance.now()
      } else if (performance.now() - since >= init.silenceMs) {
        clearInterval(timer)
        init.onSilence()
      }
    },
    Math.max(5, init.silenceMs / 5),
  )
  return { stop: () => clearInterval(timer) }
}
