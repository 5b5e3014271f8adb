import {
  Combine,
  Flag,
  Mail,
  MessageSquare,
  MessageSquareX,
  Send,
  Split,
  Tag,
  Undo2,
  Ungroup,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { HistoryEntry } from '@contract/history.ts'
import { t } from '@/i18n.ts'
import { eventIcons } from '@/shell/event-icons.ts'
import { useOrganisingStore } from '@/stores/organising.ts'
import { useSessionStore } from '@/stores/session.ts'
import { fullTime } from '@/ui/time.ts'

export const entryIcons: Record<HistoryEntry['kind'], Component> = {
  ...eventIcons,
  merged_here: Combine,
  taken_apart_here: Ungroup,
  split: Split,
  split_off: Split,
  put_back: Undo2,
  tagged: Tag,
  untagged: Tag,
  prioritised: Flag,
  commented: MessageSquare,
  comment_removed: MessageSquareX,
  mail_in: Mail,
  mail_out: Send,
}

/** Kinds whose words hold their text themselves. */
const WITH_TEXT: readonly HistoryEntry['kind'][] = [
  'merged',
  'merged_here',
  'taken_apart_here',
  'split',
  'split_off',
  'commented',
  'mail_in',
  'mail_out',
  'put_back',
]

/** What an entry tells, in words. */
export function entryWords(entry: HistoryEntry): string {
  const session = useSessionStore()
  const person = (id: string): string => session.user(id)?.name ?? t('thread.someone')
  const actor = entry.actorId === null ? t('grouping.history.engine') : person(entry.actorId)
  const text = entry.text || t('thread.noSubject')
  const took = entry.kind === 'assigned' && entry.assigneeId !== null && entry.assigneeId === entry.actorId
  const key = took ? 'took' : entry.kind
  const words = t(`grouping.history.entry.${key}`, { actor, name: nameIn(entry, person), text })
  if (entry.text === '' || WITH_TEXT.includes(entry.kind)) return words
  return t('grouping.history.about', { words, text })
}

function nameIn(entry: HistoryEntry, person: (id: string) => string): string {
  const session = useSessionStore()
  if (entry.from) return entry.from.name || entry.from.address
  if (entry.assigneeId !== null) return person(entry.assigneeId)
  if (entry.teamId !== null) return session.team(entry.teamId)?.name ?? t('thread.someTeam')
  if (entry.inboxId !== null) return session.inbox(entry.inboxId)?.name ?? t('thread.someInbox')
  if (entry.tagId !== null) return useOrganisingStore().tag(entry.tagId)?.name ?? '?'
  if (entry.priority !== null) return t(`organising.priority.name.${entry.priority}`)
  return entry.until === null ? '' : fullTime(entry.until)
}
