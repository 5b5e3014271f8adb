import { DomainError } from '../../lib/domain-error.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import { contactRows, type ContactRow } from '../../store/tables/contacts.ts'
import { allPhonesOf, phonesOf } from '../../store/tables/contact-phones.ts'
import type { Doing } from './doing.ts'
import { normalisePhone } from './phones.ts'

/** So many numbers can be added by hand. */
const MOST = 20

/** The id of a number on a contact's row: the same on every machine. */
const phoneIdOf = (contactId: string, number: string): string =>
  uuidV5(NAMESPACE.recordPart, `${contactId}\nphone\n${number}`)

/**
 * Makes these the phones of a contact, in this order. Numbers that a merged record brought stay that one's.
 * @returns whether anything changed
 */
export function setPhones(
  doing: Doing,
  record: ContactRow,
  phones: readonly { number: string; label: string }[],
): boolean {
  const { write, undo, country } = doing
  const wanted = new Map<string, string>()
  for (const { number, label } of phones) {
    const normalised = normalisePhone(number, country)
    if (normalised !== '' && !wanted.has(normalised)) wanted.set(normalised, label)
  }
  const known = contactRows(write.db, record.id).flatMap((row) => allPhonesOf(write.db, row.id))
  let changed = false
  const set = (id: string, values: Record<string, string | number | null>): void => {
    changed = undo.append({ entity: 'contact_phone', id, kind: 'set', values }) || changed
  }
  const kept = new Set<string>()
  ;[...wanted].forEach(([number, label], position) => {
    const rows = known.filter((row) => row.number === number)
    const row = rows.find((each) => each.removed_at === null) ?? rows[0]
    if (!row) {
      const values = { contact_id: record.id, number, label, position, removed_at: null }
      undo.append({ entity: 'contact_phone', id: phoneIdOf(record.id, number), kind: 'create', values })
      changed = true
      return
    }
    kept.add(row.id)
    const differing = Object.fromEntries(
      Object.entries({ label, position, removed_at: null }).filter(
        ([field, value]) => row[field as 'label' | 'position' | 'removed_at'] !== value,
      ),
    )
    if (Object.keys(differing).length > 0) set(row.id, differing)
  })
  for (const row of known)
    if (row.removed_at === null && !kept.has(row.id)) set(row.id, { removed_at: write.now })
  return changed
}

/**
 * Adds a number after the others, gives one that is there a label, or takes one away.
 * @returns whether anything changed
 * @throws DomainError BAD_INPUT where there are too many
 */
export function setPhone(
  doing: Doing,
  record: ContactRow,
  { number, label, on }: { number: string; label: string; on: boolean },
): boolean {
  const known = phonesOf(doing.write.db, record.id)
  const normalised = normalisePhone(number, doing.country)
  if (!on)
    return setPhones(
      doing,
      record,
      known.filter((phone) => phone.number !== normalised),
    )
  const isKnown = known.some((phone) => phone.number === normalised)
  if (!isKnown && known.length >= MOST)
    throw new DomainError('BAD_INPUT', `A contact has up to ${MOST} numbers. Remove one first.`, {
      field: 'number',
    })
  return setPhones(
    doing,
    record,
    isKnown
      ? known.map((phone) => (phone.number === normalised ? { ...phone, label } : phone))
      : [...known, { number, label }],
  )
}

/** Puts a number in the place of the first one; empty takes the first one away. @returns whether anything changed */
export function setFirstPhone(doing: Doing, record: ContactRow, number: string): boolean {
  const phones = phonesOf(doing.write.db, record.id)
  if (number === (phones[0]?.number ?? '')) return false
  const rest = phones.slice(1).filter((phone) => phone.number !== number)
  return setPhones(doing, record, [
    ...(number === '' ? [] : [{ number, label: phones[0]?.label ?? '' }]),
    ...rest,
  ])
}
