import type { ReadableDb } from '../statements.ts'

/** While a channel was connected, and as what. Times in ms; `until` null: it is connected. */
export type ConnectionPeriod = {
  from: number
  until: number | null
  purpose: 'team' | 'personal'
  /** The owner of a personal channel, else null. */
  userId: string | null
}

/**
 * When a channel was connected, oldest first, read from the ops log: what a verdict needs to know whether an address was
 * connected when a reply arrived (G1), and whose it was then.
 */
export function connectionPeriods(db: ReadableDb, channelId: string): ConnectionPeriod[] {
  const ops = db.all<{ kind: string; change: string; at: number }>(
    `SELECT kind, change, at FROM ops
     WHERE entity = 'channel' AND entity_id = ? AND kind IN ('create', 'set') ORDER BY hlc`,
    [channelId],
  )
  const periods: ConnectionPeriod[] = []
  let purpose: ConnectionPeriod['purpose'] = 'team'
  let userId: string | null = null
  for (const { kind, change, at } of ops) {
    const values = JSON.parse(change) as Record<string, string | number | null>
    if (values.purpose === 'team' || values.purpose === 'personal') purpose = values.purpose
    if (values.user_id !== undefined) userId = values.user_id === null ? null : String(values.user_id)
    const open = periods.at(-1)?.until === null ? periods.at(-1)! : null
    const connects =
      kind === 'create' ? (values.disconnected_at ?? null) === null : values.disconnected_at === null
    if (typeof values.disconnected_at === 'number') {
      if (open) open.until = values.disconnected_at
    } else if (connects && !open) periods.push({ from: at, until: null, purpose, userId })
    else if (open && (open.purpose !== purpose || open.userId !== userId)) {
      open.until = at
      periods.push({ from: at, until: null, purpose, userId })
    }
  }
  return periods
}
