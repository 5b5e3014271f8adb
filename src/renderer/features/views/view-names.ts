import {
  AlarmClock,
  AtSign,
  Bell,
  CircleCheck,
  CircleDashed,
  CircleUser,
  Hourglass,
  Inbox,
  ListFilter,
  Mails,
  OctagonAlert,
  PenLine,
  Send,
  Tag,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { ViewKey } from '@contract/threads.ts'
import { t } from '@/i18n.ts'
import { useOrganisingStore } from '@/stores/organising.ts'
import { useSessionStore } from '@/stores/session.ts'
import { inboxOf, ownOf, tagOf } from './view-keys.ts'

const NAMED = [
  'unassigned',
  'mine',
  'mentions',
  'following',
  'open',
  'snoozed',
  'closed',
  'sent',
  'drafts',
  'spam',
  'outbox',
] as const
export type NamedView = (typeof NAMED)[number]

const ICONS: Record<NamedView, Component> = {
  unassigned: CircleDashed,
  mine: CircleUser,
  mentions: AtSign,
  following: Bell,
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

/** The view as a user reads it; an inbox, a tag and what people made by its own name. */
export function viewName(view: ViewKey): string {
  if (isNamed(view)) return t(`views.name.${view}`)
  const [tagId, ownId] = [tagOf(view), ownOf(view)]
  if (tagId !== null) return useOrganisingStore().tag(tagId)?.name ?? t('views.unknownTag')
  if (ownId !== null) return useOrganisingStore().view(ownId)?.name ?? t('views.unknownView')
  return useSessionStore().inbox(inboxOf(view))?.name ?? t('views.unknownInbox')
}

export const viewIcon = (view: ViewKey): Component =>
  isNamed(view) ? ICONS[view] : tagOf(view) !== null ? Tag : ownOf(view) !== null ? ListFilter : Inbox

/** Whether its rows are conversations that can be assigned and closed, rather than single mails. */
export const holdsThreads = (view: ViewKey): boolean =>
  !['sent', 'drafts', 'mentions', 'outbox'].includes(view)
