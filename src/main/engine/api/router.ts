import { channelsHandlers } from './channels.ts'
import { contactsHandlers } from './contacts.ts'
import type { ApiDeps } from './deps.ts'
import { draftsHandlers } from './drafts.ts'
import { eventsHandlers } from './events.ts'
import { messagesHandlers } from './messages.ts'
import { outboxHandlers } from './outbox.ts'
import { threadsHandlers } from './threads.ts'
import { inboxesHandlers, usersHandlers, workspaceHandlers } from './workspace.ts'

/** One entry for each domain of the contract. */
export const createRouter = (deps: ApiDeps) => ({
  workspace: workspaceHandlers(deps),
  users: usersHandlers(deps),
  inboxes: inboxesHandlers(deps),
  channels: channelsHandlers(deps),
  threads: threadsHandlers(deps),
  messages: messagesHandlers(deps),
  contacts: contactsHandlers(deps),
  drafts: draftsHandlers(deps),
  outbox: outboxHandlers(deps),
  events: eventsHandlers(deps),
})
