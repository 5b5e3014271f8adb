import { shallowRef } from 'vue'
import type { DoctorCheck } from '@contract/hosted.ts'
import type { ChannelId } from '@contract/ids.ts'
import { rpc } from '@/rpc/client.ts'
import { wordsFor } from '@/stores/report.ts'

export type DoctorState = 'idle' | 'running' | 'done' | 'stopped'

/** Examines a channel, a line per check as it happens; examining again ends the run before. */
export function useDoctor(channelId: () => ChannelId) {
  const checks = shallowRef<readonly DoctorCheck[]>([])
  const state = shallowRef<DoctorState>('idle')
  /** The examination itself could not go on. */
  const error = shallowRef('')
  let abort: AbortController | null = null

  function stop(): void {
    abort?.abort()
    abort = null
    if (state.value === 'running') state.value = 'stopped'
  }

  async function examine(): Promise<void> {
    stop()
    const own = (abort = new AbortController())
    checks.value = []
    error.value = ''
    state.value = 'running'
    try {
      for await (const check of await rpc.doctor.examine({ id: channelId() }, { signal: own.signal })) {
        if (abort !== own) return
        // A line keeps its place while it goes from running to its end.
        const known = checks.value.some((each) => each.check === check.check)
        checks.value = known
          ? checks.value.map((each) => (each.check === check.check ? check : each))
          : [...checks.value, check]
      }
      if (abort === own) state.value = 'done'
    } catch (failure) {
      if (abort !== own) return
      error.value = wordsFor(failure)
      state.value = 'stopped'
    }
  }

  return { checks, state, error, examine, stop }
}

/** What was found, as plain text to pass on: a line per check, with what to do. Holds no secrets, as the checks do not. */
export function reportText(
  checks: readonly DoctorCheck[],
  words: {
    title: string
    nameOf: (check: DoctorCheck['check']) => string
    stateOf: (state: DoctorCheck['state']) => string
  },
): string {
  const lines = checks.map(({ check, state, message, hint, tookMs }) => {
    const took = tookMs === null ? '' : ` (${Math.round(tookMs)} ms)`
    const next = hint && state !== 'ok' ? `\n    → ${hint}` : ''
    return `[${words.stateOf(state)}] ${words.nameOf(check)}: ${message}${took}${next}`
  })
  return `${words.title}\n${lines.join('\n')}\n`
}
