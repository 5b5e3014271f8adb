import type { Mailbox } from '../../../contract/common.ts'
import { seePeople } from '../crm/senders.ts'
import type { Write } from '../store/store.ts'
import { contactById, contactIdOf } from '../store/tables/contacts.ts'

/**
 * Notes the people of a personal message that is logged: those who are contacts, and those whom somebody asked for.
 * Nobody else becomes a contact by personal mail (G2).
 * @param make  lower-cased addresses
 * @returns the contact id of the sender (in) or of the first recipient (out), or null
 */
export function seeLoggedPeople(
  write: Write,
  mail: { direction: 'in' | 'out'; from: Mailbox; recipients: readonly Mailbox[]; at: number },
  own: ReadonlySet<string>,
  make: ReadonlySet<string>,
): string | null {
  const belongs = ({ address }: Mailbox): boolean => {
    const lower = address.trim().toLowerCase()
    return make.has(lower) || contactById(write.db, contactIdOf(lower)) !== undefined
  }
  if (mail.direction === 'in' && !belongs(mail.from)) return null
  return seePeople(write, { ...mail, recipients: mail.recipients.filter(belongs) }, own)
}
