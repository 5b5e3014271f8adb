import type { WritableDb } from '../statements.ts'
import { originOfMessage, placeOf, regroupAndRefresh, settleTickets } from './settle.ts'
import { shownAs, shownIn } from './structure.ts'

/**
 * What follows from an op about merging or splitting, and where things that people make in a conversation are shown
 * (store/derive.ts).
 * @param fields  the columns that were set; null when the row is new
 */
export function followGrouping(
  db: WritableDb,
  entity: string,
  id: string,
  fields: readonly string[] | null,
): void {
  const sets = (field: string): boolean => fields === null || fields.includes(field)
  switch (entity) {
    case 'thread':
      if (fields?.includes('merged_into')) regroupAndRefresh(db, { ids: [id] })
      return
    case 'message': {
      const origin = fields?.includes('split_root') ? originOfMessage(db, id) : null
      if (origin !== null) regroupAndRefresh(db, { origins: [origin] })
      return
    }
    case 'comment':
      if (sets('thread_id')) placeComment(db, id)
      return
    case 'ticket':
      if (sets('thread_id') || sets('removed_at')) placeTicket(db, id)
      return
  }
}

/** A comment on something that is part of another conversation now shows there. */
function placeComment(db: WritableDb, id: string): void {
  const comment = db.get<{ thread_id: string }>('SELECT thread_id FROM comments WHERE id = ?', [id])
  if (!comment) return
  const { shown, part } = placeOf(db, comment.thread_id)
  if (shown === comment.thread_id) return
  db.run('UPDATE comments SET thread_id = ?, part_id = ? WHERE id = ?', [shown, part, id])
}

function placeTicket(db: WritableDb, id: string): void {
  const ticket = db.get<{ thread_id: string | null; part_id: string | null }>(
    'SELECT thread_id, part_id FROM tickets WHERE id = ?',
    [id],
  )
  if (!ticket || ticket.thread_id === null) return
  const { shown, part } = placeOf(db, ticket.part_id ?? ticket.thread_id)
  if (part !== null && ticket.part_id === null && shown !== ticket.thread_id)
    db.run('UPDATE tickets SET thread_id = ?, part_id = ? WHERE id = ?', [shown, part, id])
  else if (part === null && shown !== ticket.thread_id)
    db.run('UPDATE tickets SET thread_id = ? WHERE id = ?', [shown, id])
  if (part !== null || shownIn(db, shown).length > 0) settleTickets(db, [shownAs(db, shown)])
}
