import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { ImportId, UserId } from './ids.ts'
import { ListSettings, RecordType } from './records.ts'

/** Records from and to files (J6): CSV (RFC 4180) and vCard (RFC 2426, RFC 6350). */

/**
 * `stopped`: on the user's wish or for `problem`, with what was done until then; `run` goes on there. `failed`: the file
 * could not be read while it was checked.
 */
export const ImportState = z.enum([
  'uploaded',
  'checking',
  'checked',
  'running',
  'stopped',
  'done',
  'undoing',
  'undone',
  'failed',
])
export type ImportState = z.infer<typeof ImportState>

/** What to do with what is here already: the file's values, its values where there are none, nothing. */
export const ExistingMode = z.enum(['update', 'fill_empty', 'skip'])
export type ExistingMode = z.infer<typeof ExistingMode>

export const ImportView = z.object({
  id: ImportId,
  recordType: RecordType,
  fileName: z.string(),
  format: z.enum(['csv', 'vcard']),
  state: ImportState,
  /** Column headings of the file, with some values of each and the property that it is taken for. */
  columns: z.array(
    z.object({
      heading: z.string(),
      samples: z.array(z.string()),
      proposed: z.string().nullable(),
      /** What the last dry run took it for. */
      mapped: z.string().nullable(),
    }),
  ),
  /** How the file is read: "utf-8", "windows-1252"; the delimiter is empty for vCard. */
  encoding: z.string(),
  delimiter: z.string(),
  existing: ExistingMode,
  rows: z.number().int(),
  /** Rows that the step in progress has got to: of the dry run, of the import. */
  done: z.number().int(),
  /** Known after the dry run, and final when done. `noted`: rows of the others of which something is left out. */
  counts: z.object({
    create: z.number().int(),
    update: z.number().int(),
    same: z.number().int(),
    refused: z.number().int(),
    noted: z.number().int(),
  }),
  /** Fields that taking it back left alone, because somebody changed them since. */
  skipped: z.number().int(),
  byId: UserId,
  problem: z.string().nullable(),
  at: Timestamp,
})
export type ImportView = z.infer<typeof ImportView>

export const ImportRowView = z.object({
  /** Counted from 1, without the headings. */
  row: z.number().int(),
  verdict: z.enum(['create', 'update', 'same', 'refused']),
  /** Why, in words: "ada@acme.test is a contact already; job title changes." */
  text: z.string(),
  name: z.string(),
  /** Something of the row is left out; the text says what and why. */
  noted: z.boolean(),
})
export type ImportRowView = z.infer<typeof ImportRowView>

export const imports = {
  /** POST the file (at most 200 MB) to `url`; the answer is an ImportView as JSON. */
  uploadUrl: base
    .input(z.object({ recordType: RecordType, fileName: z.string().min(1).max(500) }))
    .output(z.object({ url: z.string() })),
  list: base.input(z.object({})).output(z.array(ImportView)),
  get: base.input(z.object({ id: ImportId })).output(ImportView),
  /** The dry run: what each row would do. `mapping` holds a property's key, or null, per column. */
  check: base
    .input(
      z.object({
        id: ImportId,
        mapping: z.array(z.string().max(100).nullable()).max(500),
        /** What to do with what is here already. */
        existing: ExistingMode.default('fill_empty'),
      }),
    )
    .output(Committed),
  rows: base
    .input(
      z.object({
        id: ImportId,
        verdict: ImportRowView.shape.verdict.optional(),
        /** Only those of which something is left out. */
        noted: z.boolean().default(false),
        after: z.number().int().default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(ImportRowView)),
  run: base.input(z.object({ id: ImportId })).output(Committed),
  /** Ends a dry run or an import after the row that it is at; what it did stays. */
  stop: base.input(z.object({ id: ImportId })).output(Committed),
  /** What it made goes and what it changed becomes what it was, but for what somebody changed since. */
  undo: base.input(z.object({ id: ImportId })).output(Committed.extend({ skipped: z.number().int() })),
  /** Forgets the file and the verdicts, or an earlier import's: it cannot be taken back then. */
  discard: base.input(z.object({ id: ImportId })).output(Committed),
  /** GET the answer's url for the file: what a list shows with its filters, every column. */
  exportUrl: base
    .input(
      z.object({
        type: RecordType,
        /** `vcard` is version 4.0, `vcard3` is 3.0 for older programs; contacts only. */
        format: z.enum(['csv', 'vcard', 'vcard3']),
        /** Empty for all that the list shows. */
        ids: z.array(z.uuid()).max(100_000).default([]),
        /** The list with its filters and its order; everything by name where it is left out. */
        list: z.object({ settings: ListSettings, query: z.string().max(200).default('') }).optional(),
      }),
    )
    .output(z.object({ url: z.string() })),
}
