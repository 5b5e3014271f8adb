import { DomainError } from '../lib/domain-error.ts'
import { readBodies } from '../read/bodies.ts'
import { messageShapes } from '../read/messages.ts'
import { messageById, type MessageRow } from '../store/queries/messages.ts'
import type { ReadableDb } from '../store/statements.ts'
import { bounceOf } from '../store/tables/mail-reports.ts'
import { mustAct, type Access } from '../team/access.ts'
import { allowRemote, attribute, retryParse } from '../team/message-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { bodyReader, userFiles } from './reading.ts'

/** The message as the user may see it. @throws DomainError NOT_FOUND, also for messages of hidden inboxes (A1) */
export function mustSeeMessage(db: ReadableDb, access: Access, id: string): MessageRow {
  const message = messageById(db, id)
  if (!message) throw new DomainError('NOT_FOUND', 'This message does not exist here.')
  mustSeeThread(db, access, message.thread_id)
  return message
}

export const messagesHandlers = (deps: ApiDeps) => {
  const { store } = deps
  return {
    get: os.messages.get.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const message = mustSeeMessage(store.read, access, input.id)
      const [shape] = await messageShapes(
        bodyReader(deps),
        [message],
        userFiles(deps, access),
        new Set([message.id]),
      )
      if (!shape) throw new DomainError('NOT_FOUND', 'This message does not exist here.')
      return shape
    }),
    body: os.messages.body.handler(async ({ input, context }) => {
      const message = mustSeeMessage(store.read, mustAccess(context), input.id)
      const [read] = await readBodies(bodyReader(deps), [message], input.whole)
      if (!read) throw new DomainError('NOT_FOUND', 'This message does not exist here.')
      return read.body
    }),
    allowRemoteContent: os.messages.allowRemoteContent.handler(({ input, context }) => {
      allowRemote(store, mustSeeMessage(store.read, mustAccess(context), input.id), input.scope)
      return { rev: store.rev }
    }),
    attribute: os.messages.attribute.handler(({ input, context }) => {
      const access = mustAccess(context)
      const message = mustSeeMessage(store.read, access, input.id)
      mustAct(access, mustSeeThread(store.read, access, message.thread_id).inbox_id)
      const undo = attribute(store, access.user.id, message, input.to)
      return { rev: store.rev, undo }
    }),
    bounces: os.messages.bounces.handler(({ input, context }) => {
      mustAccess(context)
      const addresses = input.addresses.map((address) => address.trim().toLowerCase())
      return [...bounceOf(store.read, addresses).values()].map(({ address, at, reason, text }) => ({
        address,
        at,
        reason,
        text,
      }))
    }),
    retryParse: os.messages.retryParse.handler(async ({ input, context }) => {
      const access = mustAccess(context)
      const message = mustSeeMessage(store.read, access, input.id)
      mustAct(access, mustSeeThread(store.read, access, message.thread_id).inbox_id)
      await retryParse(deps, message)
      return { rev: store.rev }
    }),
  }
}
