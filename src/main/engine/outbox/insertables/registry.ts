import type { LibraryKind } from '../../../../contract/library.ts'
import type { LibraryItemRow } from '../../store/tables/library.ts'
import { document } from './document.ts'
import type { Filled, TokenValues } from './liquid.ts'
import { snippet } from './snippet.ts'
import { template } from './template.ts'

/** What an insertable puts into a mail. */
export type Insertion = Filled & { file: { name: string; mimeType: string; hash: string } | null }

/** One kind of thing that composers insert: one file beside this one. */
export type Insertable = {
  kind: LibraryKind
  /** @throws DomainError BAD_INPUT with the field at fault, where such a text cannot be kept */
  check(text: { subject: string; content: string }, samples: TokenValues): void
  /** @throws DomainError BAD_INPUT where its tokens cannot be filled in */
  insert(item: LibraryItemRow, values: () => TokenValues): Insertion
}

export const insertables: Readonly<Record<LibraryKind, Insertable>> = { template, snippet, document }
