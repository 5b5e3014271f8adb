import { createHash, randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { canonicalJson } from '../lib/canonical-json.ts'
import type { HybridClock } from '../lib/hlc.ts'
import { derive } from './derive.ts'
import { refreshMarks } from './grouping/marks.ts'
import { foldedInto, shownAs } from './grouping/structure.ts'
import { entities, sets } from './op-columns.ts'
import type { Write } from './store.ts'

/**
 * The ops log: everything that people and rules change goes through `appendOp`, which records it and applies it in
 * the caller's transaction. Scalar fields are last-writer-wins by hybrid clock; sets are additions and removals.
 */

export type Scalar = string | number | null

export type OpEntity = keyof typeof entities

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
  return appendStamped(write, hlc, actorId, op).won
}

/** The same, and says the op's clock: what taking it back compares with (store/undo.ts). */
export function appendStamped(
  write: Write,
  hlc: HybridClock,
  actorId: string | null,
  op: Op,
): { won: boolean; hlc: string } {
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
  return { won: applyOp(write, row.hlc, op), hlc: row.hlc }
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
      return applyMembers(write, hlc, op)
  }
}

/** What a new row begins with and mail then counts: whoever makes the row again does not begin anew. */
const COUNTED: Partial<Record<OpEntity, readonly string[]>> = {
  contact: ['first_seen_at', 'last_seen_at', 'message_count'],
}

function applyCreate({ db }: Write, hlc: string, op: Extract<Op, { kind: 'create' }>): boolean {
  const { table, fields } = entities[op.entity]
  const columns = Object.keys(op.values)
  assertNames(columns)
  const id = rowId(op.entity, op.id)
  const isNamed = isHeld(db, op.entity, op.id)
  const isEarliest = lowerCreated(db, op.entity, op.id, hlc)
  const allowed: readonly string[] = fields
  const scalars = columns.filter((column) => allowed.includes(column))
  const raised = scalars.filter((field) =>
    raiseClock(db, op.entity, op.id, field, hlc, op.values[field] ?? null),
  )
  const { changes } = db.run(
    // A row that is here is no error; a column that is missing is one.
    `INSERT INTO ${table} (${['id', ...columns].join(', ')}) VALUES (${['id', ...columns].map(() => '?').join(', ')})
     ON CONFLICT DO NOTHING`,
    [id, ...Object.values(op.values)],
  )
  if (changes > 0) {
    if (isNamed || table === 'users' || table === 'teams') applyHeld(db, op.entity, op.id)
    derive(db, op.entity, op.id, null)
    return true
  }
  // Made on two machines at once: what no op can set is the earlier one's, each field the later writer's.
  const counted: readonly string[] = COUNTED[op.entity] ?? []
  const constant = isEarliest
    ? columns.filter((column) => !allowed.includes(column) && !counted.includes(column))
    : []
  updateColumns(
    db,
    op.entity,
    op.id,
    Object.fromEntries([...constant, ...raised].map((c) => [c, op.values[c] ?? null])),
  )
  return constant.length + raised.length > 0
}

function applySet({ db }: Pick<Write, 'db'>, hlc: string, op: Extract<Op, { kind: 'set' }>): boolean {
  const allowed: readonly string[] = entities[op.entity].fields
  const winning = Object.entries(op.values).filter(([field, value]) => {
    if (!allowed.includes(field)) throw new Error(`${op.entity} has no field "${field}" that an op may set.`)
    return raiseClock(db, op.entity, op.id, field, hlc, value)
  })
  const into = op.entity === 'thread' ? foldedInto(db, op.id) : op.id
  if (into !== op.id) return applySet({ db }, hlc, { ...op, id: into })
  updateColumns(db, op.entity, op.id, Object.fromEntries(winning))
  return winning.length > 0
}

function applyMembers({ db }: Write, hlc: string, op: Extract<Op, { kind: 'add' | 'remove' }>): boolean {
  if (!setOf(op.entity, op.set)) throw new Error(`${op.entity} has no set "${op.set}".`)
  let changed = false
  for (const member of op.members) {
    const isIn = op.kind === 'add'
    if (!raiseClock(db, op.entity, op.id, `${op.set}:${member}`, hlc, Number(isIn))) continue
    applyMember(db, op.entity, op.id, op.set, member, isIn)
    changed = true
  }
  return changed
}

