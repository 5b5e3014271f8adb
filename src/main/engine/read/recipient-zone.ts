import type { Mailbox } from '../../../contract/common.ts'
import { lastOf, readHeaderBlock } from '../mime/fields.ts'
import { rowsOfContact } from '../store/queries/contacts.ts'
import { rawOfLastMail } from '../store/queries/recipients.ts'
import type { Store } from '../store/store.ts'
import { contactIdOf } from '../store/tables/contacts.ts'
import { inboxFilter, type Access } from '../team/access.ts'

/** More than any header that anybody wrote by hand or program to be read by people. */
const HEADER_BYTES = 256 * 1024

/**
 * The offset in minutes that a Date field was written with; null where it says nothing about the writer's clock: none at
 * all, a name, "-0000" (RFC 5322 section 3.3), and also "+0000", because whole mail systems write that for everybody.
 */
export function writtenOffset(date: string): number | null {
  const [, sign, hours, minutes] =
    /([+-])\s?(\d{2}):?([0-5]\d)\s*(?:\([^()]*\)\s*)?$/.exec(date.slice(0, 300).trim()) ?? []
  if (!sign) return null
  const offset = Number(hours) * 60 + Number(minutes)
  if (offset === 0 || offset > 14 * 60) return null
  return sign === '-' ? -offset : offset
}

/** Where the clock of the first of some addresses stood, by their last mail in what the user can see; null: not known. */
export async function recipientZone(
  store: Store,
  access: Access,
  addresses: readonly string[],
): Promise<{ mailbox: Mailbox; offsetMinutes: number; at: number } | null> {
  for (const address of new Set(addresses.map((one) => one.trim().toLowerCase()))) {
    const people = rowsOfContact(store.read, contactIdOf(address)).map(({ id }) => id)
    const mail = rawOfLastMail(store.read, people, inboxFilter(access))
    if (!mail) continue
    const raw = await store.blobs.get(store.read, mail.raw_hash)
    const source = raw.subarray(0, HEADER_BYTES).toString('latin1')
    const { fields } = readHeaderBlock(source, 0, source.length)
    const offsetMinutes = writtenOffset(lastOf(fields, 'date') ?? '')
    if (offsetMinutes === null) continue
    return { mailbox: { name: mail.from_name, address }, offsetMinutes, at: mail.sort_at }
  }
  return null
}
