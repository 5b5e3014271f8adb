import type { WritableDb } from './statements.ts'
import { ownAddresses } from './tables/channels.ts'
import { seeContact } from './tables/contacts.ts'
import { authorOf, forwardById } from './tables/forwards.ts'
import { refreshThread } from './tables/threads.ts'

type Counted = {
  rowid: number
  thread_id: string
  from_name: string
  from_address: string
  contact_id: string | null
  sort_at: number
}

/**
 * Lets a forwarded message count as whom it was attributed to (F1): its sender, its contact, its conversation follow.
 * What follows from an op wherever that comes from, so it is part of applying one (store/derive.ts).
 */
export function refreshAuthor(db: WritableDb, id: string): void {
  const forward = forwardById(db, id)
  const message = db.get<Counted>(
    'SELECT rowid, thread_id, from_name, from_address, contact_id, sort_at FROM messages WHERE id = ?',
    [id],
  )
  if (!forward || !message) return
  const author = authorOf(forward)
  const address = author.address.trim().toLowerCase()
  if (address === message.from_address && author.name === message.from_name) return
  let contactId = message.contact_id
  if (address !== message.from_address) {
    contactId =
      /^[^\s@]+@[^\s@]+$/.test(address) && !ownAddresses(db).has(address)
        ? see(db, address, author.name, message.sort_at, 1)
        : null
    // The one it counted as before keeps their record, with one message less.
    if (message.contact_id !== null) see(db, message.from_address, '', message.sort_at, -1)
  }
  db.run('UPDATE messages SET from_name = ?, from_address = ?, contact_id = ? WHERE rowid = ?', [
    author.name,
    address,
    contactId,
    message.rowid,
  ])
  refreshThread(db, message.thread_id)
}

// The company of somebody new is found where mail is read or the decision is made; a log alone makes none.
const see = (db: WritableDb, address: string, name: string, at: number, messages: number): string =>
  seeContact(db, { address, name, at, messages, companyOf: () => null }).id
