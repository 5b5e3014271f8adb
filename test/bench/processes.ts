import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a program is found by PATH. */
export const installed = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

export type Timed = { wallMs: number; cpuMs: number; stdout: string }

/**
 * Runs a program to its end. CPU time is its own and that of its children, as bash's `time` tells it.
 * Rejects with what it said when it does not end with 0.
 */
export async function timed(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Timed> {
  const script = 'TIMEFORMAT="bench-times %R %U %S"; time "$@"'
  const child = spawn('bash', ['-c', script, 'bash', command, ...args], {
    env: { ...process.env, ...env, LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const found = /bench-times ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr)
  if (code !== 0 || !found) {
    const said = stderr.replace(/bench-times.*/, '').trim()
    throw new Error(`${command} ended with ${code}: ${said.slice(-500)}`)
  }
  const [wall, user, system] = found.slice(1).map(Number) as [number, number, number]
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000, stdout }
}

/** CPU time of a process so far, in ms (proc(5), stat fields 14 and 15; a tick is 10 ms on Linux). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** A process and everything below it that runs now. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  const all: number[] = []
  for (const queue = [pid]; queue.length > 0;) {
    const next = queue.shift()!
    all.push(next)
    queue.push(...(children.get(next) ?? []))
  }
  return all
}

/** Proportional set size of these processes together, in MB: shared pages count once over all who share them. */
export function pssMb(pids: readonly number[]): number {
  let kb = 0
  for (const pid of pids) {
    try {
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error
    }
  }
  return kb / 1024
}
