import { z } from 'zod'
import { base } from './base.ts'
import { Cursor, Timestamp, Undoable } from './common.ts'
import { DraftAttachmentView } from './composing.ts'
import { DraftId, LibraryItemId, TeamId, UserId } from './ids.ts'

export const LibraryKind = z.enum(['template', 'snippet', 'document'])
export type LibraryKind = z.infer<typeof LibraryKind>

/** Whose an entry is: the user's alone, one team's, or everyone's. */
export const LibraryAudience = z.enum(['me', 'team', 'everyone'])
export type LibraryAudience = z.infer<typeof LibraryAudience>

/** Folders are names within names: "Refunds/Lamps". Empty: in none. */
export const LibraryFolder = z
  .string()
  .max(200)
  .transform((text) =>
    text
      .split('/')
      .map((part) => part.trim())
      .filter(Boolean)
      .join('/'),
  )

/** Without the "#" that it is typed with; empty for none. */
export const LibraryShortcut = z
  .string()
  .trim()
  .toLowerCase()
  .transform((text) => text.replace(/^#/, ''))
  .refine((text) => /^$|^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u.test(text), {
    error: 'A shortcut has letters, digits, "-" and "_" only, like "refund".',
  })

const Shared = z.object({
  audience: LibraryAudience,
  /** The team it is shared with, where that is the audience. */
  teamId: TeamId.nullable().default(null),
})

const Texts = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(200),
  /** Of a template; set where the mail has no subject yet. */
  subject: z.string().max(2000).default(''),
  /** HTML with Liquid in its text; empty for a document. */
  content: z.string().max(100_000).default(''),
  shortcut: LibraryShortcut.default(''),
  folder: LibraryFolder.default(''),
})

export const LibraryRowView = z.object({
  id: LibraryItemId,
  kind: LibraryKind,
  name: z.string(),
  subject: z.string(),
  /** How its text begins; of a document its file name. */
  snippet: z.string(),
  shortcut: z.string(),
  folder: z.string(),
  audience: LibraryAudience,
  teamId: TeamId.nullable(),
  authorId: UserId.nullable(),
  /** How often it was inserted. */
  uses: z.number().int(),
  updatedAt: Timestamp,
  /** Of a document. */
  file: z.object({ mimeType: z.string(), size: z.number().int(), url: z.string() }).nullable(),
})
export type LibraryRowView = z.infer<typeof LibraryRowView>

export const LibraryItemView = LibraryRowView.extend({ content: z.string() })
export type LibraryItemView = z.infer<typeof LibraryItemView>

/** A text with its tokens filled in. */
export const FilledView = z.object({
  subject: z.string(),
  /** Clean mail HTML. Where the cursor belongs, it has the character U+E000 once. */
  html: z.string(),
  /** Tokens that nothing filled in; they stand in the text as they were written. */
  unfilled: z.array(z.string()),
})
export type FilledView = z.infer<typeof FilledView>

export const TokenView = z.object({
  /** "contact.first_name". */
  token: z.string(),
  group: z.enum(['contact', 'company', 'deal', 'ticket', 'sender', 'inbox', 'other']),
  /** In words: "First name". */
  name: z.string(),
  sample: z.string(),
})
export type TokenView = z.infer<typeof TokenView>

/** One text in a file of the library: what export writes and import reads. */
export const LibraryEntry = Texts.extend({ kind: LibraryKind.exclude(['document']) })
export type LibraryEntry = z.infer<typeof LibraryEntry>

export const library = {
  /** What the user sees of it: by name, or what is used most first (then without a cursor). */
  list: base
    .input(
      z.object({
        kind: LibraryKind.optional(),
        /** This folder and those in it; left out for all. */
        folder: LibraryFolder.optional(),
        /** Words that name, shortcut, folder or text hold. */
        query: z.string().max(200).default(''),
        order: z.enum(['name', 'used']).default('name'),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(z.object({ rows: z.array(LibraryRowView), nextCursor: Cursor.nullable() })),
  folders: base.input(z.object({})).output(z.array(z.object({ name: z.string(), count: z.number().int() }))),
  get: base.input(z.object({ id: LibraryItemId })).output(LibraryItemView),
  /**
   * Makes or changes one. BAD_INPUT with the field where its Liquid cannot be read, CONFLICT where another one that the
   * user sees has the shortcut.
   */
  save: base
    .input(Texts.extend(Shared.shape).extend({ id: LibraryItemId.optional(), kind: LibraryKind }))
    .output(Undoable.extend({ id: LibraryItemId })),
  remove: base.input(z.object({ ids: z.array(LibraryItemId).min(1).max(1000) })).output(Undoable),
  /** A file becomes a document: POST its bytes to `url`; the answer is `{ id }`. */
  uploadUrl: base
    .input(
      Shared.extend({
        name: z.string().min(1).max(1000),
        mimeType: z.string().max(255),
        folder: LibraryFolder.default(''),
      }),
    )
    .output(z.object({ url: z.string() })),
  tokens: base.input(z.object({})).output(z.array(TokenView)),
  /** With sample values; `problem` says in words why it cannot be filled in. */
  preview: base
    .input(z.object({ subject: z.string().max(2000), content: z.string().max(100_000) }))
    .output(FilledView.extend({ problem: z.string().nullable() })),
  /** What expands while it is typed. */
  shortcuts: base
    .input(z.object({}))
    .output(z.array(z.object({ shortcut: z.string(), id: LibraryItemId, kind: LibraryKind }))),
  /** Fills one in for a draft of the user, or attaches the document to it; counts as a use. */
  insert: base
    .input(z.object({ id: LibraryItemId, draftId: DraftId }))
    .output(FilledView.extend({ kind: LibraryKind, attachment: DraftAttachmentView.nullable() })),
  /** Templates and snippets, to be kept as a file. */
  export: base.input(z.object({})).output(z.object({ entries: z.array(LibraryEntry) })),
  /** Entries that are there already (same kind, name and folder) are left out, and so are those with a fault. */
  import: base.input(Shared.extend({ entries: z.array(LibraryEntry).max(2000) })).output(
    Undoable.extend({
      added: z.number().int(),
      skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
  ),
}
