import { z } from 'zod'
import { base } from './base.ts'
import { Committed, Timestamp } from './common.ts'
import { ImportId } from './ids.ts'
import { RecordType } from './records.ts'

/** Records from and to files (J6): CSV (RFC 4180) and vCard (RFC 2426, RFC 6350). */

export const ImportState = z.enum(['uploaded', 'checking', 'checked', 'running', 'done', 'undone', 'failed'])

export const ImportView = z.object({
  id: ImportId,
  recordType: RecordType,
  fileName: z.string(),
  format: z.enum(['csv', 'vcard']),
  state: ImportState,
  /** Column headings of the file, with some values of each and the property that it is taken for. */
  columns: z.array(
    z.object({ heading: z.string(), samples: z.array(z.string()), proposed: z.string().nullable() }),
  ),
  rows: z.number().int(),
  /** Known after the dry run, and final when done. */
  counts: z.object({
    create: z.number().int(),
    update: z.number().int(),
    same: z.number().int(),
    refused: z.number().int(),
  }),
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
        existing: z.enum(['update', 'fill_empty', 'skip']).default('fill_empty'),
      }),
    )
    .output(Committed),
  rows: base
    .input(
      z.object({
        id: ImportId,
        verdict: ImportRowView.shape.verdict.optional(),
        after: z.number().int().default(0),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(ImportRowView)),
  run: base.input(z.object({ id: ImportId })).output(Committed),
  /** What it made goes and what it changed becomes what it was, but for what somebody changed since. */
  undo: base.input(z.object({ id: ImportId })).output(Committed.extend({ skipped: z.number().int() })),
  discard: base.input(z.object({ id: ImportId })).output(Committed),
  /** GET the answer's url for the file: what a list shows with its filters, every column. */
  exportUrl: base
    .input(
      z.object({
        type: RecordType,
        format: z.enum(['csv', 'vcard']),
        /** Empty for all. */
        ids: z.array(z.uuid()).max(100_000).default([]),
      }),
    )
    .output(z.object({ url: z.string() })),
}
