import { ChannelError, type RemoteMessage } from '../types.ts'
import { readFetch, type FetchItem } from './fetch-item.ts'
import { HandOver } from './queue.ts'
import { atom, type ImapToken, type UntaggedHandler } from './raw-imap.ts'
import { sequenceSets, sortedUids } from './sequence-set.ts'

/** What the bulk fetch needs of its session. */
export type FetchHost = {
  /** Runs a FETCH in the folder opened as number `folder`, alone; throws when another one is open by now. */
  fetch(
    folder: number,
    set: string,
    items: ImapToken[],
    onItem: UntaggedHandler,
    maxLiteral?: number,
  ): Promise<void>
  /** Connects again and opens the same folder, after a literal that was over the cap. */
  recover(folder: number): Promise<void>
  readonly hasModseq: boolean
  /** Size of the literal that ended the connection, if that is what ended it. */
  oversized(): number | null
  warn(details: Record<string, unknown>, message: string): void
}

/** Sizes are asked for so many messages at a time; few at first, so that the first ones come at once. */
const FIRST_SIZES = 100
const MOST_SIZES = 1000
/** What one FETCH of bodies asks for at most. Memory holds about twice that. */
const GROUP_BYTES = 8 * 1024 * 1024
const GROUP_MESSAGES = 500
/** Bodies over the cap although RFC822.SIZE promised less, until the server is not believed any more. */
const MAX_LIES = 5

const BODY: ImapToken = { type: 'ATOM', value: 'BODY.PEEK', section: [] }

/**
 * Full sources of many messages, quickly and within bounds. In rounds: RFC822.SIZE for some hundred messages
 * (cheap), then the bodies of those under the cap in groups of a few MB. The next group is asked for while the
 * consumer works on the last; a consumer that leaves ends it after the group that is on its way.
 *
 * A server may lie about sizes. A literal that is over the cap ends the connection (there is no way to skip 4 GB);
 * it is opened again, the message is handed on without its bytes, and the rest goes on (fault 6).
 */
export function fetchMessages(
  host: FetchHost,
  folder: number,
  uids: readonly number[],
  maxBytes: number,
): AsyncIterable<RemoteMessage> {
  const queue = new HandOver<RemoteMessage>()
  new BulkFetch(host, folder, maxBytes, queue).run(uids).then(
    () => queue.end(),
    (error: unknown) => queue.end(error),
  )
  return queue
}

class BulkFetch {
  readonly #host: FetchHost
  readonly #folder: number
  readonly #maxBytes: number
  readonly #queue: HandOver<RemoteMessage>
  readonly #items: ImapToken[]
  #lies = 0

