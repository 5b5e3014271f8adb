import {
  AlarmClock,
  AtSign,
  CircleCheck,
  CircleDashed,
  CircleUser,
  Hourglass,
  Inbox,
  Mails,
  OctagonAlert,
  PenLine,
  Send,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { ViewKey } from '@contract/threads.ts'
import { t } from '@/i18n.ts'
import { useSessionStore } from '@/stores/session.ts'

const NAMED = ['unassigned', 'mine', 'mentions', 'open', 'snoozed', 'closed', 'sent', 'drafts', 'spam', 'outbox'] as const
export type NamedView = (typeof NAMED)[number]

const ICONS: Record<NamedView, Component> = {
  unassigned: CircleDashed,
  mine: CircleUser,
  mentions: AtSign,
  open: Mails,
  snoozed: AlarmClock,
  closed: CircleCheck,
  sent: Send,
  drafts: PenLine,
  spam: OctagonAlert,
  outbox: Hourglass,
}

export const namedViews = NAMED

export const isNamed = (view: string): view is NamedView => (NAMED as readonly string[]).includes(view)

/** The id of the inbox that a view is, or null. */
export const inboxOf = (view: string): string | null =>
  view.startsWith('inbox-') ? view.slice('inbox-'.length) : null

/** The view as a user reads it; an inbox by its own name. */
export function viewName(view: ViewKey): string {
  if (isNamed(view)) return t(`views.name.${view}`)
  return useSessionStore().inbox(inboxOf(view))?.name ?? t('views.unknownInbox')
}

export const viewIcon = (view: ViewKey): Component => (isNamed(view) ? ICONS[view] : Inbox)

/** Whether its rows are conversations that can be assigned and closed, rather than single mails. */
export const holdsThreads = (view: ViewKey): boolean => !['sent', 'drafts', 'mentions', 'outbox'].includes(view)
