import { makeTicket } from '../crm/tickets.ts'
import { routingCase } from '../rules/candidates.ts'
import { decideRouting } from '../rules/routing.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'
import { inboxById, type InboxRow } from '../store/tables/inboxes.ts'
import { routingOf, takeTurn } from '../store/tables/routings.ts'
import { threadById, type ThreadRow } from '../store/tables/threads.ts'
import { userById } from '../store/tables/users.ts'

/**
 * Conversations that somebody began just now: each is given to whom its inbox says (H6, I2) and gets its ticket (H7),
 * in the transaction that stores its first message, so that neither happens twice or is forgotten.
 * @param ids  as they were when their message was filed; some may have been joined since
 * @param own  the workspace's own addresses, lower case: nothing is mailed to those
 */
export function welcomeThreads(
  write: Write,
  store: Pick<Store, 'hlc'>,
  ids: Iterable<string>,
  own: ReadonlySet<string>,
): void {
  const threads = new Map<string, ThreadRow>()
  for (const id of ids) {
    const thread = threadById(write.db, id)
    if (thread) threads.set(thread.id, thread)
  }
  const inOrder = [...threads.values()].sort((a, b) => a.first_at - b.first_at || (a.id < b.id ? -1 : 1))
  for (const thread of inOrder) {
    const inbox = thread.inbox_id === null ? undefined : inboxById(write.db, thread.inbox_id)
    if (!inbox) continue
    const assigneeId = route(write, store, thread, inbox, own)
    if (inbox.ticket_create === 1)
      makeTicket(write, store, null, { ...thread, assignee_id: thread.assignee_id ?? assigneeId }, inbox)
  }
}

/** Decides about a thread once; the decision is kept with its reason. @returns whom it went to */
function route(
  write: Write,
  store: Pick<Store, 'hlc'>,
  thread: ThreadRow,
  inbox: InboxRow,
  own: ReadonlySet<string>,
): string | null {
  const { db } = write
  // One that somebody took already (by an op that was here before its mail) is theirs.
  if (inbox.routing_automatic === 0 || thread.assignee_id !== null || routingOf(db, thread.id)) return null
  const decision = decideRouting(routingCase(db, inbox, thread.contact_id))
  const { assigneeId } = decision
  const mailed = decision.byMail && assigneeId !== null && canMail(write, assigneeId, thread, own)
  appendOp(write, store.hlc, null, {
    entity: 'routing',
    id: thread.id,
    kind: 'create',
    values: {
      inbox_id: inbox.id,
      method: inbox.routing_method,
      assignee_id: assigneeId,
      reason: decision.reason,
      at: write.now,
      mail_state: mailed ? 'due' : 'none',
    },
  })
  if (assigneeId !== null) {
    const values = { assignee_id: assigneeId }
    appendOp(write, store.hlc, null, { entity: 'thread', id: thread.id, kind: 'set', values })
    takeTurn(db, inbox.id, assigneeId)
  }
  write.changed('threads', thread.id)
  return assigneeId
}

/** A copy to one of our own addresses would come back as new mail; whoever wrote it needs none. */
function canMail({ db }: Write, userId: string, thread: ThreadRow, own: ReadonlySet<string>): boolean {
  const email = userById(db, userId)?.email.toLowerCase() ?? ''
  return email !== '' && !own.has(email) && email !== thread.sender_address.toLowerCase()
}
