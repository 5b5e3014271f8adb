import { createHash, randomUUID } from 'node:crypto'
import { canonicalJson } from '../lib/canonical-json.ts'
import type { HybridClock } from '../lib/hlc.ts'
import type { Write } from './store.ts'

/**
 * The ops log: everything that people and rules change goes through `appendOp`, which records it and applies it in
 * the caller's transaction. Scalar fields are last-writer-wins by hybrid clock; sets are additions and removals.
 */

type Scalar = string | number | null

/** Which tables ops may change, and which of their columns. A column that is not here cannot be set by anyone. */
const entities = {
  workspace: { table: 'workspaces', fields: ['name'] },
  user: { table: 'users', fields: ['name', 'email', 'role'] },
  inbox: { table: 'inboxes', fields: ['name', 'access'] },
  channel: {
    table: 'channels',
    fields: [
      'inbox_id',
      'from_name',
      'imap_host',
      'imap_port',
      'imap_security',
      'imap_user',
      'smtp_host',
      'smtp_port',
      'smtp_security',
      'smtp_user',
      'disconnected_at',
    ],
  },
  thread: { table: 'threads', fields: ['status', 'assignee_id'] },
  message: { table: 'messages', fields: ['seen', 'answered'] },
  contact: { table: 'contacts', fields: ['name', 'job_title', 'phone', 'notes', 'company_id'] },
  company: { table: 'companies', fields: ['name'] },
  comment: { table: 'comments', fields: [] },
} as const satisfies Record<string, { table: string; fields: readonly string[] }>

export type OpEntity = keyof typeof entities

/** Sets: the table that holds the members, and the column that names one. */
const sets = {
  inbox: { members: { table: 'inbox_members', owner: 'inbox_id', member: 'user_id' } },
  comment: { mentions: { table: 'comment_mentions', owner: 'comment_id', member: 'user_id' } },
} as const

export type Op =
  | { entity: OpEntity; id: string; kind: 'create'; values: Record<string, Scalar> }
  | { entity: OpEntity; id: string; kind: 'set'; values: Record<string, Scalar> }
  | { entity: keyof typeof sets; id: string; kind: 'add' | 'remove'; set: string; members: string[] }

export type OpRow = {
  seq: number
  id: string
  hlc: string
  actor_id: string | null
  entity: OpEntity
  entity_id: string
  kind: Op['kind']
  change: string
  at: number
  prev_hash: string
  hash: string
}

const hashOf = (row: Omit<OpRow, 'seq' | 'hash'>): string =>
  createHash('sha256')
    .update(
      [
        row.prev_hash,
        row.id,
        row.hlc,
        row.actor_id ?? '',
        row.entity,
        row.entity_id,
        row.kind,
        row.change,
        row.at,
      ].join('\n'),
    )
    .digest('hex')

/**
 * Records one op and applies it. Returns false when a later writer had already set every field of it (the op is
 * recorded all the same: the loser is in the history).
 * @param actorId  the user, or null when the engine did it
 */
export function appendOp(write: Write, hlc: HybridClock, actorId: string | null, op: Op): boolean {
  const { db } = write
  const last = db.get<{ hash: string }>('SELECT hash FROM ops ORDER BY seq DESC LIMIT 1')
  const row = {
    id: randomUUID(),
    hlc: hlc.tick() as string,
    actor_id: actorId,
    entity: op.entity,
    entity_id: op.id,
    kind: op.kind,
    change: canonicalJson('values' in op ? op.values : { [op.set]: op.members }),
    at: write.now,
    prev_hash: last?.hash ?? '',
  }
  db.run(
    `INSERT INTO ops (id, hlc, actor_id, entity, entity_id, kind, change, at, prev_hash, hash)
     VALUES (@id, @hlc, @actor_id, @entity, @entity_id, @kind, @change, @at, @prev_hash, @hash)`,
    { ...row, hash: hashOf(row) },
  )
  return applyOp(write, row.hlc, op)
}

/** Applies an op that is already in the log. The same ops in any order give the same rows. */
export function applyOp(write: Write, hlc: string, op: Op): boolean {
  switch (op.kind) {
    case 'create':
      return applyCreate(write, hlc, op)
    case 'set':
      return applySet(write, hlc, op)
    case 'add':
    case 'remove':
      return applyMembers(write, op)
  }
}

function applyCreate({ db }: Write, hlc: string, op: Extract<Op, { kind: 'create' }>): boolean {
  const { table, fields } = entities[op.entity]
  const columns = ['id', ...Object.keys(op.values)]
  assertNames(columns)
  // The workspace is one row with a number for its id; everything else carries its own.
  const id = op.entity === 'workspace' ? 1 : op.id
  const { changes } = db.run(
    `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    [id, ...Object.values(op.values)],
  )
  for (const field of fields) if (field in op.values) raiseClock(db, op.entity, op.id, field, hlc)
  return changes > 0
}

function applySet({ db }: Write, hlc: string, op: Extract<Op, { kind: 'set' }>): boolean {
  const { table, fields } = entities[op.entity]
  const allowed: readonly string[] = fields
  const winning = Object.entries(op.values).filter(([field]) => {
    if (!allowed.includes(field)) throw new Error(`${op.entity} has no field "${field}" that an op may set.`)
    return raiseClock(db, op.entity, op.id, field, hlc)
  })
  if (winning.length === 0) return false
  db.run(`UPDATE ${table} SET ${winning.map(([field]) => `${field} = ?`).join(', ')} WHERE id = ?`, [
    ...winning.map(([, value]) => value),
    op.entity === 'workspace' ? 1 : op.id,
  ])
  return true
}

function applyMembers({ db }: Write, op: Extract<Op, { kind: 'add' | 'remove' }>): boolean {
  const description = (sets[op.entity] as Record<string, { table: string; owner: string; member: string }>)[
    op.set
  ]
  if (!description) throw new Error(`${op.entity} has no set "${op.set}".`)
  const { table, owner, member } = description
  let changed = 0
  for (const id of op.members) {
    changed +=
      op.kind === 'add'
        ? db.run(`INSERT OR IGNORE INTO ${table} (${owner}, ${member}) VALUES (?, ?)`, [op.id, id]).changes
        : db.run(`DELETE FROM ${table} WHERE ${owner} = ? AND ${member} = ?`, [op.id, id]).changes
  }
  return changed > 0
}

/** True when `hlc` is later than the field's last writer, which it then becomes. */
function raiseClock(db: Write['db'], entity: string, id: string, field: string, hlc: string): boolean {
  return (
    db.run(
      `INSERT INTO field_clocks (entity, entity_id, field, hlc) VALUES (?, ?, ?, ?)
       ON CONFLICT (entity, entity_id, field) DO UPDATE SET hlc = excluded.hlc WHERE excluded.hlc > field_clocks.hlc`,
      [entity, id, field, hlc],
    ).changes > 0
  )
}

function assertNames(columns: readonly string[]): void {
  for (const column of columns) if (!/^[a-z_]+$/.test(column)) throw new Error(`Not a column: ${column}`)
}

/** Checks the chain from the first op on. Returns the seq of the first row that does not fit, or null. */
export function verifyOps(db: Pick<Write['db'], 'all'>): number | null {
  let previous = ''
  let after = 0
  for (;;) {
    const rows = db.all<OpRow>('SELECT * FROM ops WHERE seq > ? ORDER BY seq LIMIT 1000', [after])
    if (rows.length === 0) return null
    for (const row of rows) {
      if (row.prev_hash !== previous || row.hash !== hashOf(row)) return row.seq
      previous = row.hash
      after = row.seq
    }
  }
}
