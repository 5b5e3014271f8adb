import { z } from 'zod'
import type { UndoId } from '../../../contract/ids.ts'
import { safeFileName } from '../mime/safe-name.ts'
import { commentFileShape, commentShapes, type CommentReader } from '../read/comments.ts'
import { commentVersions } from '../store/queries/history.ts'
import {
  commentDraftOf,
  commentFileById,
  commentUploadById,
  commentUploadsOf,
} from '../store/tables/comments.ts'
import type { Access } from '../team/access.ts'
import {
  addCommentUpload,
  dropCommentUpload,
  editComment,
  keepCommentDraft,
  markMentionsRead,
  mustSeeComment,
  removeComment,
} from '../team/comment-actions.ts'
import { mustAct } from '../team/access.ts'
import { mustSeeThread } from '../team/thread-actions.ts'
import { mustAccess, os } from './context.ts'
import type { ApiDeps } from './deps.ts'
import { plainResponse } from './file-response.ts'
import type { FileRef } from './file-urls.ts'

/** What a file waits for, as its upload path carries it. */
const UploadTarget = z.object({ threadId: z.string(), mimeType: z.string() })

/** Paths that only this user's client is given. */
export const commentReader = ({ files }: Pick<ApiDeps, 'files'>, access: Access): CommentReader => ({
  userId: access.user.id,
  url: (id, name) => files.url({ kind: 'comment-file', userId: access.user.id, id, name }),
})

export const commentsHandlers = (deps: ApiDeps) => {
  const { store } = deps
  return {
    get: os.comments.get.handler(({ input, context }) => {
      const access = mustAccess(context)
      const { comment } = mustSeeComment(store.read, access, input.id)
      return commentShapes(store.read, [comment], commentReader(deps, access))[0]!
    }),
    edit: os.comments.edit.handler(({ input, context }) => {
      const { id, ...content } = input
      const undo = editComment(store, mustAccess(context), id, content)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    remove: os.comments.remove.handler(({ input, context }) => {
      const undo = removeComment(store, mustAccess(context), input.id)
      return { rev: store.rev, undo: undo as UndoId | null }
    }),
    history: os.comments.history.handler(({ input, context }) => {
      const { comment } = mustSeeComment(store.read, mustAccess(context), input.id)
      return { versions: commentVersions(store.read, comment.id) }
    }),
    draft: os.comments.draft.handler(({ input, context }) => {
      const access = mustAccess(context)
      const thread = mustSeeThread(store.read, access, input.threadId)
      const reader = commentReader(deps, access)
      return {
        text: commentDraftOf(store.read, access.user.id, thread.id),
        files: commentUploadsOf(store.read, access.user.id, thread.id).map((row) =>
          commentFileShape(row, reader),
        ),
      }
    }),
    saveDraft: os.comments.saveDraft.handler(({ input, context }) => {
      keepCommentDraft(store, mustAccess(context), input.threadId, input.text)
      return {}
    }),
    attachUrl: os.comments.attachUrl.handler(({ input, context }) => {
      const access = mustAccess(context)
      const thread = mustSeeThread(store.read, access, input.threadId)
      mustAct(access, thread.inbox_id)
      const id = JSON.stringify({ threadId: thread.id, mimeType: input.mimeType })
      return {
        url: deps.files.url({ kind: 'comment-upload', userId: access.user.id, id, name: input.name }),
      }
    }),
    detach: os.comments.detach.handler(({ input, context }) => {
      dropCommentUpload(store, mustAccess(context), input.id)
      return {}
    }),
    markRead: os.comments.markRead.handler(({ input, context }) => {
      markMentionsRead(store, mustAccess(context), input.threadId)
      return { rev: store.rev }
    }),
  }
}

/** The bytes of a file of a comment, or of one that waits in the user's own draft; null where there is none for them. */
export function commentFile(
  { store }: Pick<ApiDeps, 'store'>,
  access: Access,
  id: string,
): { hash: Buffer; name: string; mimeType: string } | null {
  const waiting = commentUploadById(store.read, id)
  const file = waiting ?? commentFileById(store.read, id)
  if (!file) return null
  if (waiting) {
    if (waiting.user_id !== access.user.id) return null
  } else if ('comment_id' in file) {
    if (file.removed_at !== null) return null
    mustSeeComment(store.read, access, file.comment_id)
  }
  return { hash: Buffer.from(file.hash, 'hex'), name: file.name, mimeType: file.mime_type }
}

/** Takes the bytes of a file for the comment that the user is writing. */
export function acceptCommentFile(
  deps: Pick<ApiDeps, 'store' | 'files'>,
  access: Access,
  ref: FileRef,
  content: Buffer | null,
): Response {
  if (!content) return plainResponse(413, `"${ref.name}" is over 50 MB. Share a link to it instead.`)
  const { threadId, mimeType } = UploadTarget.parse(JSON.parse(ref.id))
  const row = addCommentUpload(deps.store, access, threadId, {
    name: safeFileName(ref.name),
    mimeType: /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType.toLowerCase() : 'application/octet-stream',
    content,
  })
  return Response.json(commentFileShape(row, commentReader(deps, access)), {
    status: 201,
    headers: { 'cache-control': 'no-store' },
  })
}
