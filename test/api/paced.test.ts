import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Paced } from '../../src/main/engine/api/paced.ts'

/** Has the process for itself that long, in ms. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('whoever asks gets all that was there before, however many ask and whatever else happens', async () => {
  const commitOrAsk = fc.array(fc.record({ commits: fc.nat(2), pauseMs: fc.nat(3), askers: fc.nat(3) }), {
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(commitOrAsk, fc.nat(3), async (rounds, dear) => {
      const paced = new Paced<number>()
      let committed = 0
      const make = function* () {
        const seen = committed
        for (let n = 0; n < 3; n += 1) {
          work(dear * 3)
          yield
        }
        return seen
      }
      const asked: Promise<void>[] = []
      for (const { commits, pauseMs, askers } of rounds) {
        committed += commits
        const least = committed
        for (let n = 0; n < askers; n += 1)
          asked.push(paced.ask('me', make).then((told) => expect(told).toBeGreaterThanOrEqual(least)))
        await wait(pauseMs)
      }
      committed += 1
      expect(await paced.ask('me', make)).toBe(committed)
      await Promise.all(asked)
    }),
    { numRuns: 15 },
  )
})

test('many that ask while it is made share the next one', async () => {
  const paced = new Paced<number>()
  let made = 0
  const make = function* () {
    made += 1
    yield
    return made
  }
  const first = paced.ask('me', make)
  await first
  const others = await Promise.all(Array.from({ length: 50 }, () => paced.ask('me', make)))
  expect(new Set(others)).toEqual(new Set([2]))
  expect(made).toBe(2)
})

test('dear work leaves most of the time to others, within itself and after it', async () => {
  const paced = new Paced<void>()
  let turns = 0
  const make = function* () {
    for (let n = 0; n < 5; n += 1) {
      work(10)
      yield
    }
  }
  const began = performance.now()
  const first = paced.ask('me', make)
  let isMade = false
  void first.then(() => (isMade = true))
  while (!isMade) {
    await new Promise((resolve) => setImmediate(resolve))
    turns += 1
  }
  expect(turns).toBeGreaterThanOrEqual(5)
  await paced.ask('me', make)
  // Twice 50 ms of work, and the rest of 200 ms between.
  expect(performance.now() - began).toBeGreaterThan(290)
})

test('each key has its own turn, and a failure is told and holds up nobody', async () => {
  const paced = new Paced<string>()
  const dear = paced.ask('me', function* () {
    work(200)
    yield
    return 'mine'
  })
  await dear
  const before = performance.now()
  expect(
    await paced.ask('you', function* () {
      return 'yours'
    }),
  ).toBe('yours')
  expect(performance.now() - before).toBeLessThan(400)
  const failing = function* (): Generator<void, string> {
    yield
    throw new Error('no')
  }
  await expect(paced.ask('them', failing)).rejects.toThrow('no')
  await expect(paced.ask('them', failing)).rejects.toThrow('no')
})
