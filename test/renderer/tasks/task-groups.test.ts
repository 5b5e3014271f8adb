import { describe, expect, it } from 'vitest'
import { dueCount, groupOf, grouped } from '../../../src/renderer/features/tasks/task-groups.ts'
import type { TaskView } from '../../../src/contract/activities.ts'

/** In the zone of whoever runs it. 2026-11-19 is a Thursday. */
const at = (day: number, hour = 0, minute = 0) => new Date(2026, 10, day, hour, minute).getTime()
const task = (title: string, dueAt: number | null): TaskView =>
  ({ id: title, title, dueAt }) as unknown as TaskView

describe('when a task is due, in words', () => {
  it.each([
    ['nothing is said', null, at(19, 10), 'none'],
    ['a minute ago', at(19, 9, 59), at(19, 10), 'overdue'],
    ['now', at(19, 10), at(19, 10), 'today'],
    ['before midnight', at(19, 23, 59), at(19, 10), 'today'],
    ['at midnight', at(20), at(19, 10), 'week'],
    ['on Sunday night', at(22, 23, 59), at(19, 10), 'week'],
    ['when Monday begins', at(23), at(19, 10), 'later'],
    ['on Monday, told on Sunday', at(23, 9), at(22, 10), 'later'],
    ['on Sunday, told on Monday', at(29, 9), at(23, 10), 'week'],
    ['a year from now', at(19 + 365), at(19, 10), 'later'],
  ] as const)('%s', (_, dueAt, now, group) => {
    expect(groupOf(dueAt, now)).toBe(group)
  })

  it('holds where a day has 25 hours', () => {
    // Everywhere at midnight, whatever daylight time does to the days between.
    const now = new Date(2026, 9, 24, 12).getTime()
    expect(groupOf(new Date(2026, 9, 24, 23, 59).getTime(), now)).toBe('today')
    expect(groupOf(new Date(2026, 9, 25, 23, 59).getTime(), now)).toBe('week')
    expect(groupOf(new Date(2026, 9, 26, 0, 0).getTime(), now)).toBe('later')
  })
})

describe('tasks in groups', () => {
  const tasks = [task('b', at(18)), task('a', at(19, 12)), task('c', at(19, 13)), task('d', null)]

  it('come in the order of the groups, each as it was ordered, without empty ones', () => {
    expect(
      grouped(tasks, at(19, 10)).map(({ group, tasks: those }) => [group, those.map(({ title }) => title)]),
    ).toEqual([
      ['overdue', ['b']],
      ['today', ['a', 'c']],
      ['none', ['d']],
    ])
  })

  it('count as due when they are overdue or of today', () => {
    expect(dueCount(tasks, at(19, 10))).toBe(3)
    expect(dueCount(tasks, at(17))).toBe(0)
  })
})