/** Whether ops may set that field. */
export const isField = (entity: OpEntity, field: string): boolean =>
  (entities[entity].fields as readonly string[]).includes(field)

/** What a row has in some of its fields now; undefined where there is no such row. */
export function valuesNow(
  db: Pick<Write['db'], 'get'>,
  entity: OpEntity,
  id: string,
  fields: readonly string[],
): Record<string, Scalar> | undefined {
  assertNames(fields)
  return db.get(`SELECT ${['id', ...fields].join(', ')} FROM ${entities[entity].table} WHERE id = ?`, [
    rowId(entity, id),
  ])
}

/** Whether somebody is in a set of a row. */
export function isMember(
  db: Pick<Write['db'], 'get'>,
  entity: OpEntity,
  id: string,
  name: string,
  memberId: string,
): boolean {
  const set = setOf(entity, name)
  if (!set) throw new Error(`${entity} has no set "${name}".`)
  return (
    db.get(`SELECT 1 FROM ${set.table} WHERE ${set.owner} = ? AND ${set.member} = ?`, [id, memberId]) !==
    undefined
  )
}

/** The workspace is one row with a number for its id; everything else carries its own. */
const rowId = (entity: OpEntity, id: string): string | number => (entity === 'workspace' ? 1 : id)

function updateColumns(db: Write['db'], entity: OpEntity, id: string, values: Record<string, Scalar>): void {
  const columns = Object.keys(values)
  if (columns.length === 0) return
  assertNames(columns)
  db.run(
    `UPDATE ${entities[entity].table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
    [...Object.values(values), rowId(entity, id)],
  )
  derive(db, entity, id, columns)
}

type SetDescription = { table: string; owner: string; member: string; memberTable: string | null }

const setOf = (entity: OpEntity, name: string): SetDescription | undefined =>
  (sets as Partial<Record<OpEntity, Record<string, SetDescription>>>)[entity]?.[name]

/** Adds or removes one member; adding waits in field_clocks while the owner or the member is not here yet. */
function applyMember(
  db: Write['db'],
  entity: OpEntity,
  id: string,
  name: string,
  memberId: string,
  isIn: boolean,
): void {
  const set = setOf(entity, name)
  if (!set) return
  if (entity === 'thread') {
    refreshMarks(db, shownAs(db, id))
    return
  }
  const { table, owner, member, memberTable } = set
  if (!isIn) {
    db.run(`DELETE FROM ${table} WHERE ${owner} = ? AND ${member} = ?`, [id, memberId])
    return
  }
  db.run(
    `INSERT OR IGNORE INTO ${table} (${owner}, ${member}) SELECT ?1, ?2
     WHERE EXISTS (SELECT 1 FROM ${entities[entity].table} WHERE id = ?1)
     ${memberTable ? `AND EXISTS (SELECT 1 FROM ${memberTable} WHERE id = ?2)` : ''}`,
    [id, memberId],
  )
}

/**
 * Applies what ops said about a row before it was here (fault 50): its fields and members, and for a user or a team
 * the sets that they are a member of. To be called when the row of a thread or message is made from mail.
 */
export function applyHeld(db: Write['db'], entity: OpEntity, id: string): void {
  const allowed: readonly string[] = entities[entity].fields
  const held = db.all<{ field: string; value: Scalar }>(
    'SELECT field, value FROM field_clocks WHERE entity = ? AND entity_id = ?',
    [entity, id],
  )
  const fields = held.filter(({ field, value }) => allowed.includes(field) && isThere(db, field, value))
  updateColumns(db, entity, id, Object.fromEntries(fields.map(({ field, value }) => [field, value])))
  for (const { field, value } of held) {
    const [name = '', member] = field.split(':')
    if (member !== undefined) applyMember(db, entity, id, name, member, value === 1)
  }
  const { table } = entities[entity]
  if (table !== 'users' && table !== 'teams') return
  for (const [owner, description] of Object.entries(sets) as [OpEntity, Record<string, SetDescription>][]) {
    for (const [name, { memberTable }] of Object.entries(description)) {
      if (memberTable !== table) continue
      const memberships = db.all<{ entity_id: string }>(
        'SELECT entity_id FROM field_clocks WHERE entity = ? AND field = ? AND value = 1',
        [owner, `${name}:${id}`],
      )
      for (const { entity_id } of memberships) applyMember(db, owner, entity_id, name, id, true)
    }
  }
}

/** Columns that name a row of another table. */
const references: Record<string, string> = {
  assignee_id: 'users',
  inbox_id: 'inboxes',
}

const isThere = (db: Write['db'], column: string, value: Scalar): boolean =>
  value === null ||
  !references[column] ||
  db.get(`SELECT 1 FROM ${references[column]} WHERE id = ?`, [value]) !== undefined

/** True when `hlc` is later than the field's last writer, which it then becomes. */
function raiseClock(
  db: Write['db'],
  entity: string,
  id: string,
  field: string,
  hlc: string,
  value: Scalar,
): boolean {
  return (
    db.run(
      `INSERT INTO field_clocks (entity, entity_id, field, hlc, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (entity, entity_id, field) DO UPDATE SET hlc = excluded.hlc, value = excluded.value
       WHERE excluded.hlc > field_clocks.hlc`,
      [entity, id, field, hlc, value],
    ).changes > 0
  )
}

/** Whether any op named a row so far. */
const isHeld = (db: Write['db'], entity: string, id: string): boolean =>
  db.get('SELECT 1 FROM field_clocks WHERE entity = ? AND entity_id = ? LIMIT 1', [entity, id]) !== undefined

/** True when `hlc` is the earliest create of that row known so far. */
function lowerCreated(db: Write['db'], entity: string, id: string, hlc: string): boolean {
  return (
    db.run(
      `INSERT INTO field_clocks (entity, entity_id, field, hlc) VALUES (?, ?, 'created', ?)
       ON CONFLICT (entity, entity_id, field) DO UPDATE SET hlc = excluded.hlc WHERE excluded.hlc < field_clocks.hlc`,
      [entity, id, hlc],
    ).changes > 0
  )
}

function assertNames(columns: readonly string[]): void {
  for (const column of columns) if (!/^[a-z_]+$/.test(column)) throw new Error(`Not a column: ${column}`)
}

type Checked = { seq: number; hash: string; broken: OpRow | null }

/** Checks the next thousand ops after one whose hash is known. */
function verifyNext(db: Pick<Write['db'], 'all'>, after: Checked): Checked {
  const rows = db.all<OpRow>('SELECT * FROM ops WHERE seq > ? ORDER BY seq LIMIT 1000', [after.seq])
  let { seq, hash } = after
  for (const row of rows) {
    if (row.prev_hash !== hash || row.hash !== hashOf(row)) return { seq, hash, broken: row }
    ;({ seq, hash } = row)
  }
  return { seq, hash, broken: null }
}

const FIRST: Checked = { seq: 0, hash: '', broken: null }

/** Checks the chain from the first op on. Returns the seq of the first row that does not fit, or null. */
export function verifyOps(db: Pick<Write['db'], 'all'>): number | null {
  for (let at = FIRST; ;) {
    const next = verifyNext(db, at)
    if (next.broken) return next.broken.seq
    if (next.seq === at.seq) return null
    at = next
  }
}

/** The same in steps, so that others go on working. @returns how many fit, and the first that does not */
export async function verifyOpsInSteps(
  db: Pick<Write['db'], 'all'>,
): Promise<{ checked: number; broken: { seq: number; at: number } | null }> {
  for (let at = FIRST; ;) {
    const next = verifyNext(db, at)
    if (next.broken) return { checked: next.seq, broken: { seq: next.broken.seq, at: next.broken.at } }
    if (next.seq === at.seq) return { checked: next.seq, broken: null }
    at = next
    await setImmediate()
  }
}
