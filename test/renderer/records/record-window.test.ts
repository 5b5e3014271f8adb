import { describe, expect, it } from 'vitest'
import { PAGE, RecordWindow } from '@/features/records/list/record-window.ts'

type Row = { ref: { id: string } }

/** An engine with a sorted list of ids, paged by keyset: the cursor is the id before. */
function engineOf(ids: string[]) {
  const calls: (string | undefined)[] = []
  const gates: (() => void)[] = []
  const state = { ids, gated: false, failing: false }
  const list = new RecordWindow<Row, { count: number }>(async (cursor, limit) => {
    calls.push(cursor)
    if (state.failing) throw new Error('no')
    const rows = state.ids.filter((id) => cursor === undefined || id > cursor).slice(0, limit)
    const last = rows.at(-1)
    const answer = {
      rows: rows.map((id) => ({ ref: { id } })),
      nextCursor: last !== undefined && last !== state.ids.at(-1) ? last : null,
      extra: { count: state.ids.length },
    }
    // Held after it was read: a late answer is an old answer.
    if (state.gated) await new Promise<void>((go) => gates.push(go))
    return answer
  })
  return { list, calls, gates, state }
}
const idOf = (index: number) => String(index).padStart(6, '0')
const many = (count: number) => Array.from({ length: count }, (_, index) => idOf(index))
const settled = () => new Promise((go) => setTimeout(go))

describe('a window over a list of records', () => {
  it('fetches the beginning, and further pages only as they come near', async () => {
    const { list, calls } = engineOf(many(1_000))
    list.reset(false)
    await settled()
    expect(calls).toEqual([undefined, idOf(PAGE - 1)])
    expect(list.length.value).toBe(2 * PAGE)
    expect(list.extra.value).toEqual({ count: 1_000 })
    list.look(150, 170)
    await settled()
    expect(list.length.value).toBe(3 * PAGE)
    expect(list.at(250)?.ref.id).toBe(idOf(250))
  })

  it('keeps every index while far pages are let go, and brings them back', async () => {
    const { list } = engineOf(many(10_000))
    list.reset(false)
    for (let at = 0; at < 9_950; at = Math.min(9_950, list.length.value - 1)) {
      list.look(at, at + 30)
      await settled()
      if (list.atEnd.value) break
    }
    expect(list.length.value).toBe(10_000)
    expect(list.at(9_999)?.ref.id).toBe(idOf(9_999))
    expect(list.at(5)).toBeUndefined()
    list.look(0, 30)
    await settled()
    expect(list.at(5)?.ref.id).toBe(idOf(5))
    expect(list.length.value).toBe(10_000)
  })

  it('asks again for what is in sight after a change, and joins the pages anew', async () => {
    const engine = engineOf(many(250))
    const { list } = engine
    list.reset(false)
    await settled()
    list.look(150, 180)
    await settled()
    engine.state.ids = engine.state.ids.filter((id) => id !== idOf(3))
    list.touch()
    await settled()
    expect(list.indexOf(idOf(100))).toBe(99)
    const all = list.slice(0, list.length.value - 1).map((row) => row?.ref.id)
    expect(new Set(all).size).toBe(all.length)
    expect(list.length.value).toBe(249)
  })

  it('drops the answer for a list that is no longer shown', async () => {
    const engine = engineOf(many(10))
    const { list, gates } = engine
    engine.state.gated = true
    list.reset(false)
    await settled()
    engine.state.ids = ['b']
    list.reset(false)
    await settled()
    gates[1]?.()
    await settled()
    gates[0]?.()
    await settled()
    expect(list.slice(0, 9).map((row) => row?.ref.id)).toEqual(['b'])
  })

  it('leaves the old rows until the new ones are there, when asked to', async () => {
    const engine = engineOf(['a'])
    const { list, gates } = engine
    list.reset(false)
    await settled()
    engine.state.ids = ['b']
    engine.state.gated = true
    list.reset(true)
    await settled()
    expect(list.at(0)?.ref.id).toBe('a')
    gates[0]?.()
    await settled()
    expect(list.at(0)?.ref.id).toBe('b')
  })

  it('says what failed, and goes on when it is asked again', async () => {
    const engine = engineOf(many(5))
    const { list } = engine
    engine.state.failing = true
    list.reset(false)
    await settled()
    expect(list.failure.value).toBeInstanceOf(Error)
    engine.state.failing = false
    list.touch()
    await settled()
    expect(list.failure.value).toBeNull()
    expect(list.length.value).toBe(5)
  })
})
