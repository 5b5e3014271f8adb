import type { Component } from 'vue'
import { useI18n } from 'vue-i18n'
import {
  AtSign,
  CirclePlus,
  Combine,
  Link,
  Mail,
  MessageSquare,
  Pencil,
  Phone,
  ReceiptText,
  RotateCcw,
  Send,
  SquareCheck,
  StickyNote,
  Ticket,
  Trash2,
} from '@lucide/vue'
import type { RecordEntryView } from '@contract/activities.ts'
import { eventIcons } from '@/shell/event-icons.ts'
import { useSessionStore } from '@/stores/session.ts'

const ICONS: Record<string, Component> = {
  ...eventIcons,
  email_in: Mail,
  email_out: Send,
  comment: MessageSquare,
  note: StickyNote,
  call: Phone,
  task: SquareCheck,
  task_done: SquareCheck,
  ticket_created: Ticket,
  ticket_status: Ticket,
  quote_draft: ReceiptText,
  quote_sent: ReceiptText,
  quote_accepted: ReceiptText,
  quote_declined: ReceiptText,
  created: CirclePlus,
  removed: Trash2,
  restored: RotateCcw,
  unmerged: Combine,
  address_added: AtSign,
  address_removed: AtSign,
  associated: Link,
  disassociated: Link,
}

export const iconOf = ({ kind }: RecordEntryView): Component => ICONS[kind] ?? Pencil

/** An entry in words. Call in a component. */
export function useEntryWords() {
  const { t, te } = useI18n()
  const session = useSessionStore()
  const said = (key: string, text: string) => (te(key) ? t(key) : text)

  return {
    /** Who did what: "Ada Agent closed". */
    whatOf(entry: RecordEntryView): string {
      const key = `timeline.entry.${entry.kind}`
      const actor = session.user(entry.actorId)?.name ?? t('timeline.someone')
      return entry.actorId === null ? said(`${key}Alone`, entry.kind) : t(key, { actor })
    },
    /** The field by its name, where it is not a company's own. */
    titleOf: ({ kind, title }: RecordEntryView): string =>
      kind === 'field_changed' ? said(`records.property.${title}`, title) : title,
    /** What the engine writes as a word of its own. */
    detailOf({ kind, title, detail }: RecordEntryView): string {
      if (kind === 'ticket_status') return said(`ticket.status.${detail}`, detail)
      if (kind === 'call') return said(`timeline.outcome.${detail}`, detail)
      return kind === 'field_changed' ? said(`records.option.${title}.${detail}`, detail) : detail
    },
  }
}
