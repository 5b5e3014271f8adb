import type { MovedMessages } from '../types.ts'
import type { ImapLink } from './link.ts'
import { atom, responseCode, type ImapResponse, type ImapToken } from './raw-imap.ts'
import { orderedUids, sequenceSets } from './sequence-set.ts'

/**
 * Moves messages of the selected folder: by MOVE (RFC 6851), else by COPY and then deleting what was copied, by UID, so
 * that what another client only marked as deleted stays (RFC 4315). Called alone on the link.
 * @param path  as the link's server writes it
 */
export async function moveMessages(
  link: ImapLink,
  uids: readonly number[],
  path: ImapToken,
): Promise<MovedMessages> {
  const moved = new Map<number, number>()
  let uidValidity: string | null = null
  const note = (response: ImapResponse): void => {
    const [code, validity, from, to] = responseCode(response)
    if (code?.toUpperCase() !== 'COPYUID' || !/^\d{1,10}$/.test(validity ?? '')) return
    const before = orderedUids(from ?? '', uids.length)
    const after = orderedUids(to ?? '', uids.length)
    if (!before || before.length !== after?.length) return
    uidValidity = validity ?? null
    before.forEach((uid, i) => moved.set(uid, after[i]!))
  }
  for (const set of sequenceSets(uids)) {
    const which: ImapToken = { type: 'SEQUENCE', value: set }
    if (link.has('MOVE')) {
      // COPYUID comes before the messages go, in an untagged OK (RFC 6851 section 4.3); some send it at the end.
      note(await link.exec('UID MOVE', [which, path], { OK: note }))
      continue
    }
    note(await link.exec('UID COPY', [which, path]))
    await link.exec('UID STORE', [which, atom('+FLAGS.SILENT'), [atom('\\Deleted')]])
    if (link.has('UIDPLUS')) await link.exec('UID EXPUNGE', [which])
  }
  return { uidValidity, uids: moved }
}
