import { z } from 'zod'
import { base } from './base.ts'
import { Cursor } from './common.ts'
import { ThreadRowView } from './threads.ts'

/** A part of the query that could not be used, and why ("before: wants a date like 2026-05-31"). */
export const QueryProblem = z.object({ text: z.string(), message: z.string() })
export type QueryProblem = z.infer<typeof QueryProblem>

export const search = {
  /** Newest first. Operators: from: to: subject: has:attachment before: after: in: is: assignee: "a phrase" -not. */
  threads: base
    .input(
      z.object({
        query: z.string().max(1000),
        cursor: Cursor.optional(),
        limit: z.number().int().min(1).max(100).default(50),
      }),
    )
    .output(
      z.object({
        rows: z.array(ThreadRowView),
        nextCursor: Cursor.nullable(),
        problems: z.array(QueryProblem),
        /** The plain words, for marking in what is shown. */
        terms: z.array(z.string()),
        rev: z.number().int(),
      }),
    ),
}
