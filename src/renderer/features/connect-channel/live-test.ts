import { shallowRef } from 'vue'
import type { ConnectionSettings, TestStep } from '@contract/channels.ts'
import { rpc } from '@/rpc/client.ts'
import { wordsFor } from '@/stores/report.ts'

export type TestState = 'idle' | 'running' | 'passed' | 'failed'

/**
 * Runs the live test and shows a line per step as it happens. Starting again ends the run before;
 * nothing is saved by it.
 */
export function useLiveTest() {
  const steps = shallowRef<readonly TestStep[]>([])
  const state = shallowRef<TestState>('idle')
  /** The test itself could not go on: the engine was lost, the input refused. */
  const error = shallowRef('')
  let abort: AbortController | null = null

  function stop(): void {
    abort?.abort()
    abort = null
    if (state.value === 'running') state.value = 'idle'
  }

  /** Forgets what was tested: the settings are others now. */
  function reset(): void {
    stop()
    steps.value = []
    error.value = ''
    state.value = 'idle'
  }

  async function run(settings: ConnectionSettings): Promise<void> {
    stop()
    const own = (abort = new AbortController())
    steps.value = []
    error.value = ''
    state.value = 'running'
    try {
      for await (const step of await rpc.channels.test(settings, { signal: own.signal })) {
        if (abort !== own) return
        const rest = steps.value.filter((each) => each.step !== step.step)
        // A line keeps its place while it goes from running to its end.
        const index = steps.value.findIndex((each) => each.step === step.step)
        steps.value = index < 0 ? [...rest, step] : steps.value.map((each, i) => (i === index ? step : each))
      }
      if (abort !== own) return
      state.value =
        steps.value.length > 0 && steps.value.every((step) => step.state !== 'failed') ? 'passed' : 'failed'
    } catch (failure) {
      if (abort !== own) return
      error.value = wordsFor(failure)
      state.value = 'failed'
    }
  }

  return { steps, state, error, run, stop, reset }
}
