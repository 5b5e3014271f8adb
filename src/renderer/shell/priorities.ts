import { ChevronDown, ChevronsUp, ChevronUp, Equal } from '@lucide/vue'
import type { Component } from 'vue'
import type { TicketPriority } from '@contract/admin.ts'

/** The priorities of conversations and tickets, the most urgent first, with the sign of each. */
export const PRIORITIES: readonly { id: TicketPriority; icon: Component; tone: string }[] = [
  { id: 'urgent', icon: ChevronsUp, tone: 'text-danger' },
  { id: 'high', icon: ChevronUp, tone: 'text-warn' },
  { id: 'medium', icon: Equal, tone: 'text-ink-3' },
  { id: 'low', icon: ChevronDown, tone: 'text-ink-3' },
]

/** What a row or a head marks; nothing for medium, which most are. */
export const markOfPriority = (priority: TicketPriority) =>
  priority === 'medium' ? null : (PRIORITIES.find(({ id }) => id === priority) ?? null)
