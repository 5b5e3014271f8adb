import { describe, expect, it } from 'vitest'
import type { ThreadItemView } from '@contract/threads.ts'
import { itemKey, openAtFirst, takeMessage, takeNewest, takeOlder } from '@/features/thread/thread-window.ts'

const body = { html: null, text: 'words', cut: false, hasRemoteContent: false }
const message = (id: number, more: object = {}) =>
  ({
    type: 'message',
    at: id,
    message: { id: `m${id}`, direction: 'in', seen: true, body: null, at: id, ...more },
  }) as unknown as ThreadItemView
const pending = (id: number) =>
  ({ type: 'pending', at: id, pending: { id: `p${id}` } }) as unknown as ThreadItemView
const keys = (window: { items: readonly ThreadItemView[] }) => window.items.map(itemKey)
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index))

describe('the window of a thread (fault 54)', () => {
  it('keeps older items while the newest window moves on', () => {
    const first = takeNewest(null, { items: range(51, 100), olderCursor: 'c51' })
    const older = takeOlder(first, { items: range(1, 50), olderCursor: null })
    const moved = takeNewest(older, { items: range(53, 102), olderCursor: 'c53' })
    expect(keys(moved)).toEqual(keys({ items: range(1, 102) }))
    expect(moved.olderCursor).toBeNull()
  })

  it('asks for what slid out of the window by the cursor that still fits', () => {
    const first = takeNewest(null, { items: range(51, 100), olderCursor: 'c51' })
    const moved = takeNewest(first, { items: range(52, 101), olderCursor: 'c52' })
    expect(keys(moved)[0]).toBe('message-m51')
    expect(moved.olderCursor).toBe('c51')
    const unmoved = takeNewest(first, { items: range(51, 100), olderCursor: 'c51b' })
    expect(unmoved.olderCursor).toBe('c51b')
  })

  it('begins anew rather than leaving a gap', () => {
    const first = takeNewest(null, { items: range(1, 50), olderCursor: 'c1' })
    const jumped = takeNewest(first, { items: range(80, 130), olderCursor: 'c80' })
    expect(keys(jumped)[0]).toBe('message-m80')
    expect(jumped.olderCursor).toBe('c80')
  })

  it('keeps a body that the engine no longer sends, and lets go of what left the outbox', () => {
    const first = takeNewest(null, {
      items: [message(1, { body, seen: false }), pending(2)],
      olderCursor: null,
    })
    const read = takeNewest(first, { items: [message(1), message(3)], olderCursor: null })
    expect(keys(read)).toEqual(['message-m1', 'message-m3'])
    expect(read.items[0]).toMatchObject({ message: { seen: true, body } })
    const shifted = takeNewest(takeNewest(null, { items: [...range(1, 3), pending(9)], olderCursor: 'c' }), {
      items: range(2, 4),
      olderCursor: 'd',
    })
    expect(keys(shifted)).toEqual(['message-m1', 'message-m2', 'message-m3', 'message-m4'])
  })

  it('shows no item twice when pages overlap', () => {
    const first = takeNewest(null, { items: range(5, 9), olderCursor: 'c' })
    expect(keys(takeOlder(first, { items: range(3, 6), olderCursor: null }))).toEqual(
      keys({ items: range(3, 9) }),
    )
  })

  it('replaces one message where it stands', () => {
    const first = takeNewest(null, { items: [message(1, { body }), message(2)], olderCursor: null })
    const replaced = takeMessage(first, { id: 'm1', remoteContentAllowed: true, body: null } as never)
    expect(replaced.items[0]).toMatchObject({ message: { remoteContentAllowed: true, body } })
    expect(replaced.items[1]).toBe(first.items[1])
  })

  it('opens what is new and the last message', () => {
    const items = [
      message(1),
      message(2, { seen: false, body }),
      message(3, { seen: false }),
      message(4, { direction: 'out' }),
    ]
    expect([...openAtFirst(items)]).toEqual(['m2', 'm4'])
    expect([...openAtFirst([])]).toEqual([])
  })
})
