import type { DoctorCheck } from '@contract/hosted.ts'

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
