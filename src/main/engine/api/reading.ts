import type { BodyReader } from '../read/bodies.ts'
import { safeFileName } from '../mime/safe-name.ts'
import type { UserFiles } from '../read/messages.ts'
import { recoverBlob } from '../sync/recover.ts'
import type { Access } from '../team/access.ts'
import { commentReader } from './comments.ts'
import type { ApiDeps } from './deps.ts'

export const bodyReader = (deps: ApiDeps): BodyReader => ({
  db: deps.store.read,
  blobs: deps.store.blobs,
  log: deps.log,
  // Fault 41: made again from the raw message, or fetched; the message is announced as changed when it is whole.
  onDamaged(messageId, hash) {
    recoverBlob(deps, messageId, hash).catch((error: unknown) =>
      deps.log.warn({ err: error, message: messageId }, 'damaged HTML could not be got again'),
    )
  },
})

/** Paths that only this user's client is given, and that work as long as the user can see what they lead to. */
export const userFiles = ({ files }: ApiDeps, access: Access): UserFiles => ({
  attachment: (id, name) => files.url({ kind: 'attachment', userId: access.user.id, id, name }),
  raw: (id, subject) =>
    files.url({ kind: 'raw', userId: access.user.id, id, name: safeFileName(subject || 'message', 'eml') }),
  comments: commentReader({ files }, access),
})
