import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ListWindow, type Answer } from '@/features/views/list-window.ts'

type Row = { key: string }

/** A list that changes, paged by keyset as the engine does: the cursor is the last row's number. */
class Source {
  numbers: number[]
  asked: (string | undefined)[] = []
  /** Called before each answer, to change the list under a running call. */
  before: () => void = () => {}

  constructor(length: number) {
    this.numbers = Array.from({ length }, (_, index) => index * 10)
  }

  readonly fetch = async (cursor: string | undefined, limit: number): Promise<Answer<Row, string>> => {
    this.asked.push(cursor)
    this.before()
    const after = cursor === undefined ? -Infinity : Number(cursor)
    const left = this.numbers.filter((number) => number > after)
    const rows = left.slice(0, limit).map((number) => ({ key: String(number) }))
    await Promise.resolve()
    return { rows, nextCursor: left.length > limit ? (rows.at(-1)?.key ?? null) : null, extra: 'said' }
  }

  get keys(): string[] {
    return this.numbers.map(String)
  }
}

const settled = async () => {
  for (let turn = 0; turn < 400; turn += 1) await Promise.resolve()
}
const keysOf = (list: ListWindow<Row, string>) => list.rows.value.map(({ key }) => key)

describe('the window over a list', () => {
  it('asks for what is in sight and a little more, not for all', async () => {
    const source = new Source(1_000)
    const list = new ListWindow(source.fetch)
    list.reset()
    await settled()
    expect(keysOf(list)).toEqual(source.keys.slice(0, 150))
    list.look(100, 120)
    await settled()
    expect(list.rows.value.length).toBe(250)
    expect(list.atStart.value).toBe(true)
    expect(list.atEnd.value).toBe(false)
  })

  it('lets go of the beginning and brings it back', async () => {
    const source = new Source(20_000)
    const list = new ListWindow(source.fetch)
    list.reset()
    await settled()
    for (let turn = 0; turn < 80; turn += 1) {
      list.look(list.rows.value.length - 10, list.rows.value.length - 1)
      await settled()
    }
    expect(list.atStart.value).toBe(false)
    expect(list.rows.value.length).toBeLessThanOrEqual(4_000)
    for (let turn = 0; turn < 200 && !list.atStart.value; turn += 1) {
      list.look(0, 10)
      await settled()
    }
    expect(keysOf(list).slice(0, 500)).toEqual(source.keys.slice(0, 500))
  })

  it('asks again for what is in sight when something changed, and for the rest when it comes into sight', async () => {
    const source = new Source(1_000)
    const list = new ListWindow(source.fetch)
    list.reset()
    await settled()
    for (const last of [120, 220, 320]) {
      list.look(last - 10, last)
      await settled()
    }
    list.look(0, 10)
    source.asked = []
    source.numbers = [-5, ...source.numbers]
    list.touch()
    await settled()
    expect(source.asked).toEqual([undefined, '480'])
    expect(keysOf(list).slice(0, 149)).toEqual(source.keys.slice(0, 149))
    list.look(200, 220)
    await settled()
    list.look(300, 320)
    await settled()
    expect(keysOf(list).slice(0, 320)).toEqual(source.keys.slice(0, 320))
  })

  it('shows a row once that moved up from a page that was not asked again yet', async () => {
    let order = Array.from({ length: 400 }, (_, index) => `r${index}`)
    const list = new ListWindow<Row, string>(async (cursor, limit) => {
      const from = cursor === undefined ? 0 : order.indexOf(cursor) + 1
      const rows = order.slice(from, from + limit).map((key) => ({ key }))
      return { rows, nextCursor: from + limit < order.length ? (rows.at(-1)?.key ?? null) : null, extra: '' }
    })
    list.reset()
    await settled()
    for (const last of [120, 220]) {
      list.look(last - 10, last)
      await settled()
    }
    list.look(0, 10)
    order = ['r240', ...order.filter((key) => key !== 'r240')]
    list.touch()
    await settled()
    expect(keysOf(list)[0]).toBe('r240')
    expect(new Set(keysOf(list)).size).toBe(keysOf(list).length)
  })

  it('asks once more when something changes while it asks, and never loses that', async () => {
    const source = new Source(10)
    const list = new ListWindow(source.fetch)
    list.reset()
    await settled()
    let times = 0
    source.before = () => {
      times += 1
      if (times !== 1) return
      // The change comes after this answer was made up.
      void Promise.resolve().then(() => {
        source.numbers = [...source.numbers, 999]
        list.touch()
      })
    }
    list.touch()
    await settled()
    expect(keysOf(list)).toContain('999')
  })

  it('drops the answer for a list that is no longer shown', async () => {
    const answers: ((answer: Answer<Row, string>) => void)[] = []
    const list = new ListWindow<Row, string>(() => new Promise((resolve) => answers.push(resolve)))
    list.reset()
    list.reset()
    expect(answers.length).toBe(2)
    answers[1]?.({ rows: [{ key: 'new' }], nextCursor: null, extra: 'new' })
    await settled()
    answers[0]?.({ rows: [{ key: 'old' }], nextCursor: null, extra: 'old' })
    await settled()
    expect(keysOf(list)).toEqual(['new'])
    expect(list.extra.value).toBe('new')
  })

  it('says why it could not ask, and goes on when told to', async () => {
    const source = new Source(10)
    let broken = true
    const list = new ListWindow<Row, string>((cursor, limit) =>
      broken ? Promise.reject(new Error('no')) : source.fetch(cursor, limit),
    )
    list.reset()
    await settled()
    expect(list.failure.value).toEqual(new Error('no'))
    broken = false
    list.touch()
    await settled()
    expect(list.failure.value).toBeNull()
    expect(list.rows.value.length).toBe(10)
  })

  it('keeps the rows of a search until the next are there', async () => {
    const source = new Source(10)
    const list = new ListWindow(source.fetch)
    list.reset()
    await settled()
    list.reset(true)
    expect(list.rows.value.length).toBe(10)
    list.reset()
    expect(list.rows.value.length).toBe(0)
  })

  it('shows the list as it is, whatever comes and goes, once all of it was looked at', async () => {
    const change = fc.oneof(
      fc.record({ add: fc.integer({ min: -50, max: 9_000 }) }),
      fc.record({ remove: fc.nat(10_000) }),
      fc.record({ look: fc.nat(2_000) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 600 }),
        fc.array(change, { maxLength: 25 }),
        async (length, changes) => {
          const source = new Source(length)
          const list = new ListWindow(source.fetch)
          list.reset()
          await settled()
          for (const step of changes) {
            if ('look' in step) list.look(step.look, step.look + 12)
            else {
              source.numbers =
                'add' in step
                  ? [...new Set([...source.numbers, step.add])].sort((a, b) => a - b)
                  : source.numbers.filter((_, index) => index !== step.remove % (source.numbers.length || 1))
              list.touch()
            }
            await settled()
          }
          for (let at = 0; at <= source.numbers.length + 100; at += 40) {
            list.look(at, at + 12)
            await settled()
          }
          expect(keysOf(list)).toEqual(source.keys)
        },
      ),
      { numRuns: 40 },
    )
  })
})
