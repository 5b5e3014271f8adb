import type { MergeableTable } from './record-ids.ts'
import type { WritableDb } from './statements.ts'

/**
 * What follows for a record from all of its rows: whether lists show it, its primary address, since when and how often it
 * was in touch. To be called for every record that gained or lost rows, or whose rows changed in what this reads.
 */
export function refreshRecordTotals(db: WritableDb, table: MergeableTable, id: string): void {
  if (table === 'contacts') refreshContact(db, id)
  else {
    db.run('UPDATE companies SET listed = (record_id = id AND removed_at IS NULL) WHERE id = ?', [id])
  }
}

function refreshContact(db: WritableDb, id: string): void {
  db.run(
    `UPDATE contacts SET record_first_seen_at = first_seen_at, record_last_seen_at = last_seen_at,
       record_message_count = message_count, email = coalesce(address, ''), listed = 0
     WHERE id = ? AND record_id <> id`,
    [id],
  )
  const totals = db.get<{ first: number | null; last: number; messages: number }>(
    `SELECT min(nullif(first_seen_at, 0)) AS first, max(last_seen_at) AS last, sum(message_count) AS messages
     FROM contacts WHERE record_id = ? HAVING count(*) > 0`,
    [id],
  )
  if (!totals) return
  db.run(
    `UPDATE contacts SET record_first_seen_at = ?2, record_last_seen_at = ?3, record_message_count = ?4,
       email = ?5, listed = (removed_at IS NULL OR ?4 > 0)
     WHERE id = ?1 AND record_id = id`,
    [id, totals.first ?? 0, totals.last, totals.messages, primaryAddress(db, id)],
  )
}

/** The one that somebody chose where it is the record's, else its own, else the first of the others. */
function primaryAddress(db: WritableDb, id: string): string {
  return (
    db.get<{ address: string }>(
      `SELECT r.address FROM contacts r JOIN contacts k ON k.id = r.record_id
       WHERE r.record_id = ? AND r.address IS NOT NULL AND r.address_removed_at IS NULL
       ORDER BY r.address IS NOT k.primary_address, r.id <> k.id, r.is_alias, r.id LIMIT 1`,
      [id],
    )?.address ?? ''
  )
}

/**
 * The display name of a contact: first and last name where there are any, else what somebody wrote, else what the mail
 * said.
 */
export function refreshContactName(db: WritableDb, id: string): void {
  const row = db.get<{ name: string; first_name: string; last_name: string; seen_name: string }>(
    'SELECT name, first_name, last_name, seen_name FROM contacts WHERE id = ?',
    [id],
  )
  if (!row) return
  const written = db.get<{ value: string | null }>(
    `SELECT value FROM field_clocks WHERE entity = 'contact' AND entity_id = ? AND field = 'name'`,
    [id],
  )?.value
  const name = `${row.first_name} ${row.last_name}`.trim() || written || row.seen_name
  if (name !== row.name) db.run('UPDATE contacts SET name = ? WHERE id = ?', [name, id])
}

/** Logs from before there were several phones say `phone`: it is the phone with the contact's own id. */
export function refreshOldPhone(db: WritableDb, id: string): void {
  db.run(
    `INSERT INTO contact_phones (id, contact_id, number) SELECT id, id, phone FROM contacts WHERE id = ? AND phone <> ''
     ON CONFLICT (id) DO UPDATE SET number = excluded.number`,
    [id],
  )
  db.run(`DELETE FROM contact_phones WHERE id = ?1 AND (SELECT phone FROM contacts WHERE id = ?1) = ''`, [id])
}
