import { existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBackups } from '../../src/main/engine/store/backups.ts'
import { Store } from '../../src/main/engine/store/store.ts'
import { EngineStartError } from '../../src/main/engine/types.ts'
import { startTestEngine } from '../support/engine.ts'
import { until } from '../support/ports.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'anteroom-engine-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const create = { name: 'Acme', userName: 'Ada', userEmail: 'ada@acme.test', inboxName: 'Support' }

describe('an engine', () => {
  test('closes soon, more than once without harm, and comes back with what it knew', async () => {
    const first = await startTestEngine({ dataDir })
    await first.client.workspace.create(create)
    const { rev } = await first.client.workspace.get({})
    const start = performance.now()
    await Promise.all([first.engine.close(), first.engine.close()])
    expect(performance.now() - start).toBeLessThan(4000)
    await first.stop()
    const second = await startTestEngine({ dataDir })
    expect(await second.client.workspace.get({})).toMatchObject({
      name: 'Acme',
      rev,
      users: [{ name: 'Ada' }],
    })
    await second.stop()
  })

  test('a second one on the same data is refused, and the first goes on', async () => {
    const first = await startTestEngine({ dataDir })
    await expect(startTestEngine({ dataDir })).rejects.toThrow(EngineStartError)
    await first.client.workspace.create(create)
    expect((await first.client.workspace.get({})).name).toBe('Acme')
    await first.stop()
  })

  test('a call after its end is an error, not a crash', async () => {
    const engine = await startTestEngine({ dataDir })
    await engine.client.workspace.create(create)
    await engine.engine.close()
    await expect(engine.client.threads.counts({})).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    await engine.stop()
  })

  test('what goes wrong inside reaches the log with a reference, the client without details', async () => {
    const lines: string[] = []
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })
    const engine = await startTestEngine({ dataDir, log })
    await engine.client.workspace.create(create)
    await engine.engine.close()
    const error = await engine.client.threads.counts({}).catch((caught: Error) => caught)
    const reference = /reference ([0-9a-f]{8})/.exec((error as Error).message)?.[1]
    expect((error as Error).message).not.toMatch(/database|\.ts|at /)
    expect(lines.join('')).toContain(reference)
    expect(lines.join('')).toMatch(/database connection is not open/)
    await engine.stop()
  })
})

describe('the daily copy', () => {
  const DAY = 24 * 60 * 60 * 1000

  test('is made when the last is a day old and nothing was written for a while', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const log = pino({ level: 'silent' })
    const clock = { at: Date.now(), now: () => clock.at }
    const store = new Store({ dataDir, log, clock })
    const backups = createBackups({ store, dataDir, log, clock })
    const copy = join(dataDir, 'anteroom.backup.db')
    const backup = vi.spyOn(store, 'backup')
    try {
      backups.start()
      const commit = () => store.write((write) => write.changed('workspace', 'workspace'))
      vi.advanceTimersByTime(60_000)
      expect(backup, 'of an empty database').not.toHaveBeenCalled()
      commit()
      vi.advanceTimersByTime(60_000)
      expect(backup, 'right after a commit').not.toHaveBeenCalled()
      clock.at += 31_000
      vi.advanceTimersByTime(60_000)
      await until('the copy', () => existsSync(copy))
      await backup.mock.results[0]!.value
      clock.at += DAY / 2
      vi.advanceTimersByTime(60_000)
      expect(backup).toHaveBeenCalledTimes(1)
      utimesSync(copy, new Date(clock.at - 2 * DAY), new Date(clock.at - 2 * DAY))
      commit()
      vi.advanceTimersByTime(60_000)
      expect(backup, 'although something was just written').toHaveBeenCalledTimes(2)
      await backup.mock.results[1]!.value
    } finally {
      vi.useRealTimers()
      backups.stop()
      store.close()
    }
  })
})
