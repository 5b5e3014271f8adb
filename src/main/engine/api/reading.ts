import type { BodyReader } from '../read/bodies.ts'
import type { UserFiles } from '../read/messages.ts'
import type { Access } from '../team/access.ts'
import type { ApiDeps } from './deps.ts'

export const bodyReader = ({ store, log }: ApiDeps): BodyReader => ({
  db: store.read,
  blobs: store.blobs,
  log,
})

/** Paths that only this user's client is given, and that work as long as the user can see what they lead to. */
export const userFiles = ({ files }: ApiDeps, access: Access): UserFiles => ({
  attachment: (id, name) => files.url({ kind: 'attachment', userId: access.user.id, id, name }),
  raw: (id) => files.url({ kind: 'raw', userId: access.user.id, id, name: 'message.eml' }),
})
