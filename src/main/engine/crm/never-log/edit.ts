import { DomainError } from '../../lib/domain-error.ts'
import { groupBy } from '../../lib/group-by.ts'
import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'
import { appendOp } from '../../store/ops.ts'
import { loggedPersonal, recipientsOfPersonal } from '../../store/queries/logging.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store } from '../../store/store.ts'
import { neverLogById, type NeverLogRow } from '../../store/tables/never-log.ts'
import { covers, parsePattern, readPattern } from './patterns.ts'

/**
 * Puts an address or a domain on the list, of the workspace or of one user. The same entry twice is one entry, also
 * when two machines add it.
 * @returns its id
 * @throws DomainError BAD_INPUT for what is neither address nor domain
 */
export function addNeverLog(store: Store, actorId: string, written: string, userId: string | null): string {
  const pattern = parsePattern(written).text
  const id = uuidV5(NAMESPACE.neverLog, `${userId ?? ''}\n${pattern}`)
  store.write(
    (write) => {
      const known = neverLogById(write.db, id)
      if (known && known.removed_at === null) return
      appendOp(
        write,
        store.hlc,
        actorId,
        known
          ? { entity: 'never_log', id, kind: 'set', values: { removed_at: null } }
          : {
              entity: 'never_log',
              id,
              kind: 'create',
              values: { pattern, user_id: userId, added_by: actorId, at: write.now },
            },
      )
      write.changed('logging', id)
    },
    { durable: true },
  )
  return id
}

/** Takes an entry off the list. @throws DomainError NOT_FOUND */
export function removeNeverLog(store: Store, actorId: string, id: string): void {
  store.write(
    (write) => {
      const known = neverLogById(write.db, id)
      if (!known || known.removed_at !== null)
        throw new DomainError('NOT_FOUND', 'This entry is not on the Never Log list any more.')
      appendOp(write, store.hlc, actorId, {
        entity: 'never_log',
        id,
        kind: 'set',
        values: { removed_at: write.now },
      })
      write.changed('logging', id)
    },
    { durable: true },
  )
}

/** Logged personal messages that an entry covers: with one of its people as sender or recipient. */
export function coveredBy(
  db: ReadableDb,
  entry: Pick<NeverLogRow, 'pattern' | 'user_id'>,
  ownAddresses: ReadonlySet<string>,
): { id: string; messageRowid: number | null }[] {
  const pattern = readPattern(entry.pattern)
  if (!pattern) return []
  const rows = loggedPersonal(db, entry.user_id)
  const found: { id: string; messageRowid: number | null }[] = []
  // As the verdict does: a domain or a wildcard is about others, only the very address about oneself.
  const counts = (address: string): boolean =>
    (pattern.kind === 'address' || !ownAddresses.has(address.toLowerCase())) && covers(pattern, address)
  for (let i = 0; i < rows.length; i += 500) {
    const page = rows.slice(i, i + 500)
    const recipients = groupBy(
      recipientsOfPersonal(
        db,
        page.map(({ id }) => id),
      ).filter(({ kind }) => kind !== 'delivered'),
      (one) => one.personal_id,
    )
    for (const row of page) {
      const people = [row.from_address, ...(recipients.get(row.id) ?? []).map(({ address }) => address)]
      if (people.some(counts)) found.push({ id: row.id, messageRowid: row.message_rowid })
    }
  }
  return found
}
