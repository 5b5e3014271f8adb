import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NAMESPACE, uuidV5 } from '../../src/main/engine/lib/uuid.ts'
import type { ThreadingHeaders } from '../../src/main/engine/threading/types.ts'
import { ADDRESS, ThreadStore } from './thread-store.ts'

/**
 * The definition, word for word, over the complete set: join every message with all it names, then name each group by
 * its smallest id without a parent. Written apart from the code under test.
 */
function oracle(messages: readonly ThreadingHeaders[]): Map<ThreadingHeaders, string> {
  const bytes = (id: string) => Buffer.from(id).toString('hex')
  const firstSender = (id: string) =>
    messages
      .filter((one) => one.messageId === id)
      .sort(
        (a, b) => a.receivedAt - b.receivedAt || (bytes(a.fromAddress) < bytes(b.fromAddress) ? -1 : 1),
      )[0]!.fromAddress
  const nodeOf = (one: ThreadingHeaders) =>
    firstSender(one.messageId) === one.fromAddress ? one.messageId : `${one.messageId} <${one.fromAddress}>`

  let groups: Set<string>[] = []
  const parented = new Set<string>()
  for (const one of messages) {
    const named = [...one.references, ...one.inReplyTo.slice(0, 1)].filter((id) => id !== one.messageId)
    const chain = [...new Set(named), nodeOf(one)]
    for (const id of chain.slice(1)) parented.add(id)
    const joined = groups.filter((group) => chain.some((id) => group.has(id)))
    groups = groups.filter((group) => !joined.includes(group))
    groups.push(new Set([...chain, ...joined.flatMap((group) => [...group])]))
  }
  const smallest = (ids: string[]) => ids.sort((a, b) => (bytes(a) < bytes(b) ? -1 : 1))[0]
  return new Map(
    messages.map((one) => {
      const group = [...groups.find((candidate) => candidate.has(nodeOf(one)))!]
      const root = smallest(group.filter((id) => !parented.has(id))) ?? smallest(group)!
      return [one, uuidV5(NAMESPACE.thread, `${ADDRESS}\n${root}`)]
    }),
  )
}

/** Astral and high characters of the basic plane sort differently in UTF-16 and UTF-8: the ids hold both. */
const letters = ['a', 'b', 'Z', '0', '~', 'é', '\u{ffe6}', '\u{1f4e7}']

const mail = fc
  .array(
    fc.record({
      parent: fc.option(fc.nat({ max: 30 }), { nil: null, freq: 4 }),
      /** How much of the ancestors References still holds: all, the first and the last, the last, none. */
      keep: fc.constantFrom('all', 'ends', 'last', 'none'),
      inReplyTo: fc.boolean(),
      /** Ids that have nothing to do with it: loops, joins, repetitions, messages that never come. */
      strays: fc.array(fc.nat({ max: 34 }), { maxLength: 2, minLength: 0 }),
      straysWanted: fc.constantFrom(true, false, false, false),
      /** Takes the Message-ID of another message. */
      idOf: fc.option(fc.nat({ max: 30 }), { nil: null, freq: 6 }),
      sender: fc.constantFrom('ann@a.test', 'bob@b.test', 'eve@e.test'),
      receivedAt: fc.nat({ max: 5 }),
      letter: fc.constantFrom(...letters),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((drafts): ThreadingHeaders[] => {
    const idAt = (index: number) => `${drafts[index]?.letter ?? 'x'}${index % 3}.${index}@m.test`
    const ancestors = (index: number): string[] => {
      const parent = drafts[index]!.parent
      if (parent === null || index === 0) return []
      return [...ancestors(parent % index), idAt(parent % index)]
    }
    return drafts.map((draft, index) => {
      const path = ancestors(index)
      const kept = {
        all: path,
        ends: path.length > 2 ? [path[0]!, path.at(-1)!] : path,
        last: path.slice(-1),
        none: [],
      }[draft.keep]
      const strays = draft.straysWanted ? draft.strays.map((stray) => idAt(stray)) : []
      return {
        messageId: draft.idOf === null ? idAt(index) : idAt(draft.idOf % drafts.length),
        references: [...kept, ...strays],
        inReplyTo: draft.inReplyTo ? path.slice(-1) : [],
        subject: 'Hello',
        fromAddress: draft.sender,
        receivedAt: draft.receivedAt,
      }
    })
  })

const shuffledMail = mail.chain((messages) =>
  fc.tuple(
    fc.constant(messages),
    fc.shuffledSubarray(messages, { minLength: messages.length, maxLength: messages.length }),
    fc.array(fc.nat({ max: messages.length - 1 }), { maxLength: 3 }),
  ),
)

describe('decideThread', () => {
  it('gives the threads and ids of the complete set, in whatever order mail comes', () => {
    let contested = 0
    let merged = 0
    fc.assert(
      fc.property(shuffledMail, ([messages, order]) => {
        const store = new ThreadStore()
        for (const one of order) store.add(one)
        const expected = oracle(messages)
        const found = store.threads()
        for (const one of messages) expect(found.get(one)).toBe(expected.get(one))
        contested += Number(
          messages.some((one) =>
            store.messages.some((other) => other.nodeId === `${one.messageId} <${one.fromAddress}>`),
          ),
        )
        merged += Number(store.aliases.size > 0)
      }),
      { numRuns: 1500 },
    )
    // Else the generator had lost the hard cases.
    expect(contested).toBeGreaterThan(50)
    expect(merged).toBeGreaterThan(200)
  })

  it('does not change anything when a message comes twice', () => {
    fc.assert(
      fc.property(shuffledMail, ([messages, order, again]) => {
        const store = new ThreadStore()
        for (const one of order) store.add(one)
        for (const index of again) store.add({ ...messages[index]! })
        const expected = oracle(messages)
        const found = store.threads()
        for (const one of messages) expect(found.get(one)).toBe(expected.get(one))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps every id that a thread ever had as an alias of where its messages are', () => {
    fc.assert(
      fc.property(shuffledMail, ([messages, order]) => {
        fc.pre(new Set(messages.map((one) => one.messageId)).size === messages.length)
        const store = new ThreadStore()
        const first = new Map<ThreadingHeaders, string>()
        for (const one of order) {
          store.add(one)
          first.set(one, store.threads().get(one)!)
        }
        for (const [one, id] of store.threads()) {
          const born = first.get(one)!
          expect(store.aliases.get(born) ?? born).toBe(id)
        }
      }),
      { numRuns: 200 },
    )
  })
})
