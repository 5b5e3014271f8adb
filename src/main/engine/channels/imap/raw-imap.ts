import type { ImapFlow } from 'imapflow'

/** One token of a command or a response, as imapflow's compiler and parser know it. */
export type ImapToken = ImapAtom | ImapToken[] | null
export type ImapAtom = {
  type: 'ATOM' | 'STRING' | 'LITERAL' | 'SEQUENCE' | 'TEXT'
  value?: string | Buffer
  section?: ImapToken[]
  isLiteral8?: boolean
}

export type ImapResponse = { tag: string; command: string; attributes?: ImapToken[] }

/** A tagged OK. `next` lets the following command go, so it must be called whatever happens. */
export type ImapDone = { response: ImapResponse; next(): void }

export type UntaggedHandler = (untagged: ImapResponse) => void | Promise<void>

/**
 * The parts of imapflow that its types leave out and that the session needs: commands of its own making
 * (a full-source FETCH through imapflow's own `fetch` builds far more per message than is used here, and
 * it knows neither a cap per message nor VANISHED of one folder), and the traffic counters.
 * All of it is in 2.1.2; a newer version is to be checked against this list.
 */
export type RawImap = {
  exec(
    command: string,
    attributes: ImapToken[] | false,
    options?: { untagged?: Record<string, UntaggedHandler>; onPlusTag?: () => void | Promise<void> },
  ): Promise<ImapDone>
  run(command: 'ENABLE', extensions: string[]): Promise<unknown>
  write(line: string): void
  stats(): { sent: number; received: number }
  initialPREAUTH(): Promise<void>
  authenticate(): Promise<unknown>
  emitError(error: Error): void
  closeAfter(): void
  untaggedHandlers: Record<string, UntaggedHandler | null>
  streamer: { maxLiteralSize: number; maxResponseSize: number }
}

/** The same client with what its types hide. */
export function raw(client: ImapFlow): RawImap {
  return client as unknown as RawImap
}

export const atom = (value: string): ImapAtom => ({ type: 'ATOM', value })
export const text = (value: string): ImapAtom => ({ type: 'STRING', value })

/** The string that a token holds, else undefined. */
export function valueOf(token: ImapToken | undefined): string | undefined {
  if (!token || Array.isArray(token)) return undefined
  return typeof token.value === 'string' ? token.value : token.value?.toString('latin1')
}

/** The response code of a status response with its arguments, e.g. `APPENDUID` `1` `17` (RFC 9051 section 7.1). */
export function responseCode(response: ImapResponse): string[] {
  const first = response.attributes?.[0]
  if (!first || Array.isArray(first) || !first.section) return []
  return first.section.map((token) => valueOf(token) ?? '')
}

/** The human-readable text of a status response. */
export function responseText(response: ImapResponse): string {
  const last = response.attributes?.at(-1)
  return (last && !Array.isArray(last) && last.type === 'TEXT' && valueOf(last)) || ''
}
