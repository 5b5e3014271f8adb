import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp, Undoable } from './common.ts'
import { CommentFileId, CommentId, ThreadId, UserId } from './ids.ts'

export const CommentFileView = z.object({
  id: CommentFileId,
  name: z.string(),
  mimeType: z.string(),
  /** Bytes. */
  size: z.number().int(),
  /** An authorised path of this user (see `host.fileUrl`). */
  url: z.string(),
})
export type CommentFileView = z.infer<typeof CommentFileView>

export const CommentView = z.object({
  id: CommentId,
  threadId: ThreadId,
  authorId: UserId,
  /** Plain text with @mentions as typed; hostile like everything that people write (fault 68). Empty beside files alone. */
  text: z.string(),
  mentionIds: z.array(UserId),
  files: z.array(CommentFileView).default([]),
  /** It mentions the user, who has not seen it. */
  unread: z.boolean().default(false),
  at: Timestamp,
  /** When its author last changed the text; null when it is as it was. */
  editedAt: Timestamp.nullable().default(null),
})
export type CommentView = z.infer<typeof CommentView>

/** The text of a comment; it may be empty where files come with it. */
export const CommentText = z.string().trim().max(50_000)

/** What colleagues say to each other about a conversation. It lies apart from all mail and can never become part of one (D8). */
export const comments = {
  get: base.input(z.object({ id: CommentId })).output(CommentView),
  /** One's own only. */
  edit: base
    .input(
      z.object({
        id: CommentId,
        text: CommentText,
        mentionIds: z.array(UserId).max(100).default([]),
        removeFileIds: z.array(CommentFileId).max(50).default([]),
      }),
    )
    .output(Undoable),
  /** One's own only. */
  remove: base.input(z.object({ id: CommentId })).output(Undoable),
  /** Every text that it had, the first one first. */
  history: base.input(z.object({ id: CommentId })).output(
    z.object({
      versions: z.array(z.object({ text: z.string(), actorId: UserId.nullable(), at: Timestamp })),
    }),
  ),
  /** What the user has begun to write in a conversation, and the files that wait to go with it. */
  draft: base
    .input(z.object({ threadId: ThreadId }))
    .output(z.object({ text: z.string(), files: z.array(CommentFileView) })),
  saveDraft: base.input(z.object({ threadId: ThreadId, text: z.string().max(50_000) })).output(z.object({})),
  /** Where the bytes of a file are sent (POST); answered by a CommentFileView, which waits in the draft. */
  attachUrl: base
    .input(
      z.object({
        threadId: ThreadId,
        name: z.string().min(1).max(1000),
        mimeType: z.string().max(200).default('application/octet-stream'),
      }),
    )
    .output(z.object({ url: z.string() })),
  /** Takes a file out of the draft that it waits in. */
  detach: base.input(z.object({ id: CommentFileId })).output(z.object({})),
  /** The user has seen what mentions them in a conversation. */
  markRead: base.input(z.object({ threadId: ThreadId })).output(Committed),
}
