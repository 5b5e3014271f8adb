import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { StorageFullError, type Store } from '../store/store.ts'
import { machineSetting, setMachineSetting } from '../store/tables/workspaces.ts'

/**
 * `attachment` of a message, `raw` message, `mailbox` (the mail of a conversation), `draft` attachment, `upload` to a draft, `avatar` of a user,
 * `quote` as PDF, `avatar-upload`, `dropped-mail` (an .eml file to be logged), `import` of a file of records, `export` of records, `library` document, `library-upload` of one, `comment-file`, and
 * `comment-upload` to a comment that is being written. The id is the attachment's, the message's, the conversation's, the
 * hash of the picture, the user's whose picture it becomes, or (upload, import, export, library-upload, comment-upload) an opaque payload.
 */
export type FileKind =
  | 'attachment'
  | 'raw'
  | 'draft'
  | 'upload'
  | 'avatar'
  | 'avatar-upload'
  | 'dropped-mail'
  | 'import'
  | 'export'
  | 'library'
  | 'library-upload'
  | 'quote'
  | 'comment-file'
  | 'comment-upload'
  | 'mailbox'

export type FileRef = { kind: FileKind; userId: string; id: string; name: string }

const KINDS: readonly string[] = [
  'attachment',
  'raw',
  'draft',
  'upload',
  'avatar',
  'avatar-upload',
  'dropped-mail',
  'import',
  'export',
  'library',
  'library-upload',
  'quote',
  'comment-file',
  'comment-upload',
  'mailbox',
] satisfies FileKind[]

/** Makes and checks the authorised paths under `/files/`. */
export type FileUrls = {
  /** The path for that user: nobody can make one without the engine's key, and access is checked again when it is used. */
  url(ref: FileRef): string
  /** The secret of this machine that the paths are signed with; other parts derive theirs from it. */
  readonly key: Uint8Array
  /** What a path stands for, or null when it was not made by `url`. */
  check(pathname: string): FileRef | null
}

function keepKey(store: Store, key: Buffer): void {
  try {
    store.write(({ db }) => setMachineSetting(db, 'files_key', key.toString('hex')))
  } catch (error) {
    // A full disk keeps nothing from working (fault 35): the paths are then good for this run only.
    if (!(error instanceof StorageFullError)) throw error
  }
}

/**
 * The key is kept with the machine's settings, so that paths stay the same from start to start and the browser's
 * cache stays useful.
 */
export function createFileUrls(store: Store): FileUrls {
  const stored = machineSetting(store.read, 'files_key')
  const key = Buffer.from(stored ?? randomBytes(32).toString('hex'), 'hex')
  if (stored === null) keepKey(store, key)

  const sign = (ref: FileRef): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([ref.kind, ref.userId, ref.id, ref.name]))
      .digest('base64url')
      .slice(0, 27)

  return {
    key,
    url(wanted) {
      // A dot segment would be resolved away by whoever reads the path, half a surrogate pair cannot be encoded.
      const plain = wanted.name.replace(/\p{Surrogate}/gu, '\uFFFD')
      const ref = { ...wanted, name: /^\.{0,2}$/.test(plain) ? 'file' : plain }
      return `/files/${ref.kind}/${ref.userId}/${encodeURIComponent(ref.id)}/${sign(ref)}/${encodeURIComponent(ref.name)}`
    },
    check(pathname) {
      const [empty, files, kind, userId, id, signature, name, ...rest] = pathname.split('/')
      if (empty !== '' || files !== 'files' || rest.length > 0) return null
      if (!kind || !KINDS.includes(kind) || !userId || !id || !signature || name === undefined) return null
      try {
        const ref: FileRef = {
          kind: kind as FileKind,
          userId,
          id: decodeURIComponent(id),
          name: decodeURIComponent(name),
        }
        const wanted = Buffer.from(sign(ref))
        const given = Buffer.from(signature)
        return wanted.length === given.length && timingSafeEqual(wanted, given) ? ref : null
      } catch (error) {
        if (error instanceof URIError) return null
        throw error
      }
    },
  }
}
