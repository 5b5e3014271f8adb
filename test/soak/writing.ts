import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { seeded } from '../support/random.ts'

const WRITER = join(import.meta.dirname, '../e2e/children/writer.ts')
/** What may be lost at the most, in ms of typing. */
const LOST_MS = 300
/** What the saver waits after a key; the rest of the time is the disk's. */
const DELAY_MS = 150
/** Writers at the same time: starting one costs more than its typing. */
const AT_ONCE = 3

type State = { id: string; threadId: string | null; html: string }[]
type Key = { draft: number; count: number; at: number }
type Run = { state: State; keys: Key[]; killedAt: number; longestSave: number }

/** Starts a writer, lets it type so many keys, and kills it. */
async function runUntilKilled(dataDir: string, seed: number, kills: number): Promise<Run> {
  const child = spawn(process.execPath, [WRITER, dataDir, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const run: Run = { state: [], keys: [], killedAt: 0, longestSave: 0 }
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, ...rest] = line.split(' ')
    if (what === 'state') run.state = JSON.parse(line.slice(6)) as State
    if (what === 'save') run.longestSave = Math.max(run.longestSave, Number(rest[0]))
    if (what === 'key') {
      const [draft = 0, count = 0, at = 0] = rest.map(Number)
      run.keys.push({ draft, count, at })
    }
    if (run.keys.length >= kills && run.killedAt === 0) {
      run.killedAt = Date.now()
      child.kill('SIGKILL')
    }
  }
  if (run.killedAt === 0) throw new Error('the writer ended by itself')
  return run
}

/** Compares what is there after a kill with what had been typed: the same drafts in the same threads, each with its own text. */
function compare(before: Run, after: State, where: string): number {
  expect(
    after.map(({ id, threadId }) => ({ id, threadId })),
    where,
  ).toEqual(before.state.map(({ id, threadId }) => ({ id, threadId })))
  // A disk that takes longer for one save is not what is tested.
  const allowed = Math.max(LOST_MS, DELAY_MS + 2 * before.longestSave)
  let lost = 0
  after.forEach(({ html }, draft) => {
    const letter = 'abc'[draft]!
    expect(html, `${where}, draft ${draft}`).toMatch(new RegExp(`^(<p>${letter}*</p>)?$`))
    const saved = html.replace(/<\/?p>/g, '').length
    const own = before.keys.filter((key) => key.draft === draft)
    const first = before.state[draft]!.html.replace(/<\/?p>/g, '').length
    expect(saved, `${where}, draft ${draft}: nothing is there that was not typed`).toBeLessThanOrEqual(
      own.at(-1)?.count ?? first,
    )
    expect(saved, `${where}, draft ${draft}: nothing saved before is gone`).toBeGreaterThanOrEqual(first)
    const missing = own.find(({ count }) => count > saved)
    if (missing) lost = Math.max(lost, before.killedAt - missing.at)
  })
  expect(lost, `${where}: ms of typing that were lost`).toBeLessThanOrEqual(allowed)
  return lost
}

/**
 * What must be shown 3: the application is killed at `times` random keys while it writes three drafts. At most the last
 * 300 ms of typing are lost, never a draft, and none stands in another thread.
 */
export async function killedWhileWriting(times: number, seed: number): Promise<void> {
  let left = times
  let most = 0
  const work = async (lane: number): Promise<void> => {
    const random = seeded(seed + lane)
    const dataDir = mkdtempSync(join(tmpdir(), 'anteroom-writing-'))
    try {
      let before: Run | null = null
      while (left > 0 || before) {
        // The last start only looks at what the kill before left.
        const isLast = left <= 0
        if (!isLast) left -= 1
        const own = random.int(1, 1_000_000)
        const run = await runUntilKilled(dataDir, own, isLast ? 1 : random.int(1, 90))
        if (before) most = Math.max(most, compare(before, run.state, `seed ${seed}, lane ${lane}`))
        before = isLast ? null : run
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, times) }, (_, lane) => work(lane)))
  console.log(`Killed ${times} times while writing: at most ${most} ms of typing were lost (seed ${seed}).`)
}
