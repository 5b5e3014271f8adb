import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ThreadCondition, ThreadViewView } from '@contract/organising.ts'
import type { ViewKey } from '@contract/threads.ts'
import { conditionOf, CONDITIONS, draftOf, hasValue, isValid } from '@/features/views/condition-words.ts'
import { settingsOf } from '@/features/views/view-settings.ts'

beforeEach(() => setActivePinia(createPinia()))

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const me = id(1) as never
const own = (match: 'all' | 'any', conditions: ThreadCondition[]): ThreadViewView => ({
  id: id(9) as never,
  name: 'V',
  ownerId: null,
  settings: { status: 'any', match, conditions },
})
const asked = (view: string, filter = {}, made: ThreadViewView | null = null) =>
  settingsOf(view as ViewKey, filter, me, made)
const unread: ThreadCondition = { on: 'unread', not: false }
const files: ThreadCondition = { on: 'attachment', not: false }

describe('what a list shows, as a view', () => {
  it('of the named views, an inbox and a tag, with the filter', () => {
    expect(asked('unassigned', { unread: true })).toEqual({
      status: 'open',
      match: 'all',
      conditions: [{ on: 'assignee', not: false, assignee: 'nobody' }, unread],
    })
    expect(asked('closed')).toEqual({ status: 'closed', match: 'all', conditions: [] })
    expect(asked(`inbox-${id(2)}`)?.conditions).toEqual([{ on: 'inbox', not: false, inboxId: id(2) }])
    expect(asked(`tag-${id(3)}`, { assigneeId: me, teamId: null, priority: 'high' })?.conditions).toEqual([
      { on: 'tag', not: false, tagId: id(3) },
      { on: 'assignee', not: false, assignee: 'me' },
      { on: 'team', not: false, team: 'none' },
      { on: 'priority', not: false, priority: 'high' },
    ])
    for (const view of ['sent', 'drafts', 'outbox', 'mentions', 'spam']) expect(asked(view)).toBeNull()
  })

  it('of a view that somebody made; its alternatives go with no filter', () => {
    const all = own('all', [unread])
    expect(asked(`view-${id(9)}`, { hasAttachment: true }, all)).toEqual({
      status: 'any',
      match: 'all',
      conditions: [unread, files],
    })
    const any = own('any', [unread, files])
    expect(asked(`view-${id(9)}`, {}, any)).toEqual(any.settings)
    expect(asked(`view-${id(9)}`, { unread: true }, any)).toBeNull()
    expect(asked(`view-${id(9)}`, {}, null)).toBeNull()
  })
})

describe('a condition that is written', () => {
  it('comes back as it was', () => {
    const values = { on: 'older', not: true, days: 30 } as ThreadCondition
    expect(conditionOf(draftOf(values, 1))).toEqual(values)
    const sender = { on: 'sender', not: false, address: 'a@x.test' } as ThreadCondition
    expect(conditionOf(draftOf(sender, 1))).toEqual(sender)
    expect(conditionOf(draftOf(unread, 1))).toEqual(unread)
  })

  it('is not right without its value', () => {
    for (const on of CONDITIONS)
      expect([on, isValid({ key: 1, on, not: false, value: ' ' })]).toEqual([on, !hasValue(on)])
    expect(isValid({ key: 1, on: 'older', not: false, value: '0' })).toBe(false)
    expect(isValid({ key: 1, on: 'newer', not: false, value: '14' })).toBe(true)
  })
})
