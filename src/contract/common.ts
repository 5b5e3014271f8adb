import { z } from 'zod'
import { ThreadId, UndoId } from './ids.ts'

/** Milliseconds since the Unix epoch, UTC. */
export const Timestamp = z.number().int()

/** Opaque keyset cursor: only the engine reads it. */
export const Cursor = z.string().max(500)

/** A mailbox as RFC 5322 section 3.4 names it: display name (may be empty) and address. */
export const Mailbox = z.object({ name: z.string().max(1000), address: z.string().max(1000) })
export type Mailbox = z.infer<typeof Mailbox>

/** The conversations that one command is about. */
export const ThreadIds = z.array(ThreadId).min(1).max(1000)

/** The workspace's revision after a command: every commit raises it by one. */
export const Committed = z.object({ rev: z.number().int() })

/** What a command that can be taken back answers: `undo` is passed to `undo.run`; null when nothing changed. */
export const Undoable = Committed.extend({ undo: UndoId.nullable() })
export type Undoable = z.infer<typeof Undoable>

/** What the interface needs to know about an empty list to say what it is. */
export const EmptyReason = z.enum(['nothing_here', 'still_syncing', 'no_permission', 'no_match'])
export type EmptyReason = z.infer<typeof EmptyReason>
