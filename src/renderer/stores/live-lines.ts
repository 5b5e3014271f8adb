import { onScopeDispose, shallowRef } from 'vue'
import { wordsFor } from './report.ts'

/**
 * Something that takes a while and tells about it as it goes, a line per part. Starting again ends the run before, and
 * the component that called this takes it along.
 * @param keyOf  what part a line is about: it keeps its place while it goes from running to its end
 */
export function useLiveLines<Line>(keyOf: (line: Line) => string) {
  const lines = shallowRef<readonly Line[]>([])
  /** `failed`: the engine was lost, or refused; whatever the lines say, it came to its end where it is `done`. */
  const state = shallowRef<'idle' | 'running' | 'done' | 'failed'>('idle')
  /** Why it could not go on, in words. */
  const failure = shallowRef('')
  let abort: AbortController | null = null

  function stop(): void {
    abort?.abort()
    abort = null
    if (state.value === 'running') state.value = 'idle'
  }
  onScopeDispose(stop)

  async function run(begin: (signal: AbortSignal) => Promise<AsyncIterable<Line>>): Promise<void> {
    stop()
    const own = (abort = new AbortController())
    lines.value = []
    failure.value = ''
    state.value = 'running'
    try {
      for await (const line of await begin(own.signal)) {
        if (abort !== own) return
        const key = keyOf(line)
        lines.value = lines.value.some((each) => keyOf(each) === key)
          ? lines.value.map((each) => (keyOf(each) === key ? line : each))
          : [...lines.value, line]
      }
      if (abort === own) state.value = 'done'
    } catch (error) {
      if (abort !== own) return
      failure.value = wordsFor(error)
      state.value = 'failed'
    }
  }

  return { lines, state, failure, run, stop }
}
