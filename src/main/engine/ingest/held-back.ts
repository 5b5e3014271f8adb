import { heldBackBy } from '../mime/held-back.ts'
import type { ParsedMessage } from '../mime/types.ts'
import type { Write } from '../store/store.ts'
import { forgetMessage } from '../store/tables/erased-messages.ts'
import { isHeldBack, noteHeldBack, replaceSource } from '../store/tables/held-back.ts'
import type { messagesWithId } from '../store/tables/messages.ts'
import { replaceCopies } from '../store/tables/remote-messages.ts'

/** The first look for what a scanner held back comes after this long, in ms: most scans take a minute or two. */
const FIRST_LOOK_MS = 60_000

type SameId = ReturnType<typeof messagesWithId>[number]

export type Placeholder = { rowid: number; id: string; seen: number; answered: number }

/**
 * The message whose scanned files have come: the same Message-ID and sender with other content, where what is here has a
 * scanner's placeholder (E2). It is taken out, and the whole one takes its place.
 * @param same  the messages of its address with its Message-ID
 */
export function takeOutPlaceholder(write: Write, same: readonly SameId[], from: string): Placeholder | null {
  const { db } = write
  const found = same.find((row) => row.from_address === from.toLowerCase() && isHeldBack(db, row.rowid))
  if (!found) return null
  const { rowid, id, seen, answered } = found
  // Files of the whole message may be the same bytes, so these are left where they are.
  forgetMessage(db, rowid)
  write.changed('messages', id)
  return { rowid, id, seen, answered }
}

/** What pointed to the placeholder points to the whole message. */
export function takeItsPlace({ db }: Write, before: Placeholder, rowid: number, id: string): void {
  replaceCopies(db, before.rowid, rowid)
  replaceSource(db, before.id, id)
}

/** A message with a placeholder is looked for again. */
export function noteHeldBackFiles({ db, now }: Write, rowid: number, message: ParsedMessage): void {
  if (message.attachments.some((attachment) => heldBackBy(attachment) !== null))
    noteHeldBack(db, rowid, now + FIRST_LOOK_MS)
}
