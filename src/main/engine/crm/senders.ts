import type { Mailbox } from '../../../contract/common.ts'
import type { Write } from '../store/store.ts'
import type { ReadableDb } from '../store/statements.ts'
import { companyOfDomain, contactById, contactIdOf, seeContact } from '../store/tables/contacts.ts'
import { companyOfAddress } from './company-domain.ts'

/** Machines that hand mail on: never anybody's contact, whatever they send. */
const DAEMON = /^(?:mailer-?daemon|mail-daemon|(?:bounces?|prvs|srs[01])(?:[+=-].*)?)@/

/**
 * Notes the people of one message of a team channel: the sender of what comes in (D2), the recipients of what goes
 * out (C5). The workspace's own addresses are nobody's contact.
 * @returns the contact id of the sender (in) or of the first recipient (out), or null
 */
export function seePeople(
  write: Write,
  mail: { direction: 'in' | 'out'; from: Mailbox; recipients: readonly Mailbox[]; at: number },
  own: ReadonlySet<string>,
): string | null {
  const people = mail.direction === 'in' ? [mail.from] : mail.recipients
  let first: string | null = null
  const seen = new Set<string>()
  for (const person of people) {
    const address = person.address.trim().toLowerCase()
    if (!/^[^\s@]+@[^\s@]+$/.test(address) || own.has(address) || seen.has(address)) continue
    if (DAEMON.test(address)) continue
    seen.add(address)
    const contact = seeContact(write.db, {
      address,
      name: person.name.trim() === person.address ? '' : person.name.trim(),
      at: mail.at,
      companyOf() {
        const company = companyOfAddress(address)
        return company && companyOfDomain(write.db, company.domain, company.name, mail.at)
      },
      messages: 1,
    })
    write.changed('contacts', contact.id)
    if (contact.recordId !== contact.id) write.changed('contacts', contact.recordId)
    first ??= contact.id
  }
  return first
}

/**
 * The contact that a sender is already, when nothing is to be made of the mail: spam.
 * @param own  the workspace's own addresses, lower case
 */
export function knownSender(db: ReadableDb, from: Mailbox, own: ReadonlySet<string>): string | null {
  const address = from.address.trim().toLowerCase()
  return own.has(address) ? null : (contactById(db, contactIdOf(address))?.id ?? null)
}
