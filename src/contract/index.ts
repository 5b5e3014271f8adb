import { activities } from './activities.ts'
import { domains, inboxSettings, refusedMail, teams, tickets } from './admin.ts'
import { channels } from './channels.ts'
import { drafts, outbox } from './composing.ts'
import { comments } from './comments.ts'
import { contacts } from './contacts.ts'
import { events } from './events.ts'
import { doctor, hosted, receiver } from './hosted.ts'
import { grouping } from './grouping.ts'
import { history } from './history.ts'
import { imports } from './importing.ts'
import { library } from './library.ts'
import { logging } from './logging.ts'
import { messages } from './messages.ts'
import { presence } from './presence.ts'
import { quotes } from './quotes.ts'
import { records, recordViews, undo } from './records.ts'
import { tags, threadViews } from './organising.ts'
import { search } from './search.ts'
import { passOn } from './pass-on.ts'
import { spam } from './spam.ts'
import { threads } from './threads.ts'
import { inboxes, users, workspace } from './workspace.ts'

/** The whole contract between the engine and its clients: one entry per domain. */
export const contract = {
  workspace,
  users,
  teams,
  inboxes,
  inboxSettings,
  channels,
  hosted,
  receiver,
  refusedMail,
  domains,
  doctor,
  threads,
  grouping,
  history,
  spam,
  passOn,
  tags,
  threadViews,
  tickets,
  messages,
  comments,
  contacts,
  activities,
  drafts,
  outbox,
  records,
  recordViews,
  undo,
  imports,
  logging,
  library,
  quotes,
  search,
  presence,
  events,
}
export type Contract = typeof contract
