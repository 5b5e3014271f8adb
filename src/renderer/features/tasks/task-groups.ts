import type { TaskView } from '@contract/activities.ts'
import { atHour, daysToMonday } from '@/ui/wall-clock.ts'

/** In the order in which they are shown. */
export const GROUPS = ['overdue', 'today', 'week', 'later', 'none'] as const
export type TaskGroup = (typeof GROUPS)[number]

/**
 * When something is due, as people say it, in one's own time zone: before now, until midnight, until the end of Sunday,
 * after that. Times in ms since the epoch; null for no date.
 */
export function groupOf(dueAt: number | null, nowMs: number): TaskGroup {
  if (dueAt === null) return 'none'
  if (dueAt < nowMs) return 'overdue'
  if (dueAt < atHour(nowMs, 1, 0)) return 'today'
  return dueAt < atHour(nowMs, daysToMonday(nowMs), 0) ? 'week' : 'later'
}

/** The groups that have tasks, in order; the order within each stays. */
export function grouped(
  tasks: readonly TaskView[],
  nowMs: number,
): { group: TaskGroup; tasks: TaskView[] }[] {
  return GROUPS.map((group) => ({
    group,
    tasks: tasks.filter(({ dueAt }) => groupOf(dueAt, nowMs) === group),
  })).filter((each) => each.tasks.length > 0)
}

/** How many are overdue or due today. */
export const dueCount = (tasks: readonly TaskView[], nowMs: number): number =>
  tasks.filter(({ dueAt }) => ['overdue', 'today'].includes(groupOf(dueAt, nowMs))).length
