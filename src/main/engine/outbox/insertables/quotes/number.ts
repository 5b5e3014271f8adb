import { decodeHlc } from '../../../lib/hlc.ts'
import type { Store } from '../../../store/store.ts'
import type { ReadableDb } from '../../../store/statements.ts'
import { nextSerial, workspaceMadeAt, type QuoteRow } from '../../../store/tables/quotes.ts'

/**
 * Numbers are counted from 1 on the machine that the workspace was made on. Another machine counts for itself, and its
 * quotes have its id in their number, so that two machines that do not hear of each other never give out the same one; a
 * number that a customer has cannot be changed afterwards.
 */
export function nextNumber(
  db: ReadableDb,
  store: Pick<Store, 'nodeId'>,
): Pick<QuoteRow, 'series' | 'serial'> {
  const made = workspaceMadeAt(db)
  const isFirst = made !== undefined && decodeHlc(made).node === store.nodeId
  const series = isFirst ? '' : store.nodeId.toUpperCase()
  return { series, serial: nextSerial(db, series) }
}

/** "Q-0007", or "Q-0007-3FA9C1D2" from another machine. */
export const numberText = ({ series, serial }: Pick<QuoteRow, 'series' | 'serial'>): string =>
  ['Q', String(serial).padStart(4, '0'), series].filter(Boolean).join('-')
