import type { InsertWay, LibraryKind, MeetingView } from '../../../../contract/library.ts'
import type { ReadableDb } from '../../store/statements.ts'
import type { Store, Write } from '../../store/store.ts'
import type { LibraryItemRow } from '../../store/tables/library.ts'
import { article } from './article.ts'
import { document } from './document.ts'
import type { Filled, TokenValues } from './liquid.ts'
import { meeting } from './meeting.ts'
import { quote } from './quote.ts'
import { snippet } from './snippet.ts'
import { template } from './template.ts'
import { video } from './video.ts'

/** A file that comes with what is inserted: stored already, or made for it. */
export type InsertedFile = {
  name: string
  mimeType: string
  /** Shown within the text, which has `INSERTED_CID` for its address. */
  inline?: boolean
  content: { hash: string; size: number } | Uint8Array
  /** Told in the transaction that notes the use. @param hash of its bytes, in hexadecimal */
  attached?(write: Write, store: Pick<Store, 'hlc'>, hash: string): void
}

/** What an insertable puts into a mail. */
export type Insertion = Filled & { files: readonly InsertedFile[]; times?: readonly number[] }

/** Of an entry what is written, before it is kept. */
export type Written = {
  /** Of an entry that is there. */
  id?: string | undefined
  subject: string
  content: string
  url: string
  meeting: MeetingView | null
  /** Whether it has a file, and of which type. */
  mimeType: string | null
}

/** Into what it goes, and how. */
export type Inserting = {
  db: ReadableDb
  way: InsertWay
  values(): TokenValues
  /** Who writes the mail. */
  user: { id: string; name: string }
  now: number
  /** Which times of a meeting link are proposed, and how they are written. */
  proposal: { times: readonly number[]; timeZone: string; language: string } | null
}

/** One kind of thing that composers insert: one file beside this one. */
export type Insertable = {
  kind: LibraryKind
  /** How it can be inserted, the usual way first; empty where it lacks what that takes. */
  ways(item: LibraryItemRow): readonly InsertWay[]
  /** @throws DomainError BAD_INPUT with the field at fault, where such an entry cannot be kept */
  check(written: Written, samples: TokenValues, db: ReadableDb): void
  /** @throws DomainError BAD_INPUT where its tokens cannot be filled in, or it cannot be inserted so */
  insert(item: LibraryItemRow, into: Inserting): Insertion | Promise<Insertion>
}

export const insertables: Readonly<Record<LibraryKind, Insertable>> = {
  template,
  snippet,
  document,
  meeting,
  article,
  quote,
  video,
}
