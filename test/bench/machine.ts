import { readFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

export type Machine = { cpu: string; cores: number; memoryGb: number; os: string; node: string }

/** What the figures were measured on. */
export function machine(): Machine {
  const list = cpus()
  return {
    cpu: list[0]?.model.trim() ?? 'unknown',
    cores: list.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    os: `${prettyName() ?? platform()}, kernel ${release()}`,
    node: process.versions.node,
  }
}

/** How many processes wanted to run over the last minute, for each core: above one, others were measured too. */
export const loadPerCore = (): number => loadavg()[0]! / cpus().length

function prettyName(): string | null {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null
  } catch {
    // Not Linux.
    return null
  }
}
