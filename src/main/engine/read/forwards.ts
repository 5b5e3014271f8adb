import { authorOf, type ForwardRow } from '../store/tables/forwards.ts'
import type { ForwardShape } from './shapes.ts'

/** What is known of a forwarded message and its author (F1). */
export function forwardShape(row: ForwardRow): ForwardShape {
  const decided = row.author_address !== null && row.author_address !== ''
  const attributed = authorOf(row).address.toLowerCase() !== row.forwarder_address.toLowerCase()
  const asks = !decided && row.confidence === 'doubtful' && row.found_address !== ''
  return {
    by: { name: row.forwarder_name, address: row.forwarder_address },
    found:
      row.found_address === '' && row.found_name === ''
        ? null
        : { name: row.found_name, address: row.found_address },
    confidence: row.confidence,
    state: attributed ? 'attributed' : asks ? 'asks' : 'forwarder',
    decided,
  }
}
