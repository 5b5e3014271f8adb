import type { Component } from 'vue'
import { CalendarClock, CalendarDays, MessageSquareReply, Sun } from '@lucide/vue'
import { t } from '@/i18n.ts'
import { fullTime } from '@/ui/time.ts'
import { atHour, daysToMonday } from '@/ui/wall-clock.ts'

/** When a day's work begins: the hour at which conversations come back. */
const MORNING = 8

/** Until a time in ms, until the contact answers, or when the user then says. */
export type SnoozeUntil = number | 'reply' | 'ask'

/** The morning of the next day. `now` in ms. */
export const tomorrow = (now: number): number => atHour(now, 1, MORNING)

/** The morning of the next Monday. `now` in ms. */
export const nextWeek = (now: number): number => atHour(now, daysToMonday(now), MORNING)

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
    // On a Sunday next week begins tomorrow.
    ...(monday === next
      ? []
      : [
          {
            id: 'week',
            label: t('list.snooze.nextWeek'),
            detail: fullTime(monday),
            icon: CalendarDays,
            until: monday,
          },
        ]),
    { id: 'reply', label: t('list.snooze.reply'), icon: MessageSquareReply, until: 'reply' },
    { id: 'ask', label: t('list.snooze.ask'), icon: CalendarClock, until: 'ask' },
  ]
}
