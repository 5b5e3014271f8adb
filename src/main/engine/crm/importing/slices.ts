import { setImmediate as breath } from 'node:timers/promises'
import type { Store, Write } from '../../store/store.ts'

/** How long one transaction may take before others have their turn, in ms. */
const SLICE_MS = 20

/**
 * Does something with each item in transactions that are short, so that everybody else's reading and writing goes on
 * between them. None waits for the disk: a power cut takes back whole ones, the last first, and with each how far it got;
 * the step goes on there. Its end is kept durably.
 * @param work  one item; what it throws ends the transaction without a trace of it
 * @param keep  at the end of each transaction: what was got to
 */
export async function inSlices<Item>(
  store: Store,
  items: readonly Item[],
  signal: AbortSignal,
  begin: (write: Write) => { work(item: Item): void; keep(count: number): void },
): Promise<void> {
  for (let at = 0; at < items.length;) {
    await breath()
    await store.room()
    signal.throwIfAborted()
    at += store.write((write) => {
      const { work, keep } = begin(write)
      const start = performance.now()
      let count = 0
      do {
        work(items[at + count]!)
        count += 1
      } while (at + count < items.length && performance.now() - start < SLICE_MS)
      keep(count)
      return count
    })
  }
}
