import { z } from 'zod'
import { base } from './base.ts'
import { Cursor, Timestamp, Undoable } from './common.ts'
import { DraftAttachmentView } from './composing.ts'
import { QuoteSummary } from './quotes.ts'
import { DraftId, LibraryItemId, TeamId, UserId } from './ids.ts'
import { LibraryAudience, LibraryFolder, Sharing } from './library-sharing.ts'

export const LibraryKind = z.enum(['template', 'snippet', 'document', 'meeting', 'article', 'quote', 'video'])
export type LibraryKind = z.infer<typeof LibraryKind>

/** How an entry comes into a mail: as text, as a link to its address, as a file, as times to choose from, as a picture. */
export const InsertWay = z.enum(['text', 'link', 'attachment', 'times', 'picture'])
export type InsertWay = z.infer<typeof InsertWay>

/** Without the "#" that it is typed with; empty for none. */
export const LibraryShortcut = z
  .string()
  .trim()
  .toLowerCase()
  .transform((text) => text.replace(/^#/, ''))
  .refine((text) => /^$|^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$/u.test(text), {
    error: 'A shortcut has letters, digits, "-" and "_" only, like "refund".',
  })

/** Where something lies on the web; empty for nowhere. */
export const WebAddress = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => text === '' || /^https?:\/\/[^\s/?#][^\s]*$/i.test(text), {
    error: 'An address begins with https:// or http://, like https://example.com/prices.',
  })

/** When somebody has time each week: from and until in minutes of the day of `timeZone`. */
export const WeeklyTime = z
  .object({
    /** 1 is Monday, 7 Sunday (ISO 8601). */
    day: z.number().int().min(1).max(7),
    from: z.number().int().min(0).max(1439),
    until: z.number().int().min(1).max(1440),
  })
  .refine(({ from, until }) => from < until, { error: 'A time has to end after it begins.' })
export type WeeklyTime = z.infer<typeof WeeklyTime>

/** IANA name, "Europe/Rome". */
export const TimeZone = z.string().max(100).refine(isTimeZone, { error: 'There is no such time zone.' })

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What a meeting link offers. */
export const MeetingView = z.object({
  /** Minutes. */
  duration: z.number().int().min(5).max(1440).default(30),
  /** Where, or how to call; plain text. */
  place: z.string().trim().max(500).default(''),
  /** The address that invites; never one of a team (B6). Needed where times are proposed. */
  organiser: z.string().trim().max(320).default(''),
  timeZone: TimeZone.default('UTC'),
  /** Empty: it is only a link. */
  weekly: z.array(WeeklyTime).max(70).default([]),
  /** No time is proposed that begins sooner than this many hours from now. */
  notice: z.number().int().min(0).max(720).default(24),
})
export type MeetingView = z.infer<typeof MeetingView>

const Texts = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(200),
  /** Of a template; set where the mail has no subject yet. */
  subject: z.string().max(2000).default(''),
  /** HTML with Liquid in its text; of an article Markdown; of a quote notes in plain text; empty for the others. */
  content: z.string().max(100_000).default(''),
  shortcut: LibraryShortcut.default(''),
  folder: LibraryFolder.default(''),
  /** Where it lies on the web: an article's public address, a meeting link's or video's page, a document's own. */
  url: WebAddress.default(''),
  /** Of a meeting link. */
  meeting: MeetingView.nullable().default(null),
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
  /** Of a document; of a video its file, or the picture that links to it. */
  file: z.object({ mimeType: z.string(), size: z.number().int(), url: z.string() }).nullable(),
  url: z.string(),
  /** How it can be inserted, the usual way first; empty where it lacks what that takes. */
  ways: z.array(InsertWay),
  quote: QuoteSummary.nullable(),
})
export type LibraryRowView = z.infer<typeof LibraryRowView>

export const LibraryItemView = LibraryRowView.extend({ content: z.string(), meeting: MeetingView.nullable() })
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

/** A time that somebody has, by one of their meeting links. */
export const FreeTimeView = z.object({
  at: Timestamp,
  until: Timestamp,
  /** It stands in another mail already. */
  proposed: z.boolean(),
})
export type FreeTimeView = z.infer<typeof FreeTimeView>

/** One text in a file of the library: what export writes and import reads. */
export const LibraryEntry = Texts.extend({
  kind: LibraryKind.extract(['template', 'snippet', 'article', 'meeting']),
})
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
    .input(Texts.extend(Sharing.shape).extend({ id: LibraryItemId.optional(), kind: LibraryKind }))
    .output(Undoable.extend({ id: LibraryItemId })),
  remove: base.input(z.object({ ids: z.array(LibraryItemId).min(1).max(1000) })).output(Undoable),
  /**
   * A file becomes a document, a video, or the file of one that is there: POST its bytes to `url`; the answer is `{ id }`.
   */
  uploadUrl: base
    .input(
      Sharing.extend({
        kind: LibraryKind.extract(['document', 'video']).default('document'),
        /** Whose file it takes the place of; then nothing else about it changes. */
        id: LibraryItemId.optional(),
        name: z.string().min(1).max(1000),
        mimeType: z.string().max(255),
        folder: LibraryFolder.default(''),
      }),
    )
    .output(z.object({ url: z.string() })),
  tokens: base.input(z.object({})).output(z.array(TokenView)),
  /** With sample values, of an article its Markdown as HTML; `problem` says in words why it cannot be filled in. */
  preview: base
    .input(
      z.object({
        kind: LibraryKind.extract(['template', 'snippet', 'article']).default('template'),
        subject: z.string().max(2000),
        content: z.string().max(100_000),
      }),
    )
    .output(FilledView.extend({ problem: z.string().nullable() })),
  /** What expands while it is typed. */
  shortcuts: base
    .input(z.object({}))
    .output(z.array(z.object({ shortcut: z.string(), id: LibraryItemId, kind: LibraryKind }))),
  /** The next times that a meeting link has, the soonest first. */
  times: base
    .input(z.object({ id: LibraryItemId, limit: z.number().int().min(1).max(200).default(40) }))
    .output(z.object({ timeZone: z.string(), times: z.array(FreeTimeView) })),
  /** Fills one in for a draft of the user, or attaches its file to it; counts as a use. */
  insert: base
    .input(
      z.object({
        id: LibraryItemId,
        draftId: DraftId,
        /** Left out: its usual way. */
        as: InsertWay.optional(),
        /** Which times are proposed, and how they are written. */
        proposal: z
          .object({
            times: z.array(Timestamp).min(1).max(5),
            timeZone: TimeZone,
            /** BCP 47, "it". */
            language: z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/),
          })
          .optional(),
      }),
    )
    .output(FilledView.extend({ kind: LibraryKind, attachments: z.array(DraftAttachmentView) })),
  /** Templates, snippets, articles and meeting links, to be kept as a file. */
  export: base.input(z.object({})).output(z.object({ entries: z.array(LibraryEntry) })),
  /** Entries that are there already (same kind, name and folder) are left out, and so are those with a fault. */
  import: base.input(Sharing.extend({ entries: z.array(LibraryEntry).max(2000) })).output(
    Undoable.extend({
      added: z.number().int(),
      skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
  ),
}
