import type { Mailbox } from '@contract/common.ts'
import { clock } from '@/ui/time.ts'

/** The name of a mailbox, or its address where it has none. */
export const nameOf = (mailbox: Mailbox): string => mailbox.name.trim() || mailbox.address

/** A mailbox with its address, always. */
export const fullOf = (mailbox: Mailbox): string =>
  mailbox.name.trim() ? `${mailbox.name.trim()} <${mailbox.address}>` : mailbox.address

/** The first names of a list of people and how many more there are. */
export const shortPeople = (mailboxes: readonly Mailbox[], shown = 3): { names: string; more: number } => ({
  names: mailboxes.slice(0, shown).map(nameOf).join(', '),
  more: Math.max(0, mailboxes.length - shown),
})

/** When a message was written, as its head shows it: the time today, day and time otherwise. `at` in ms. */
export const messageTime = (at: number, now = Date.now(), locale?: string): string => {
  const then = new Date(at)
  if (then.toDateString() === new Date(now).toDateString())
    return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(then)
  const sameYear = then.getFullYear() === new Date(now).getFullYear()
  return new Intl.DateTimeFormat(locale, {
    ...(sameYear ? { weekday: 'short' } : { year: 'numeric' }),
    day: 'numeric',
    month: 'short',
    ...clock(locale),
  }).format(then)
}
