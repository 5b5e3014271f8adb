import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createCommentDraft,
  knownComment,
  unsavedComment,
  type DraftStorage,
} from '@/features/thread/comment-draft.ts'

let kept: Map<string, string>
let storage: DraftStorage
let engine: string[]
let refuse: boolean
let troubled: boolean
let draft: ReturnType<typeof createCommentDraft>
let serial = 0

beforeEach(() => {
  vi.useFakeTimers()
  kept = new Map()
  storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
  engine = []
  refuse = false
  troubled = false
  serial += 1
  draft = createCommentDraft({
    storage,
    key: `k${serial}`,
    save: async (text) => {
      await Promise.resolve()
      if (refuse) throw new Error('no connection')
      engine.push(text)
    },
    onTrouble: (now) => (troubled = now),
  })
})
afterEach(() => void vi.useRealTimers())
const key = () => `k${serial}`

describe('a comment that is being written', () => {
  it('is in the page at once, and in the engine within 150 ms of the first key however fast others follow', async () => {
    for (const text of ['a', 'ab', 'abc', 'abcd']) {
      draft.change(text)
      expect(unsavedComment(storage, key())).toBe(text)
      await vi.advanceTimersByTimeAsync(50)
    }
    expect(engine).toEqual(['abc'])
    await vi.advanceTimersByTimeAsync(150)
    expect(engine).toEqual(['abc', 'abcd'])
    expect(unsavedComment(storage, key())).toBeNull()
    expect(knownComment(storage, key())).toBe('abcd')
  })

  it('stays in the page while the engine is away, and goes to it when it is back', async () => {
    refuse = true
    draft.change('half')
    await vi.advanceTimersByTimeAsync(5_000)
    expect([engine, unsavedComment(storage, key()), troubled]).toEqual([[], 'half', false])
    refuse = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect([engine, unsavedComment(storage, key())]).toEqual([['half'], null])
  })

  it('says so where neither can keep it', async () => {
    refuse = true
    storage.setItem = () => {
      throw new Error('full')
    }
    draft.change('half')
    await vi.advanceTimersByTimeAsync(200)
    expect(troubled).toBe(true)
    refuse = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect([engine, troubled]).toEqual([['half'], false])
  })

  it('is saved when its box goes away, and forgotten when it was posted', async () => {
    draft.change('half')
    draft.dispose()
    await vi.advanceTimersByTimeAsync(0)
    expect(engine).toEqual(['half'])
    draft.change('whole')
    draft.forget()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(engine).toEqual(['half'])
    expect(knownComment(storage, key())).toBe('')
  })
})
