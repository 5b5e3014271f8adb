import type { Logger } from 'pino'
import { ChannelError, type MailSession, type RemoteFolder } from '../channels/types.ts'
import { isStableId } from '../threading/message-ids.ts'
import type { Store, Write } from '../store/store.ts'
import { foldersOf, type FolderRow } from '../store/tables/folders.ts'
import {
  copiesIn,
  dropMove,
  messageIdOfRow,
  moveOf,
  notePlace,
  placesOf,
  retryMoves,
  setMove,
  threadsOfMessages,
  waitingMoves,
  type JunkMoveRow,
} from '../store/tables/junk-moves.ts'
import { markVanished } from '../store/tables/remote-messages.ts'

/** Messages of one command. */
const BATCH = 200

type JunkMoving = {
  session: MailSession
  /** The INBOX, brought in step just now: its UIDs mean what they are known to mean. */
  inbox: FolderRow
  folders: readonly RemoteFolder[]
  store: Store
  log: Logger
  signal: AbortSignal
  /** Whether what was refused before is tried again. */
  again: boolean
}

/**
 * Moves on the server what is spam into Junk, and back what is not any more. Each batch is committed when the server has
 * answered, so that what was cut off is done by the next connection; a message that is there already is not looked for.
 * @returns whether anything was moved: another folder is open then
 */
export async function moveJunk(moving: JunkMoving): Promise<boolean> {
  const { store, inbox, folders, again, signal, session } = moving
  const junk = folders.find((folder) => folder.role === 'junk' && folder.selectable)?.path
  const known = junk !== undefined && session.move !== undefined
  if (again) store.write(({ db }) => retryMoves(db, inbox.id, known))
  let moved = false
  for (const wanted of ['junk', 'inbox'] as const) {
    for (;;) {
      signal.throwIfAborted()
      const batch = waitingMoves(store.read, inbox.id, wanted, BATCH)
      if (batch.length === 0) break
      if (!known) settle(store, batch, (row) => (wanted === 'junk' ? { ...row, state: 'no_junk' } : null))
      else moved = (await moveBatch(moving, junk, wanted, batch)) || moved
    }
  }
  return moved
}

async function moveBatch(
  moving: JunkMoving,
  junk: string,
  wanted: JunkMoveRow['wanted'],
  batch: readonly JunkMoveRow[],
): Promise<boolean> {
  const { store, log } = moving
  try {
    return wanted === 'junk' ? await toJunk(moving, junk, batch) : await fromJunk(moving, junk, batch)
  } catch (error) {
    // A server that refuses this does all else; a connection that is gone is the channel's business.
    if (!(error instanceof ChannelError) || !['server_error', 'folder_missing'].includes(error.problem.code))
      throw error
    const { message, serverText } = error.problem
    log.warn({ problem: error.problem, path: junk, wanted }, 'spam could not be moved on the server')
    settle(store, batch, (row) => ({
      ...row,
      state: 'failed',
      attempts: row.attempts + 1,
      problem: serverText ?? message,
    }))
    return false
  }
}

/** Writes how far some moves have come, unless what is wanted changed meanwhile; null for what is done with. */
function settle(
  store: Store,
  batch: readonly JunkMoveRow[],
  next: (row: JunkMoveRow, write: Write) => JunkMoveRow | null,
): void {
  store.write((write) => {
    for (const row of batch) {
      if (moveOf(write.db, row)?.wanted !== row.wanted) continue
      const after = next(row, write)
      if (after) setMove(write.db, after)
      else dropMove(write.db, row)
    }
    tell(write, batch)
  })
}

const tell = (write: Write, batch: readonly JunkMoveRow[]): void => {
  const rowids = batch.map((row) => row.message_rowid)
  for (const id of threadsOfMessages(write.db, rowids)) write.changed('threads', id)
}

async function toJunk(
  { session, store, inbox }: JunkMoving,
  junk: string,
  batch: readonly JunkMoveRow[],
): Promise<boolean> {
  const rowids = batch.map((row) => row.message_rowid)
  const copies = copiesIn(store.read, inbox.id, rowids)
  // Its number is compared again: this folder was open already, but the server may have rebuilt it in between (fault 3).
  const state = await session.open(inbox.path)
  const numbering = foldersOf(store.read, inbox.channel_id).find((folder) => folder.id === inbox.id)
  if (state.uidValidity !== numbering?.uid_validity)
    throw new ChannelError({
      code: 'server_error',
      message: `${inbox.path} was rebuilt on the server meanwhile.`,
      hint: 'It is compared anew.',
      serverText: null,
    })
  const uids = copies.map(({ uid }) => uid)
  const answer = uids.length > 0 ? await session.move!(uids, junk) : null
  store.write((write) => {
    const { db } = write
    if (markVanished(db, inbox.id, uids, write.now) > 0) write.changed('channels', inbox.channel_id)
    for (const { uid, message_rowid } of copies) {
      const now = answer?.uids.get(uid)
      if (now !== undefined && answer?.uidValidity)
        notePlace(db, inbox.id, { message_rowid, uid_validity: answer.uidValidity, uid: now })
    }
    for (const row of batch) {
      // Somebody said meanwhile that it is no spam: it is taken back next.
      const stillWanted = moveOf(db, row)?.wanted === 'junk'
      setMove(
        db,
        stillWanted
          ? { ...row, state: 'done', problem: null }
          : { ...row, wanted: 'inbox', state: 'waiting', problem: null },
      )
    }
    tell(write, batch)
  })
  return true
}

async function fromJunk(
  { session, store, inbox, log }: JunkMoving,
  junk: string,
  batch: readonly JunkMoveRow[],
): Promise<boolean> {
  const state = await session.open(junk)
  const rowids = batch.map((row) => row.message_rowid)
  const places = placesOf(store.read, inbox.id, rowids).filter(
    (place) => place.uid_validity === state.uidValidity,
  )
  const there = new Set(await session.uids())
  const uids: number[] = []
  for (const row of batch) {
    const known = places.filter(
      ({ message_rowid, uid }) => message_rowid === row.message_rowid && there.has(uid),
    )
    const messageId = messageIdOfRow(store.read, row.message_rowid)
    const found =
      known.length > 0
        ? known.map(({ uid }) => uid)
        : messageId === undefined || isStableId(messageId)
          ? []
          : await session.findByMessageId(junk, messageId)
    if (found.length === 0) log.warn({ messageId, path: junk }, 'what is no spam is not in Junk any more')
    uids.push(...found)
  }
  if (uids.length > 0) await session.move!(uids, inbox.path)
  store.write((write) => {
    for (const row of batch) {
      const now = moveOf(write.db, row)
      dropMove(write.db, row)
      // It is spam again since: it came back to INBOX and goes from there.
      if (now?.wanted === 'junk')
        setMove(write.db, { ...row, wanted: 'junk', state: 'waiting', problem: null })
    }
    tell(write, batch)
  })
  return true
}
