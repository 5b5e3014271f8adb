import type { QuoteState } from '@contract/quotes.ts'

export const STATES: readonly QuoteState[] = ['draft', 'sent', 'accepted', 'declined']
export const STATE_TONES = { draft: 'neutral', sent: 'accent', accepted: 'ok', declined: 'warn' } as const
