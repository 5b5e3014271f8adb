import { associations } from './associations.ts'
import { calls } from './calls.ts'
import { changes } from './changes.ts'
import { comments } from './comments.ts'
import { conversationHistory } from './conversation-history.ts'
import { mail } from './mail.ts'
import { notes } from './notes.ts'
import { quotes } from './quotes.ts'
import type { TimelineSource } from './source.ts'
import { tasks, tasksDone } from './tasks.ts'
import { ticketsCreated, ticketStatus } from './tickets.ts'

/** What timelines are made of. Of entries of the same moment the earlier in this list comes first (is the newer one). */
export const TIMELINE_SOURCES: readonly TimelineSource[] = [
  changes,
  associations,
  conversationHistory,
  quotes,
  ticketStatus,
  ticketsCreated,
  tasksDone,
  tasks,
  calls,
  notes,
  comments,
  mail,
]
