import type { EntityName } from '../../../contract/events.ts'
import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import { foldedInto, foldsOf, isHere, saidOf, shownAs, stateOf } from './grouping/structure.ts'
import { appendStamped, isField, isMember, valuesNow, type Op, type OpEntity, type Scalar } from './ops.ts'
import type { ReadableDb, WritableDb } from './statements.ts'
import type { Store, Write } from './store.ts'
import { quoteOfLine } from './tables/quotes.ts'
import { queueFlag } from './tables/remote-messages.ts'
import { refreshThread } from './tables/threads.ts'

/**
 * Taking back what one command did. The command appends its ops through a collector, which notes what each field had
 * before and the clock of the op; `runUndo` sets back, by new ops, every field whose last writer still is that op.
 * The notes are this machine's own: what is replicated are the ops.
 */

type Clocked = Pick<Store, 'hlc'>

/** Where ops of one command go that can be taken back together. */
export type UndoCollector = {
  /** As `appendOp`: false when a later writer had set every field of it already. */
  append(op: Op): boolean
  /** What `undo.run` is called with; null when nothing was appended that can be taken back. */
  id(): string | null
}

/** The field that takes a row out of every list, where an entity has one: what making it is undone by. */
const REMOVED = 'removed_at'
/** What is left of parts that nothing removes: what they are after their making was taken back. */
const BLANK: Partial<Record<OpEntity, Record<string, Scalar>>> = {
  property_value: { value: null },
  ticket_property: { value: '' },
}
/** Stands for the making of the row itself, as in `field_clocks`. */
const CREATED = 'created'

/**
 * Collects what one command does, in its transaction.
 * @param actorId  who does it, and may take it back; null for the engine, whose doings only an admin takes back
 */
