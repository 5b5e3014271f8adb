import { activitiesHandlers } from './activities.ts'
import { inboxSettingsHandlers, teamsHandlers, ticketsHandlers } from './admin.ts'
import { channelsHandlers } from './channels.ts'
import { commentsHandlers } from './comments.ts'
import { contactsHandlers } from './contacts.ts'
import { os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { draftsHandlers } from './drafts.ts'
import { eventsHandlers } from './events.ts'
import { doctorHandlers, hostedHandlers, receiverHandlers } from './hosted.ts'
import { groupingHandlers } from './grouping.ts'
import { historyHandlers } from './history.ts'
import { importsHandlers } from './imports.ts'
import { libraryHandlers } from './library.ts'
import { loggingHandlers } from './logging.ts'
import { mergingHandlers } from './merging.ts'
import { messagesHandlers } from './messages.ts'
import { organisingHandlers } from './organising.ts'
import { outboxHandlers } from './outbox.ts'
import { personalLoggingHandlers } from './personal-logging.ts'
import { presenceHandlers } from './presence.ts'
import { quoteHandlers } from './quotes.ts'
import { recordsHandlers, recordViewsHandlers } from './records.ts'
import { domainsHandlers, refusedMailHandlers } from './refused-mail.ts'
import { searchHandlers } from './search.ts'
import { passOnHandlers } from './pass-on.ts'
import { spamHandlers } from './spam.ts'
import { threadsHandlers } from './threads.ts'
import { undoHandlers } from './undo.ts'
import { usersHandlers } from './users.ts'
import { inboxesHandlers, workspaceHandlers } from './workspace.ts'

/** One entry for each domain of the contract. */
export const createRouter = (deps: ApiDeps) => {
  const organising = organisingHandlers(deps)
  return os.router({
    workspace: workspaceHandlers(deps),
    users: usersHandlers(deps),
    teams: teamsHandlers(deps),
    inboxes: inboxesHandlers(deps),
    inboxSettings: inboxSettingsHandlers(deps),
    channels: channelsHandlers(deps),
    hosted: hostedHandlers(deps),
    receiver: receiverHandlers(deps),
    refusedMail: refusedMailHandlers(deps),
    domains: domainsHandlers(deps),
    doctor: doctorHandlers(deps),
    threads: { ...threadsHandlers(deps), ...organising.threads },
    grouping: groupingHandlers(deps),
    history: historyHandlers(deps),
    tags: organising.tags,
    threadViews: organising.threadViews,
    spam: spamHandlers(deps),
    passOn: passOnHandlers(deps),
    tickets: ticketsHandlers(deps),
    messages: messagesHandlers(deps),
    comments: commentsHandlers(deps),
    contacts: contactsHandlers(deps),
    activities: activitiesHandlers(deps),
    drafts: draftsHandlers(deps),
    outbox: outboxHandlers(deps),
    records: { ...recordsHandlers(deps), ...mergingHandlers(deps) },
    recordViews: recordViewsHandlers(deps),
    undo: undoHandlers(deps),
    imports: importsHandlers(deps),
    logging: { ...loggingHandlers(deps), ...personalLoggingHandlers(deps) },
    library: libraryHandlers(deps),
    quotes: quoteHandlers(deps),
    search: searchHandlers(deps),
    presence: presenceHandlers(deps),
    events: eventsHandlers(deps),
  })
}
