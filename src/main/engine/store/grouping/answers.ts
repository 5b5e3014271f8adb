import { NAMESPACE, uuidV5 } from '../../lib/uuid.ts'

/** The id of the conversation that was split off at a message: the same wherever somebody does that. */
export const splitIdOf = (seedId: string): string => uuidV5(NAMESPACE.thread, `split\n${seedId}`)

/** What of a message decides which part of its origin it belongs to. */
export type Answering = {
  id: string
  message_id: string
  /** Message-IDs, one a line. */
  in_reply_to: string
  reference_ids: string
  split_root: string | null
}

const lines = (text: string): string[] => (text === '' ? [] : text.split('\n'))

/** The Message-IDs that a message names, the nearest ancestor first. */
export function namedBy({
  in_reply_to,
  reference_ids,
}: Pick<Answering, 'in_reply_to' | 'reference_ids'>): string[] {
  const references = lines(reference_ids)
  const parent = lines(in_reply_to)[0]
  const all = parent === undefined || references.includes(parent) ? references : [...references, parent]
  return all.reverse()
}

/** Whom each message of an origin answers, among those that are here. */
export function parentsOf(messages: readonly Answering[]): Map<Answering, Answering | null> {
  const byMessageId = new Map<string, Answering>()
  for (const message of messages) {
    // Several with one Message-ID: the same one on every machine.
    const other = byMessageId.get(message.message_id)
    if (!other || message.id < other.id) byMessageId.set(message.message_id, message)
  }
  return new Map(
    messages.map((message) => {
      const parent = namedBy(message)
        .map((id) => byMessageId.get(id))
        .find((one) => one !== undefined && one !== message)
      return [message, parent ?? null]
    }),
  )
}

/** The part that a decision about a message puts it into; undefined where nobody decided. */
const decided = (splitRoot: string | null, origin: string): string | undefined =>
  splitRoot === null ? undefined : splitRoot === '' ? origin : splitIdOf(splitRoot)

/**
 * The part of every message of an origin: the one that somebody put it into, else that of what it answers, else the origin's.
 * @returns by the messages' ids
 */
export function partsByAnswers(messages: readonly Answering[], origin: string): Map<string, string> {
  const parents = parentsOf(messages)
  const parts = new Map<string, string>()
  for (const message of messages) {
    // Without recursion: a thread of thousands of messages may be one line of answers.
    const path = new Set<Answering>()
    let at: Answering | null = message
    let part: string | undefined
    while (at && part === undefined) {
      if (path.has(at)) break
      part = parts.get(at.id) ?? decided(at.split_root, origin)
      path.add(at)
      at = parents.get(at) ?? null
    }
    for (const one of path) parts.set(one.id, part ?? origin)
  }
  return parts
}

/**
 * The fewest decisions that put some messages into the part split off at `seed`, and leave all others where they are.
 * @returns `split_root` by message id, of those that have to change
 */
export function decisionsToSplit(
  messages: readonly Answering[],
  origin: string,
  seed: string,
  chosen: ReadonlySet<string>,
): Map<string, string | null> {
  const before = partsByAnswers(messages, origin)
  const parents = parentsOf(messages)
  const rootOf = new Map(
    messages.flatMap((one) => (one.split_root ? [[splitIdOf(one.split_root), one.split_root]] : [])),
  )
  const split = splitIdOf(seed)
  const wanted = (one: Answering): string => (chosen.has(one.id) ? split : (before.get(one.id) ?? origin))
  const decisions = new Map<string, string | null>()
  for (const message of messages) {
    const parent = parents.get(message) ?? null
    const want = wanted(message)
    const follows = want === (parent ? wanted(parent) : origin)
    const now = message.split_root
    const says = decided(now, origin)
    // The first one says so itself, whatever it answers: it is what putting the conversation back is about.
    const root =
      message.id === seed
        ? seed
        : follows
          ? says === undefined || says === want
            ? now
            : null
          : want === origin
            ? ''
            : want === split
              ? seed
              : (rootOf.get(want) ?? now)
    if (root !== now) decisions.set(message.id, root)
  }
  return decisions
}
