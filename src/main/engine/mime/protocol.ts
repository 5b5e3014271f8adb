import type { ParseResult } from './types.ts'

/** Which of the two parsers a worker shall use. */
export type ParserName = 'first' | 'second'

/** What the pool sends to a worker. The bytes are the worker's own. */
export type ParseJob = { id: number; parser: ParserName; raw: Uint8Array<ArrayBuffer> }

/** What a worker answers: a result, or why this parser failed on it. */
export type ParseReply =
  /** Sent once, when the modules are loaded. */
  { ready: true } | { id: number; result: ParseResult } | { id: number; failure: string }