  constructor(host: FetchHost, folder: number, maxBytes: number, queue: HandOver<RemoteMessage>) {
    this.#host = host
    this.#folder = folder
    this.#maxBytes = maxBytes
    this.#queue = queue
    this.#items = [
      atom('UID'),
      atom('FLAGS'),
      atom('INTERNALDATE'),
      ...(host.hasModseq ? [atom('MODSEQ')] : []),
    ]
  }

  async run(uids: readonly number[]): Promise<void> {
    let count = FIRST_SIZES
    for (let from = 0; from < uids.length;) {
      await this.#queue.room(GROUP_BYTES)
      if (this.#queue.abandoned) return
      await this.#round(uids.slice(from, from + count))
      from += count
      count = Math.min(count * 2, MOST_SIZES)
    }
  }

  /** One round: sizes, then what is too large (without bytes), then bodies in groups. */
  async #round(uids: readonly number[]): Promise<void> {
    const sizes = await this.#sizes(uids)
    const large = [...sizes.keys()].filter((uid) => (sizes.get(uid) ?? 0) > this.#maxBytes)
    if (large.length > 0) await this.#withoutBody(large, sizes)
    let group: number[] = []
    let bytes = 0
    const flush = async () => {
      if (group.length === 0) return
      await this.#queue.room(GROUP_BYTES)
      if (!this.#queue.abandoned) await this.#bodies(group, sizes)
      group = []
      bytes = 0
    }
    for (const [uid, size] of sizes) {
      if (size > this.#maxBytes) continue
      if (group.length >= GROUP_MESSAGES || (group.length > 0 && bytes + size > GROUP_BYTES)) await flush()
      if (this.#queue.abandoned) return
      group.push(uid)
      bytes += size
    }
    await flush()
  }

  /** RFC822.SIZE by UID, ascending; what vanished is missing. */
  async #sizes(uids: readonly number[]): Promise<Map<number, number>> {
    const found = new Map<number, number>()
    for (const set of sequenceSets(uids)) {
      await this.#host.fetch(this.#folder, set, [atom('UID'), atom('RFC822.SIZE')], (untagged) => {
        const { uid, size } = readFetch(untagged)
        if (uid !== null && size !== null) found.set(uid, size)
      })
    }
    const wanted = new Set(uids)
    return new Map([...found].filter(([uid]) => wanted.has(uid)).sort(([a], [b]) => a - b))
  }

  async #withoutBody(uids: readonly number[], sizes: ReadonlyMap<number, number>): Promise<void> {
    const wanted = new Set(uids)
    for (const set of sequenceSets(uids)) {
      await this.#host.fetch(this.#folder, set, this.#items, (untagged) => {
        const item = readFetch(untagged)
        if (item.uid === null || !item.flags || !wanted.delete(item.uid)) return
        this.#queue.push({ ...head(item, item.uid), raw: null, size: sizes.get(item.uid) ?? 0 })
      })
    }
  }

  /** Bodies of one group. What the server leaves out or refuses is asked for again, one by one. */
  async #bodies(group: readonly number[], sizes: ReadonlyMap<number, number>): Promise<void> {
    let left = sortedUids(group)
    let alone = false
    while (left.length > 0 && !this.#queue.abandoned) {
      const asked = alone ? left.slice(0, 1) : left
      const got = new Set<number>()
      let refusal: ChannelError | null = null
      try {
        for (const set of sequenceSets(asked)) await this.#fetch(set, new Set(asked), got, sizes)
      } catch (error) {
        left = left.filter((uid) => !got.has(uid))
        const literal = this.#host.oversized()
        if (literal !== null) {
          // A server answers in the order of the UIDs as a rule, so the culprit is the first that is missing;
          // asked for alone, it is sure.
          await this.#lied()
          if (alone) {
            const uid = left.shift() as number
            await this.#unfetched(uid, literal, undefined)
          }
          alone = !alone
          continue
        }
        if (
          !(error instanceof ChannelError) ||
          error.problem.code !== 'server_error' ||
          error.cause === undefined
        )
          throw error
        refusal = error
      }
      const missing = asked.filter((uid) => !got.has(uid))
      left = left.filter((uid) => !got.has(uid))
      if (missing.length === 0) {
        alone = false
        continue
      }
      if (!alone) {
        alone = true
        continue
      }
      // Alone and still nothing: it is gone by now, or the server cannot give it.
      const uid = left.shift() as number
      const exists = await this.#sizes([uid])
      if (exists.has(uid)) {
        const reason = refusal?.problem.serverText ?? 'The server lists this message but does not give it.'
        this.#host.warn({ uid, reason }, 'message refused by the server')
        await this.#unfetched(uid, exists.get(uid) ?? 0, reason)
      }
      alone = left.length > 0
    }
  }

  async #fetch(
    set: string,
    asked: ReadonlySet<number>,
    got: Set<number>,
    sizes: ReadonlyMap<number, number>,
  ): Promise<void> {
    const onItem = (item: FetchItem) => {
      const { uid, body } = item
      // A server may report flags of any message in between (RFC 9051 section 7.5.2): no body, not ours.
      if (uid === null || body === null || !asked.has(uid) || got.has(uid)) return
      got.add(uid)
      const promised = sizes.get(uid)
      if (promised !== undefined && promised !== body.length) {
        // Fault 5: the bytes are right.
        this.#host.warn({ uid, promised, bytes: body.length }, 'RFC822.SIZE differs from the message')
      }
      const fits = body.length <= this.#maxBytes
      this.#queue.push({ ...head(item, uid), raw: fits ? body : null, size: body.length }, body.length)
    }
    await this.#host.fetch(
      this.#folder,
      set,
      [...this.#items, BODY],
      (untagged) => onItem(readFetch(untagged)),
      // Room for a server whose RFC822.SIZE is a little off; what is over the cap is dropped above.
      this.#maxBytes + 64 * 1024,
    )
  }

  /** Hands on a message that exists but whose bytes do not come. */
  async #unfetched(uid: number, size: number, refused: string | undefined): Promise<void> {
    await this.#host.fetch(this.#folder, `${uid}`, this.#items, (untagged) => {
      const item = readFetch(untagged)
      if (item.uid !== uid || !item.flags) return
      this.#queue.push({ ...head(item, uid), raw: null, size, ...(refused === undefined ? {} : { refused }) })
    })
  }

  async #lied(): Promise<void> {
    this.#lies += 1
    this.#host.warn({ lies: this.#lies }, 'the server announced a literal over the cap; connecting again')
    // Each takes two: once in its group, once alone.
    if (this.#lies > MAX_LIES * 2) throw new Error('The server announces oversized messages again and again')
    await this.#host.recover(this.#folder)
  }
}

function head(
  item: FetchItem,
  uid: number,
): Pick<RemoteMessage, 'uid' | 'flags' | 'modseq' | 'internalDate'> {
  return {
    uid,
    flags: item.flags ?? { seen: false, answered: false },
    modseq: item.modseq,
    // A server without INTERNALDATE has no date to give: the caller falls back to the Date header.
    internalDate: item.internalDate ?? 0,
  }
}
