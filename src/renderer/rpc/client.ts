import { createORPCClient, ORPCError, type ClientContext, type ClientLink } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '@contract/index.ts'
import { currentConnection, openConnection, connectionState } from './connection.ts'

/** What only looks: asked again by itself when the connection drops. Everything else is a command. */
const READS = new Set([
  'workspace.get',
  'teams.list',
  'inboxSettings.get',
  'refusedMail.list',
  'domains.list',
  'hosted.list',
  'hosted.preview',
  'hosted.proposeAddress',
  'receiver.get',
  'channels.list',
  'channels.checkAddress',
  'channels.checkProvider',
  'channels.discover',
  'channels.junk',
  'channels.junkBody',
  'threads.list',
  'threads.counts',
  'threads.get',
  'threads.items',
  'threads.ofMessage',
  'threads.nextUnassigned',
  'tickets.ofThread',
  'comments.get',
  'comments.history',
  'comments.draft',
  'messages.get',
  'messages.body',
  'contacts.get',
  'contacts.search',
  'contacts.threads',
  'contacts.attachments',
  'activities.timeline',
  'activities.myTasks',
  'records.properties',
  'records.pipelines',
  'records.list',
  'records.get',
  'records.search',
  'records.ofThread',
  'records.mergePreview',
  'records.duplicates',
  'recordViews.list',
  'logging.decisions',
  'logging.ofMessage',
  'logging.neverLog',
  'logging.settings',
  'logging.addresses',
  'logging.dropUrl',
  'logging.diagnostics',
  'drafts.get',
  'drafts.list',
  'drafts.history',
  'drafts.senders',
  'drafts.ofThread',
  'drafts.read',
  'drafts.recipients',
  'drafts.groupMembers',
  'drafts.recipientZone',
  'drafts.attachUrl',
  'library.list',
  'library.folders',
  'library.get',
  'library.uploadUrl',
  'library.tokens',
  'library.preview',
  'library.shortcuts',
  'library.times',
  'library.export',
  'quotes.get',
  'quotes.start',
  'quotes.totals',
  'outbox.get',
  'outbox.list',
  'search.threads',
])

/** A command met no connection (`sent` false: nothing was done), or lost it before the answer came. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError'
  readonly sent: boolean

  constructor(sent: boolean) {
    super(
      sent
        ? 'The connection dropped before the answer came: look whether it was done before trying again.'
        : 'There is no connection to the engine: nothing was done. Try again once it is back.',
    )
    this.sent = sent
  }
}

const link: ClientLink<ClientContext> = {
  async call(path, input, options) {
    if (READS.has(path.join('.'))) return await ask(true, path, input, options)
    const answer = ask(false, path, input, options)
    unanswered.add(answer)
    return await answer.finally(() => unanswered.delete(answer))
  },
}

async function ask(read: boolean, ...[path, input, options]: Parameters<typeof link.call>): Promise<unknown> {
  for (;;) {
    const wait = read || connectionState.value === 'connecting'
    const connection = wait ? await openConnection(options.signal) : currentConnection()
    if (!connection) throw new ConnectionLostError(false)
    try {
      return await connection.link.call(path, input, options)
    } catch (error) {
      if (!connection.closed || error instanceof ORPCError || options.signal?.aborted) throw error
      if (!read) throw new ConnectionLostError(true)
    }
  }
}

/** Commands that the engine did not answer yet. */
const unanswered = new Set<Promise<unknown>>()

/** Whether a command is on its way. */
export const isCommanding = (): boolean => unanswered.size > 0

/** Settles once every command that is on its way now was answered or failed, and what follows from it was done. */
export async function commandsAnswered(): Promise<void> {
  await Promise.allSettled(unanswered)
  await new Promise((done) => setTimeout(done))
}

export type EngineClient = ContractRouterClient<Contract>

/**
 * The engine, typed by the contract. Reads wait for the connection and are asked again when it drops;
 * commands reject with `ConnectionLostError`, so that nothing is done twice behind the user's back.
 */
export const rpc: EngineClient = createORPCClient(link)
