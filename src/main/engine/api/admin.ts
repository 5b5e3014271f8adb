import { inboxSettingsShape } from '../read/inbox-settings.ts'
import { teamShapes } from '../read/teams.ts'
import { ticketShape } from '../read/tickets.ts'
import { DomainError } from '../lib/domain-error.ts'
import { ticketOfThread } from '../store/tables/tickets.ts'
import { canSee, mustAdminister } from '../team/access.ts'
import { refusalToConfigure, updateInbox } from '../team/inbox-settings.ts'
import { addTeam, removeTeam, updateTeam } from '../team/team-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { createTicket, updateTicket } from '../team/ticket-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

export const teamsHandlers = ({ store }: ApiDeps) => ({
  list: os.teams.list.handler(({ context }) => {
    mustAccess(context)
    return teamShapes(store.read)
  }),
  add: os.teams.add.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'add teams')
    const id = addTeam(store, access.user.id, input)
    return { id, rev: store.rev }
  }),
  update: os.teams.update.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'change teams')
    const { id, ...changes } = input
    updateTeam(store, access.user.id, id, changes)
    return { rev: store.rev }
  }),
  remove: os.teams.remove.handler(({ input, context }) => {
    const access = mustAccess(context)
    mustAdminister(access, 'remove teams')
    removeTeam(store, access.user.id, input.id)
    return { rev: store.rev }
  }),
})

export const inboxSettingsHandlers = ({ store }: ApiDeps) => ({
  get: os.inboxSettings.get.handler(({ input, context }) => {
    const access = mustAccess(context)
    const inbox = access.inboxes.get(input.id)
    if (!inbox || !canSee(access, input.id))
      throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
    return inboxSettingsShape(store.read, inbox, refusalToConfigure(access))
  }),
  update: os.inboxSettings.update.handler(({ input, context }) => {
    const access = mustAccess(context)
    const { id, ...changes } = input
    if (!canSee(access, id))
      throw new DomainError('NOT_FOUND', 'This inbox does not exist, or you cannot see it.')
    updateInbox(store, access, id, changes)
    return { rev: store.rev }
  }),
})

export const ticketsHandlers = ({ store }: ApiDeps) => ({
  ofThread: os.tickets.ofThread.handler(({ input, context }) => {
    const thread = mustSeeThread(store.read, mustAccess(context), input.threadId)
    const ticket = ticketOfThread(store.read, thread.id)
    return ticket ? ticketShape(store.read, ticket) : null
  }),
  create: os.tickets.create.handler(({ input, context }) => {
    const id = createTicket(store, mustAccess(context), input.threadId)
    return { id, rev: store.rev }
  }),
  update: os.tickets.update.handler(({ input, context }) => {
    updateTicket(store, mustAccess(context), input.id, input.fields, input.property)
    return { rev: store.rev }
  }),
})
