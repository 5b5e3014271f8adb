import { computed } from 'vue'
import type { ConnectionSettings, TestStep } from '@contract/channels.ts'
import { rpc } from '@/rpc/client.ts'
import { useLiveLines } from '@/stores/live-lines.ts'

export type TestState = 'idle' | 'running' | 'passed' | 'failed'

/** Runs the live test and shows a line per step as it happens; nothing is saved by it. */
export function useLiveTest() {
  const { lines: steps, state: run, failure: error, ...live } = useLiveLines<TestStep>(({ step }) => step)
  const state = computed<TestState>(() => {
    if (run.value !== 'done') return run.value
    return steps.value.length > 0 && steps.value.every((step) => step.state !== 'failed')
      ? 'passed'
      : 'failed'
  })

  /** Forgets what was tested: the settings are others now. */
  function reset(): void {
    live.stop()
    steps.value = []
    error.value = ''
    run.value = 'idle'
  }

  return {
    steps,
    state,
    error,
    run: (settings: ConnectionSettings) => live.run((signal) => rpc.channels.test(settings, { signal })),
    stop: live.stop,
    reset,
  }
}
