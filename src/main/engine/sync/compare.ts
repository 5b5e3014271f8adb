import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MailSession } from '../channels/types.ts'
import type { Store } from '../store/store.ts'
import type { FolderRow } from '../store/tables/folders.ts'
import { sizesOf, uidsAfter } from '../store/tables/remote-messages.ts'

/** Rows between two turns of the event loop, so that a folder of a million messages stops nobody. */
const PAGE = 5000

/**
 * Compares the UIDs that the server lists with those known of a folder.
 * @param all  ascending
 * @returns UIDs that are only there (`unknown`), only here (`gone`), and marked as gone although they are there (`back`)
 */
export async function compareUids(
  store: Store,
  folder: FolderRow,
  all: readonly number[],
): Promise<{ unknown: number[]; gone: number[]; back: number[] }> {
  const unknown: number[] = []
  const gone: number[] = []
  const back: number[] = []
  let at = 0
  for (let after = 0; ;) {
    const page = uidsAfter(store.read, folder.id, after, PAGE)
    for (const { uid, vanished_at } of page) {
      while (at < all.length && all[at]! < uid) unknown.push(all[at++]!)
      if (all[at] === uid) {
        at += 1
        if (vanished_at !== null) back.push(uid)
      } else if (vanished_at === null) gone.push(uid)
    }
    if (page.length < PAGE) break
    after = page.at(-1)!.uid
    await nextTurn()
  }
  while (at < all.length) unknown.push(all[at++]!)
  return { unknown, gone, back }
}

/**
 * Compares size and arrival of every message of the open folder with what was noted under its UID, without fetching
 * any body.
 * @returns UIDs that mean another message now, and those that are not there any more
 */
export async function comparePlaces(
  session: MailSession,
  store: Store,
  folder: FolderRow,
): Promise<{ replaced: number[]; gone: number[] }> {
  const all = await session.uids()
  const { gone } = await compareUids(store, folder, all)
  const replaced: number[] = []
  let batch: { uid: number; size: number; internalDate: number }[] = []
  const compare = (): void => {
    const known = sizesOf(
      store.read,
      folder.id,
      batch.map(({ uid }) => uid),
    )
    for (const { uid, size, internalDate } of batch) {
      const row = known.get(uid)
      if (row && (row.size !== size || row.internal_date !== internalDate)) replaced.push(uid)
    }
    batch = []
  }
  // With a cap of nothing every message is over it, and comes without its bytes.
  for await (const message of session.fetch(all, { maxBytes: -1 })) {
    batch.push(message)
    if (batch.length < PAGE) continue
    compare()
    await nextTurn()
  }
  compare()
  return { replaced, gone }
}
