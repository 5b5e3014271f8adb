import type { Component } from 'vue'
import { CalendarClock, CalendarDays, MessageSquareReply, Sun } from '@lucide/vue'
import { t } from '@/i18n.ts'
import { fullTime } from '@/ui/time.ts'

/** When a day's work begins: the hour at which conversations come back. */
const MORNING = 8
const MONDAY = 1

/** Until a time in ms, until the contact answers, or when the user then says. */
export type SnoozeUntil = number | 'reply' | 'ask'

/** The morning of the next day. `now` in ms. */
export function tomorrow(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + 1)
  return day.setHours(MORNING, 0, 0, 0)
}

/** The morning of the next Monday. `now` in ms. */
export function nextWeek(now: number): number {
  const day = new Date(now)
  day.setDate(day.getDate() + ((MONDAY + 7 - day.getDay()) % 7 || 7))
  return day.setHours(MORNING, 0, 0, 0)
}

export type SnoozeChoice = {
  id: string
  label: string
  detail?: string
  icon: Component
  until: SnoozeUntil
}

/** What is offered, in order. */
export function snoozeChoices(now = Date.now()): SnoozeChoice[] {
  const [next, monday] = [tomorrow(now), nextWeek(now)]
  return [
    { id: 'tomorrow', label: t('list.snooze.tomorrow'), detail: fullTime(next), icon: Sun, until: next },
    {
      id: 'week',
      label: t('list.snooze.nextWeek'),
      detail: fullTime(monday),
      icon: CalendarDays,
      until: monday,
    },
    { id: 'reply', label: t('list.snooze.reply'), icon: MessageSquareReply, until: 'reply' },
    { id: 'ask', label: t('list.snooze.ask'), icon: CalendarClock, until: 'ask' },
  ]
}