export function collectUndo(write: Write, store: Clocked, actorId: string | null): UndoCollector {
  const { db } = write
  let undoId: string | null = null
  /** Rows that this command made: taking it back removes them, whatever else it set on them. */
  const made = new Set<string>()
  /** Where each field's step is: a field that is set twice goes back to what it was before the first time. */
  const positions = new Map<string, number>()

  const note = (entity: OpEntity, id: string, field: string, before: Scalar, hlc: string): void => {
    if (undoId === null) {
      undoId = uuidV7(write.now)
      db.run('INSERT INTO undos (id, actor_id, at) VALUES (?, ?, ?)', [undoId, actorId, write.now])
    }
    const key = `${entity} ${id} ${field}`
    const position = positions.get(key)
    if (position !== undefined) {
      db.run('UPDATE undo_steps SET hlc = ? WHERE undo_id = ? AND position = ?', [hlc, undoId, position])
      return
    }
    positions.set(key, positions.size)
    db.run(
      `INSERT INTO undo_steps (undo_id, position, entity, entity_id, field, before_value, hlc)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [undoId, positions.size - 1, entity, id, field, before, hlc],
    )
  }

  return {
    id: () => undoId,
    append(op) {
      const key = `${op.entity} ${op.id}`
      if ('members' in op) {
        const before = op.members.map((member) => isMember(db, op.entity, op.id, op.set, member))
        const { won, hlc } = appendStamped(write, store.hlc, actorId, op)
        if (made.has(key)) note(op.entity, op.id, CREATED, null, hlc)
        else
          op.members.forEach((member, i) =>
            note(op.entity, op.id, `${op.set}:${member}`, Number(before[i]), hlc),
          )
        return won
      }
      const fields = Object.keys(op.values).filter((field) => isField(op.entity, field))
      const before = valuesBefore(db, op.entity, op.id, fields)
      const { won, hlc } = appendStamped(write, store.hlc, actorId, op)
      if (made.has(key)) note(op.entity, op.id, CREATED, null, hlc)
      else if (before) for (const field of fields) note(op.entity, op.id, field, before[field] ?? null, hlc)
      else if (op.kind === 'create' && isField(op.entity, REMOVED)) {
        made.add(key)
        note(op.entity, op.id, CREATED, null, hlc)
      }
      return won
    },
  }
}

/** What a row has in some fields; of a name that follows from several things, what was written into it. */
function valuesBefore(
  db: ReadableDb,
  entity: OpEntity,
  id: string,
  fields: readonly string[],
): Record<string, Scalar> | undefined {
  const values =
    valuesNow(db, entity, id, fields) ?? (entity === 'thread' ? heldValues(db, id, fields) : BLANK[entity])
  if (!values || entity !== 'contact' || !fields.includes('name')) return values
  const written = db.get<{ value: Scalar }>(
    `SELECT value FROM field_clocks WHERE entity = 'contact' AND entity_id = ? AND field = 'name'`,
    [id],
  )
  return { ...values, name: written?.value ?? '' }
}

/** Of a thread that is shown as part of another what was said about it; undefined where it is not here at all. */
function heldValues(
  db: ReadableDb,
  id: string,
  fields: readonly string[],
): Record<string, Scalar> | undefined {
  if (!isHere(db, id)) return undefined
  const values = fields.map((field): [string, Scalar] => [field, saidOf(db, id, field)])
  return Object.fromEntries(values)
}

type StepRow = { entity: OpEntity; entity_id: string; field: string; before_value: Scalar; hlc: string }

export type UndoRow = { id: string; actor_id: string | null; at: number; undone_at: number | null }

export const undoById = (db: ReadableDb, id: string): UndoRow | undefined =>
  db.get<UndoRow>('SELECT * FROM undos WHERE id = ?', [id])

/** The fields that a command set, and the rows that it made ("created"). */
export const stepsOf = (db: ReadableDb, undoId: string): Pick<StepRow, 'entity' | 'entity_id' | 'field'>[] =>
  db.all('SELECT entity, entity_id, field FROM undo_steps WHERE undo_id = ? ORDER BY position', [undoId])

export const mergeBehindSql = `SELECT s.undo_id FROM undo_steps s INDEXED BY undo_steps_of_merges
   CROSS JOIN field_clocks f ON f.entity = s.entity AND f.entity_id = s.entity_id AND f.field = s.field AND f.hlc = s.hlc
     AND f.value IS NOT NULL
   CROSS JOIN undos c ON c.id = s.undo_id
   WHERE s.entity_id = ? AND s.entity = ? AND s.field = 'merged_into' AND c.undone_at IS NULL`

/** The command by which a row was merged, where it was here, nobody merged the row elsewhere since, and it was not taken back. */
export const mergeBehind = (db: ReadableDb, entity: OpEntity, entityId: string): string | undefined =>
  db.get<{ undo_id: string }>(mergeBehindSql, [entityId, entity])?.undo_id

export const changedByCommandSql = `SELECT 1 FROM field_clocks f
   CROSS JOIN undo_steps s INDEXED BY undo_steps_of_state ON s.entity_id = ? AND s.field = f.field
     AND s.field IN ('status', 'snoozed_until', 'snoozed_until_reply') AND s.hlc = f.hlc AND s.entity = f.entity
   WHERE f.entity = ? AND f.entity_id = ? AND f.field = ? AND s.before_value IS NOT f.value`

/**
 * Whether a conversation or ticket has its state from a command that can be taken back. What comes by mail says the same
 * again then, so that taking the command back does not hide it.
 */
export const isByCommand = (
  db: ReadableDb,
  entity: 'thread' | 'ticket',
  id: string,
  field: 'status' | 'snoozed_until' | 'snoozed_until_reply',
): boolean =>
  namesOf(db, entity, id).some((one) => db.get(changedByCommandSql, [one, entity, id, field]) !== undefined)

export const openedByMergeSql = `SELECT 1 FROM field_clocks f
   CROSS JOIN undo_steps s INDEXED BY undo_steps_of_state ON s.entity_id = ? AND s.field = f.field
     AND s.field IN ('status', 'snoozed_until', 'snoozed_until_reply') AND s.hlc = f.hlc AND s.entity = 'thread'
   WHERE f.entity = 'thread' AND f.entity_id = ? AND f.field = 'status' AND f.value = 'open' AND s.before_value = 'closed'
     AND EXISTS (SELECT 1 FROM undo_steps m WHERE m.undo_id = s.undo_id AND m.field = 'merged_into')`

/** Whether a conversation is open only because something was merged into it. */
export const isOpenedByMerge = (db: ReadableDb, id: string): boolean =>
  namesOf(db, 'thread', id).some((one) => db.get(openedByMergeSql, [one, id]) !== undefined)

/** The ids that steps may name a thing by: what headers joined to a thread keeps its own in them. */
const namesOf = (db: ReadableDb, entity: OpEntity, id: string): string[] =>
  entity === 'thread' ? [id, ...foldsOf(db, id)] : [id]

/**
 * Appends what the engine does because of some commands: whoever takes one of them back takes that back too.
 * @param undoIds  of the commands; with none it is an op like any other
 */
export function appendBecause(write: Write, store: Clocked, undoIds: readonly string[], op: Op): void {
  const { db } = write
  if (!('values' in op)) throw new Error('Only fields are set because of a command.')
  const fields = Object.keys(op.values)
  const before = valuesBefore(db, op.entity, op.id, fields) ?? {}
  appendStamped(write, store.hlc, null, op)
  const had = Object.fromEntries(fields.map((field) => [field, before[field] ?? null]))
  noteBecause(db, undoIds, op.entity, op.id, had)
}

/**
 * Notes with some commands what was just done because of them, so that it is taken back with them.
 * @param before  what each field had
 */
export function noteBecause(
  db: WritableDb,
  undoIds: readonly string[],
  entity: OpEntity,
  id: string,
  before: Record<string, Scalar>,
): void {
  for (const undoId of undoIds) {
    for (const [field, value] of Object.entries(before)) {
      const said = db.get<{ hlc: string }>(
        'SELECT hlc FROM field_clocks WHERE entity = ? AND entity_id = ? AND field = ?',
        [entity, id, field],
      )
      if (!said) continue
      const changes = namesOf(db, entity, id).map(
        (one) =>
          db.run(
            'UPDATE undo_steps SET hlc = ? WHERE undo_id = ? AND entity = ? AND entity_id = ? AND field = ?',
            [said.hlc, undoId, entity, one, field],
          ).changes,
      )
      if (changes.some((n) => n > 0)) continue
      db.run(
        `INSERT INTO undo_steps (undo_id, position, entity, entity_id, field, before_value, hlc)
         SELECT ?1, coalesce(max(position), -1) + 1, ?2, ?3, ?4, ?5, ?6 FROM undo_steps WHERE undo_id = ?1`,
        [undoId, entity, id, field, value, said.hlc],
      )
    }
  }
}

/**
 * The steps of a command, and whether each still stands. Where headers joined a thread to another since, what was said of
 * that one later counts: tags and merging stay each thread's own.
 */
export const stepsStandingSql = `SELECT s.*, coalesce(j.hlc, f.hlc) IS s.hlc AS stands
   FROM undo_steps s
   LEFT JOIN field_clocks f ON f.entity = s.entity AND f.entity_id = s.entity_id AND f.field = s.field
   LEFT JOIN thread_folds o ON o.alias_id = s.entity_id AND s.entity = 'thread' AND s.field <> 'merged_into'
     AND instr(s.field, ':') = 0
   LEFT JOIN field_clocks j ON j.entity = 'thread' AND j.entity_id = o.thread_id AND j.field = s.field
   WHERE s.undo_id = ? ORDER BY s.entity, s.entity_id, s.field`

const STATE: ReadonlySet<string> = new Set(['status', 'snoozed_until', 'snoozed_until_reply'])

type StandingRow = StepRow & { position: number; stands: number }

/** Every step of a command, those of one row together; what would contradict something done since does not stand. */
function stepsWithStanding(db: ReadableDb, undoId: string): StandingRow[] {
  const steps = db.all<StandingRow>(stepsStandingSql, [undoId])
  const states = new Map<string, Map<string, StandingRow>>()
  for (const step of steps) {
    if (step.entity !== 'thread' || !STATE.has(step.field) || step.stands !== 1) continue
    const id = foldedInto(db, step.entity_id)
    const state = states.get(id) ?? new Map<string, StandingRow>()
    states.set(id, state.set(step.field, step))
  }
  for (const [id, state] of states) keepSnoozed(db, id, state)
  return steps
}

/**
 * Snoozing opens, and closing wakes: nothing is closed and waits at once. Whoever snoozed what a command had opened did open
 * it; whoever closed what a command had woken did wake it.
 * @param state  the steps about one conversation, by their fields
 */
function keepSnoozed(db: ReadableDb, id: string, state: ReadonlyMap<string, StandingRow>): void {
  const now = stateOf(db, id)
  const status = state.get('status')
  const until = state.get('snoozed_until')
  const reply = state.get('snoozed_until_reply')
  const waits =
    (until ? until.before_value : now.snoozed_until) !== null ||
    Number((reply ? reply.before_value : now.snoozed_until_reply) ?? 0) === 1
  if (!waits) return
  if (status?.before_value === 'closed') {
    // Snoozed before it was woken, and closed after that: what was said last stays.
    const woken = [until, reply].filter((step) => step?.before_value && step.position < status.position)
    for (const step of woken) if (step) step.stands = 0
    if (woken.length === 0) status.stands = 0
  } else if (!status && now.status === 'closed') for (const step of [until, reply]) if (step) step.stands = 0
}

/** What of a command still stands: what its fields had before, where nobody changed them since. */
export const standingSteps = (
  db: ReadableDb,
  undoId: string,
): { entity: OpEntity; entity_id: string; field: string; before_value: Scalar }[] =>
  stepsWithStanding(db, undoId)
    .filter(({ stands }) => stands === 1)
    .toSorted((a, b) => a.position - b.position)

/** The command by which a thread was merged, also where headers joined it to another since. */
export const threadMergeBehind = (db: ReadableDb, id: string): string | undefined =>
  [id, ...foldsOf(db, id)].map((one) => mergeBehind(db, 'thread', one)).find((one) => one !== undefined)

/** What the fields of a row get back, by their names. */
export type Restored = ReadonlyMap<string, Scalar>

/**
 * Takes back a command in one durable transaction.
 * @param user.seesToOthers  whether they may take back what others did: an admin
 * @param mayChange  throws where the user may not change that thing now, whatever they could before; nothing is taken
 *   back then
 * @param after  what else follows, in the same transaction
 * @returns how many fields were left alone because somebody changed them since
 * @throws DomainError NOT_FOUND, NOT_ALLOWED (somebody else's), CONFLICT (taken back already)
 */
export function runUndo(
  store: Store,
  user: { id: string; seesToOthers: boolean },
  undoId: string,
  mayChange: (db: ReadableDb, entity: OpEntity, id: string, to: Restored) => void,
  after: (write: Write) => void = () => {},
): { skipped: number } {
  return store.write(
    (write) => {
      const command = undoById(write.db, undoId)
      if (!command) {
        throw new DomainError(
          'NOT_FOUND',
          'There is nothing to take back here: what a command did can be undone on the machine that it was done on.',
        )
      }
      if (command.actor_id !== user.id && !user.seesToOthers) {
        throw new DomainError('NOT_ALLOWED', 'Only who did this, or an admin, can take it back.')
      }
      if (command.undone_at !== null) throw new DomainError('CONFLICT', 'This was taken back already.')
      const seen = new Set<string>()
      const result = takeBack(write, store, user.id, undoId, (entity, id, to) => {
        if (seen.has(`${entity} ${id}`)) return
        seen.add(`${entity} ${id}`)
        mayChange(write.db, entity, id, to)
      })
      after(write)
      return result
    },
    { durable: true },
  )
}

/**
 * Takes back a command within a transaction: one op for each row, and one for each of its sets.
 * @param each  told of every row before it is changed
 */
export function takeBack(
  write: Write,
  store: Clocked,
  actorId: string | null,
  undoId: string,
  each: (entity: OpEntity, id: string, to: Restored) => void = () => {},
): { skipped: number } {
  const { db, now } = write
  const steps = stepsWithStanding(db, undoId)
  const append = (op: Op): void => void appendStamped(write, store.hlc, actorId, op)
  let skipped = 0
  /** Messages that are read or unread again. */
  const seen = new Map<string, boolean>()
  for (const own of rowsOf(steps)) {
    const { entity, entity_id: id } = own[0]!
    const standing = own.filter((step) =>
      step.field === CREATED ? isUntouched(db, step) : step.stands === 1,
    )
    skipped += own.length - standing.length
    if (standing.length === 0) continue
    each(entity, id, new Map(standing.map((step) => [step.field, step.before_value])))
    announce(write, entity, id)
    // Whoever sees it here may not see it there: they are told that something went, not what.
    if (entity === 'thread' && standing.some(({ field }) => field === 'inbox_id'))
      for (const name of ['threads', 'tickets'] as const) write.changedAll(name)
    const values: Record<string, Scalar> = {}
    const members: { set: string; member: string; before: Scalar }[] = []
    for (const { field, before_value: before } of standing) {
      const colon = field.indexOf(':')
      if (field === CREATED) values[REMOVED] = now
      else if (colon < 0) values[field] = before
      else members.push({ set: field.slice(0, colon), member: field.slice(colon + 1), before })
    }
    if (Object.keys(values).length > 0) append({ entity, id, kind: 'set', values })
    for (const { set, member, before } of members) {
      const kind = before === 1 ? 'add' : 'remove'
      append({ entity: entity as SetEntity, id, kind, set, members: [member] })
    }
    announce(write, entity, id)
    if (entity === 'message' && typeof values['seen'] === 'number') seen.set(id, values['seen'] === 1)
  }
  flagAgain(write, seen)
  db.run('UPDATE undos SET undone_at = ? WHERE id = ?', [now, undoId])
  return { skipped }
}

/** The server is told as well, and their conversations count anew. */
function flagAgain(write: Write, seen: ReadonlyMap<string, boolean>): void {
  const threads = new Set<string>()
  for (const [id, value] of seen) {
    const message = write.db.get<{ rowid: number; thread_id: string }>(
      'SELECT rowid, thread_id FROM messages WHERE id = ?',
      [id],
    )
    if (!message) continue
    queueFlag(write.db, message.rowid, 'seen', value)
    threads.add(message.thread_id)
  }
  for (const id of threads) {
    refreshThread(write.db, id)
    write.changed('threads', id)
  }
}

/** The kind of thing that clients show an entity as. What is not here is part of a record: see `announce`. */
const EVENTS: Partial<Record<OpEntity, EntityName>> = {
  workspace: 'workspace',
  user: 'users',
  team: 'teams',
  inbox: 'inboxes',
  channel: 'channels',
  thread: 'threads',
  message: 'messages',
  // Its id is the message's.
  forward: 'messages',
  contact: 'contacts',
  company: 'companies',
  domain: 'domains',
  ticket: 'tickets',
  deal: 'deals',
  property: 'properties',
  pipeline: 'properties',
  stage: 'properties',
  record_view: 'recordViews',
  refused_mail: 'refusedMail',
  note: 'activities',
  call: 'activities',
  task: 'activities',
  library_item: 'library',
  // Its id is the entry's.
  quote: 'library',
  tag: 'tags',
  thread_view: 'threadViews',
}

/**
 * Says to the clients what changed, before and after: a row may move from one record to another. Parts of records have no
 * event of their own: whatever shows records looks again.
 */
function announce(write: Write, entity: OpEntity, id: string): void {
  if (entity === 'quote_line') {
    const quoteId = quoteOfLine(write.db, id)
    if (quoteId !== undefined) write.changed('library', quoteId)
    return
  }
  if (entity === 'forward') {
    // Whose it is decides whose conversation it is in.
    const sql = 'SELECT thread_id FROM messages WHERE id = ?'
    const message = write.db.get<{ thread_id: string }>(sql, [id])
    if (message) write.changed('threads', message.thread_id)
    write.changedAll('contacts')
  }
  if (entity === 'comment' || entity === 'comment_file') {
    // They are shown in their conversation.
    const comment = write.db.get<{ id: string; thread_id: string }>(
      entity === 'comment'
        ? 'SELECT id, thread_id FROM comments WHERE id = ?'
        : 'SELECT c.id, c.thread_id FROM comment_files f JOIN comments c ON c.id = f.comment_id WHERE f.id = ?',
      [id],
    )
    if (!comment) return
    write.changed('comments', comment.id)
    write.changed('threads', comment.thread_id)
    return
  }
  if (entity === 'ticket') {
    // The conversation shows its priority.
    const sql = 'SELECT thread_id FROM tickets WHERE id = ?'
    const ticket = write.db.get<{ thread_id: string | null }>(sql, [id])
    if (ticket?.thread_id) write.changed('threads', ticket.thread_id)
  }
  if (entity === 'tag') write.changedAll('threads')
  if (entity === 'thread' || entity === 'message') announceConversation(write, entity, id)
  const event = EVENTS[entity]
  if (!event) {
    for (const name of ['contacts', 'companies', 'deals', 'tickets', 'activities'] as const)
      write.changedAll(name)
    return
  }
  write.changed(event, id)
  // Contacts show their company's name.
  if (event === 'companies') write.changedAll('contacts')
  if (event !== 'contacts' && event !== 'companies') return
  const row = write.db.get<{ record_id: string }>(`SELECT record_id FROM ${event} WHERE id = ?`, [id])
  if (row) write.changed(event, row.record_id)
}

/** Where it is shown; what was taken apart is on its own then. */
function announceConversation(write: Write, entity: 'thread' | 'message', id: string): void {
  const sql = 'SELECT thread_id FROM messages WHERE id = ?'
  const thread = entity === 'thread' ? id : write.db.get<{ thread_id: string }>(sql, [id])?.thread_id
  if (thread !== undefined) write.changed('threads', shownAs(write.db, thread))
}

type SetEntity = Extract<Op, { kind: 'add' | 'remove' }>['entity']

/** The steps of one row together; they come in that order. */
function* rowsOf<Step extends StepRow>(steps: readonly Step[]): Generator<Step[]> {
  let own: Step[] = []
  for (const step of steps) {
    const last = own[0]
    if (last && (last.entity !== step.entity || last.entity_id !== step.entity_id)) {
      yield own
      own = []
    }
    own.push(step)
  }
  if (own.length > 0) yield own
}

/** Whether a row that was made is as it was left: nobody set a field of it since, no mail came for it. */
function isUntouched(db: ReadableDb, { entity, entity_id, hlc }: StepRow): boolean {
  // That somebody has read a comment does not keep its author from taking it back.
  const touched = db.get(
    `SELECT 1 FROM field_clocks WHERE entity = ? AND entity_id = ? AND hlc > ? AND field NOT LIKE 'readers:%'`,
    [entity, entity_id, hlc],
  )
  if (touched !== undefined) return false
  return entity !== 'contact' || !db.get('SELECT 1 FROM messages WHERE contact_id = ? LIMIT 1', [entity_id])
}
