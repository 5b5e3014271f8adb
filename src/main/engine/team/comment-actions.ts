import { DomainError } from '../lib/domain-error.ts'
import { uuidV7 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { ReadableDb } from '../store/statements.ts'
import type { Store, Write } from '../store/store.ts'
import { collectUndo, type UndoCollector } from '../store/undo.ts'
import {
  commentById,
  commentUploadById,
  commentUploadsOf,
  deleteCommentUpload,
  filesOfComments,
  insertCommentUpload,
  mentionsOf,
  saveCommentDraft,
  unreadMentionsIn,
  type CommentRow,
  type CommentUploadRow,
} from '../store/tables/comments.ts'
import type { ThreadRow } from '../store/tables/threads.ts'
import { inboxById } from '../store/tables/inboxes.ts'
import { accessOf, canSeeThread, mustAct, type Access } from './access.ts'
import { mustSeeThread } from './thread-actions.ts'

/**
 * What colleagues say to each other about a conversation. Comments lie in tables of their own, which nothing that makes a
 * mail reads (D8).
 */

/** What a comment says. */
export type CommentContent = {
  text: string
  mentionIds: readonly string[]
}

/** Most files that one comment has. */
const MOST_FILES = 50

/** @throws DomainError NOT_FOUND for what was removed, or lies where the user sees nothing */
export function mustSeeComment(
  db: ReadableDb,
  access: Access,
  id: string,
): { comment: CommentRow; thread: ThreadRow } {
  const comment = commentById(db, id)
  if (!comment || comment.removed_at !== null) throw gone()
  return { comment, thread: mustSeeThread(db, access, comment.thread_id) }
}

const gone = (): DomainError =>
  new DomainError('NOT_FOUND', 'This comment does not exist any more, or you cannot see its inbox.')

/** One's own comment, in an inbox where one may act. */
function mustOwn(db: ReadableDb, access: Access, id: string): { comment: CommentRow; thread: ThreadRow } {
  const found = mustSeeComment(db, access, id)
  mustAct(access, found.thread.inbox_id)
  if (found.comment.author_id === access.user.id) return found
  throw new DomainError('NOT_ALLOWED', 'Only who wrote a comment can change or remove it.')
}

/** Nobody is called to a conversation that they cannot see (A1). */
function mustBeReachable({ db }: Write, thread: ThreadRow, userIds: readonly string[]): void {
  for (const id of userIds) {
    const mentioned = accessOf(db, id)
    if (!mentioned) {
      throw new DomainError('BAD_INPUT', 'The comment mentions somebody who is not a user here.', {
        field: 'mentionIds',
      })
    }
    if (canSeeThread(mentioned, thread)) continue
    const inbox = thread.inbox_id === null ? undefined : inboxById(db, thread.inbox_id)
    throw new DomainError(
      'BAD_INPUT',
      `${mentioned.user.name} cannot see this conversation. Take the mention out, or add them to the inbox "${inbox?.name ?? '?'}" first.`,
      { field: 'mentionIds', ...(thread.inbox_id !== null && { inboxId: thread.inbox_id }) },
    )
  }
}

function announce(write: Write, comment: { id: string; thread_id: string }): void {
  write.changed('comments', comment.id)
  write.changed('threads', comment.thread_id)
}

/** Adds an internal comment with the files that wait for it, and ends the draft of it. */
export function commentOnThread(
  store: Store,
  access: Access,
  threadId: string,
  { text, mentionIds, fileIds = [] }: CommentContent & { fileIds?: readonly string[] },
): { id: string; undo: string | null } {
  return store.write(
    (write) => {
      const thread = mustSeeThread(write.db, access, threadId)
      mustAct(access, thread.inbox_id)
      const files = [...new Set(fileIds)].map((id) => mustHaveUpload(write.db, access, thread.id, id))
      if (text === '' && files.length === 0)
        throw new DomainError('BAD_INPUT', 'Write something, or attach a file.', { field: 'text' })
      const mentioned = [...new Set(mentionIds)]
      mustBeReachable(write, thread, mentioned)
      const id = uuidV7(write.now)
      const undo = collectUndo(write, store, access.user.id)
      undo.append({
        entity: 'comment',
        id,
        kind: 'create',
        values: { thread_id: thread.id, author_id: access.user.id, text, at: write.now },
      })
      if (mentioned.length > 0)
        undo.append({ entity: 'comment', id, kind: 'add', set: 'mentions', members: mentioned })
      for (const file of files) addFile(write, store, access, id, file)
      saveCommentDraft(write.db, { userId: access.user.id, threadId: thread.id, text: '', now: write.now })
      announce(write, { id, thread_id: thread.id })
      return { id, undo: undo.id() }
    },
    { durable: true },
  )
}

function mustHaveUpload(db: ReadableDb, access: Access, threadId: string, id: string): CommentUploadRow {
  const file = commentUploadById(db, id)
  if (file?.user_id === access.user.id && file.thread_id === threadId) return file
  throw new DomainError('NOT_FOUND', 'A file of this comment is not there any more. Attach it again.', {
    field: 'fileIds',
  })
}

/** Not through the collector: a comment that is taken back is removed, and its files with it. */
function addFile(
  write: Write,
  store: Store,
  access: Access,
  commentId: string,
  { id, name, mime_type, size, hash }: CommentUploadRow,
): void {
  appendOp(write, store.hlc, access.user.id, {
    entity: 'comment_file',
    id,
    kind: 'create',
    values: { comment_id: commentId, name, mime_type, size, hash },
  })
  deleteCommentUpload(write.db, id)
}

/** Changes one's own comment. What it said before stays in the history. */
export function editComment(
  store: Store,
  access: Access,
  id: string,
  { text, mentionIds, removeFileIds = [] }: CommentContent & { removeFileIds?: readonly string[] },
): string | null {
  return store.write(
    (write) => {
      const { comment, thread } = mustOwn(write.db, access, id)
      const files = filesOfComments(write.db, [id]).get(id) ?? []
      const dropped = files.filter((file) => removeFileIds.includes(file.id))
      if (text === '' && dropped.length === files.length)
        throw new DomainError('BAD_INPUT', 'A comment says something. Remove it, if it is not needed.', {
          field: 'text',
        })
      const undo = collectUndo(write, store, access.user.id)
      changeMentions(write, undo, comment, thread, mentionIds)
      for (const file of dropped)
        undo.append({ entity: 'comment_file', id: file.id, kind: 'set', values: { removed_at: write.now } })
      if (text !== comment.text)
        undo.append({ entity: 'comment', id, kind: 'set', values: { text, edited_at: write.now } })
      if (undo.id() !== null) announce(write, comment)
      return undo.id()
    },
    { durable: true },
  )
}

function changeMentions(
  write: Write,
  undo: UndoCollector,
  { id }: CommentRow,
  thread: ThreadRow,
  mentionIds: readonly string[],
): void {
  const before = (mentionsOf(write.db, [id]).get(id) ?? []).map((one) => one.user_id)
  const added = [...new Set(mentionIds)].filter((one) => !before.includes(one))
  const removed = before.filter((one) => !mentionIds.includes(one))
  mustBeReachable(write, thread, added)
  for (const [kind, members] of [
    ['add', added],
    ['remove', removed],
  ] as const)
    if (members.length > 0) undo.append({ entity: 'comment', id, kind, set: 'mentions', members })
}

/** Removes one's own comment, and its files with it. */
export function removeComment(store: Store, access: Access, id: string): string | null {
  return store.write(
    (write) => {
      const { comment } = mustOwn(write.db, access, id)
      const undo = collectUndo(write, store, access.user.id)
      undo.append({ entity: 'comment', id, kind: 'set', values: { removed_at: write.now } })
      announce(write, comment)
      return undo.id()
    },
    { durable: true },
  )
}

/** Keeps what the user has begun to say. Nobody else is told, so it is no commit that others hear of. */
export function keepCommentDraft(store: Store, access: Access, threadId: string, text: string): void {
  store.write((write) => {
    const thread = mustSeeThread(write.db, access, threadId)
    mustAct(access, thread.inbox_id)
    saveCommentDraft(write.db, { userId: access.user.id, threadId: thread.id, text, now: write.now })
  })
}

/** Takes the bytes of a file for a comment that is being written. */
export function addCommentUpload(
  store: Store,
  access: Access,
  threadId: string,
  file: { name: string; mimeType: string; content: Uint8Array },
): CommentUploadRow {
  return store.write(
    (write) => {
      const thread = mustSeeThread(write.db, access, threadId)
      mustAct(access, thread.inbox_id)
      if (commentUploadsOf(write.db, access.user.id, thread.id).length >= MOST_FILES)
        throw new DomainError(
          'BAD_INPUT',
          `A comment has at most ${MOST_FILES} files. Put more into an archive.`,
        )
      const [hash] = store.blobs.put(write.db, [file.content])
      const row = {
        id: uuidV7(write.now),
        user_id: access.user.id,
        thread_id: thread.id,
        name: file.name,
        mime_type: file.mimeType,
        size: file.content.byteLength,
        hash: Buffer.from(hash!).toString('hex'),
      }
      insertCommentUpload(write.db, row)
      return row
    },
    { durable: true },
  )
}

/** Takes a file out of the user's draft; one that is not there is gone already. */
export function dropCommentUpload(store: Store, access: Access, id: string): void {
  store.write(({ db }) => {
    if (commentUploadById(db, id)?.user_id === access.user.id) deleteCommentUpload(db, id)
  })
}

/** The user has seen what mentions them in a conversation. */
export function markMentionsRead(store: Store, access: Access, threadId: string): void {
  store.write((write) => {
    const thread = mustSeeThread(write.db, access, threadId)
    for (const id of unreadMentionsIn(write.db, access.user.id, thread.id)) {
      appendOp(write, store.hlc, access.user.id, {
        entity: 'comment',
        id,
        kind: 'add',
        set: 'readers',
        members: [access.user.id],
      })
      write.changed('comments', id)
    }
  })
}
