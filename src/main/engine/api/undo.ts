import { DomainError } from '../lib/domain-error.ts'
import type { OpEntity } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import { runUndo, type Restored } from '../store/undo.ts'
import { mustReachItem } from '../outbox/insertables/library.ts'
import { mustStayQuote } from '../outbox/insertables/quotes/doing.ts'
import { messageById } from '../store/queries/messages.ts'
import { threadOfActivity } from '../store/queries/visibility.ts'
import { associationById } from '../store/tables/associations.ts'
import { commentById, commentFileById } from '../store/tables/comments.ts'
import { quoteOfLine } from '../store/tables/quotes.ts'
import { threadViewById } from '../store/tables/thread-views.ts'
import { ticketById } from '../store/tables/tickets.ts'
import { mustAct, mustAdminister, type Access } from '../team/access.ts'
import { refusalToTakeApart, settleReturned } from '../team/grouping-actions.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { reachesView } from '../team/thread-view-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'

/** What only admins set up: what somebody did while they were one stays when they are none any more. */
const ADMINISTERED: readonly OpEntity[] = ['workspace', 'user', 'team', 'property', 'pipeline', 'stage']

/** The conversation that a thing belongs to, where it belongs to one. */
function threadOf(db: ReadableDb, entity: OpEntity, id: string): string | null | undefined {
  switch (entity) {
    case 'thread':
      return id
    case 'message':
    case 'forward':
      return messageById(db, id)?.thread_id
    case 'ticket':
      return ticketById(db, id)?.thread_id
    case 'comment':
      return commentById(db, id)?.thread_id
    case 'comment_file':
      return commentById(db, commentFileById(db, id)?.comment_id ?? '')?.thread_id
    case 'note':
    case 'call':
    case 'task':
      return threadOfActivity(db, entity, id)
    case 'association': {
      const row = associationById(db, id)
      return row?.a_type === 'thread' ? row.a_id : row?.b_type === 'thread' ? row.b_id : null
    }
    default:
      return null
  }
}

/** Whoever takes something back needs the same leave as to do it, now. */
function mustChange(access: Access, db: ReadableDb, entity: OpEntity, id: string, to: Restored): void {
  if (entity === 'thread_view' && !reachesView(access.user.id, threadViewById(db, id)))
    throw new DomainError('NOT_FOUND', 'This view is not yours any more.')
  if (ADMINISTERED.includes(entity)) mustAdminister(access, 'take this back')
  if (entity === 'library_item' || entity === 'quote' || entity === 'quote_line') {
    mustReachItem(db, access.user.id, entity === 'quote_line' ? (quoteOfLine(db, id) ?? '') : id)
    mustStayQuote(db, entity, id, to.keys())
  }
  const threadId = threadOf(db, entity, id)
  if (!threadId) return
  const thread = mustSeeThread(db, access, threadId)
  // Whoever sees a conversation may follow it.
  if (entity === 'thread' && [...to.keys()].every((field) => field === `followers:${access.user.id}`)) return
  // Logged personal mail belongs to its records: whoever sees it says to which.
  if (thread.inbox_id !== null || entity !== 'association') mustAct(access, thread.inbox_id)
  // Back into the inbox that it was moved out of.
  const inboxId = entity === 'thread' ? to.get('inbox_id') : undefined
  if (typeof inboxId === 'string') mustAct(access, inboxId)
  // Out of the conversation that it was merged into, and back into its own inbox.
  const refusal = entity === 'thread' && to.has('merged_into') ? refusalToTakeApart(db, access, id) : null
  if (refusal !== null) throw new DomainError('NOT_ALLOWED', refusal)
}

export const undoHandlers = ({ store, sync }: ApiDeps) => ({
  run: os.undo.run.handler(({ input, context }) => {
    const access = mustAccess(context)
    const user = { id: access.user.id, seesToOthers: access.user.role !== 'member' }
    /** Whose server has to be told that messages are read or unread again. */
    const flagged = new Set<string>()
    /** Messages that are put back into the conversation that they were split off from. */
    const returned: string[] = []
    const { skipped } = runUndo(
      store,
      user,
      input.id,
      (db, entity, id, to) => {
        mustChange(access, db, entity, id, to)
        if (entity === 'message' && to.has('split_root')) returned.push(id)
        const message = entity === 'message' && to.has('seen') ? messageById(db, id) : undefined
        if (message) flagged.add(message.channel_id)
      },
      (write) => settleReturned(write, store, returned),
    )
    for (const channelId of flagged) sync.flagsChanged(channelId)
    return { rev: store.rev, skipped }
  }),
})
