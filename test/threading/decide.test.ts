import { describe, expect, it } from 'vitest'
import { threadAfresh } from '../../src/main/engine/threading/afresh.ts'
import { decideThread, threadIdOf } from '../../src/main/engine/threading/decide.ts'
import { stableMessageId, usableMessageId } from '../../src/main/engine/threading/message-ids.ts'
import { ADDRESS, message, ThreadStore } from './thread-store.ts'

const threaded = (...messages: Parameters<typeof message>[0][]) => {
  const store = new ThreadStore()
  for (const one of messages) store.add(message(one))
  return store
}
const groups = (store: ThreadStore) => store.groups((one) => one.messageId)
const reasonOf = (store: ThreadStore, index: number) => store.messages[index]!.reason

describe('threads', () => {
  it('hold a question, its answer and the answer to that', () => {
    const store = threaded(
      { messageId: 'a@x' },
      { messageId: 'b@x', references: ['a@x'], inReplyTo: ['a@x'] },
      { messageId: 'c@x', inReplyTo: ['b@x'] },
    )
    expect(groups(store)).toEqual([['a@x', 'b@x', 'c@x']])
    expect(store.messages[0]!.threadId).toBe(threadIdOf(ADDRESS, 'a@x'))
    expect(store.aliases.size).toBe(0)
  })

  it('have an id that the case of the channel address does not change', () => {
    expect(threadIdOf('Support@Acme.test', 'a@x')).toBe(threadIdOf('support@acme.test', 'a@x'))
    expect(threadIdOf('sales@acme.test', 'a@x')).not.toBe(threadIdOf('support@acme.test', 'a@x'))
  })

  it('are folded into one when the message between them comes', () => {
    const store = threaded(
      { messageId: 'a@x' },
      { messageId: 'c@x', references: ['b@x'] },
      { messageId: 'b@x', references: ['a@x'] },
    )
    expect(groups(store)).toEqual([['a@x', 'b@x', 'c@x']])
    expect([...store.aliases]).toEqual([[threadIdOf(ADDRESS, 'b@x'), threadIdOf(ADDRESS, 'a@x')]])
  })

  it('are joined by References that were cut to the last id', () => {
    const store = threaded(
      { messageId: 'd@x', references: ['c@x'] },
      { messageId: 'c@x', references: ['b@x'] },
      { messageId: 'b@x', references: ['a@x'] },
    )
    expect(groups(store)).toEqual([['b@x', 'c@x', 'd@x']])
    expect(store.messages.every((one) => one.threadId === threadIdOf(ADDRESS, 'a@x'))).toBe(true)
  })

  it('are never joined by the subject alone, and say so', () => {
    const store = threaded(
      { messageId: 'a@x', subject: 'Invoice' },
      { messageId: 'b@x', subject: 'Re: Invoice' },
    )
    expect(groups(store)).toEqual([['a@x'], ['b@x']])
    expect(reasonOf(store, 0)).toMatchObject({
      code: 'begins',
      text: 'Begins a new thread: no References or In-Reply-To header.',
    })
    expect(reasonOf(store, 1).code).toBe('subject_only')
    expect(reasonOf(store, 1).text).toMatch(/a subject alone never joins threads/)
  })

  it('are not split by a changed subject', () => {
    const store = threaded(
      { messageId: 'a@x', subject: 'Invoice' },
      { messageId: 'b@x', subject: 'Something else', references: ['a@x'] },
    )
    expect(groups(store)).toEqual([['a@x', 'b@x']])
    expect(reasonOf(store, 1)).toEqual({
      code: 'answers',
      params: { id: 'a@x' },
      text: 'Answers <a@x>, which is in this thread.',
    })
  })

  it('take only the first id of In-Reply-To, and none that is garbage', () => {
    const store = threaded(
      { messageId: 'a@x' },
      { messageId: 'b@x' },
      { messageId: 'c@x', inReplyTo: ['your message', 'b@x', 'a@x'] },
      { messageId: 'd@x', inReplyTo: ['<>'], references: ['…', 'no id'] },
    )
    expect(groups(store)).toEqual([['a@x'], ['b@x', 'c@x'], ['d@x']])
    expect(reasonOf(store, 3).code).toBe('unusable_references')
  })
})

describe('a Message-ID that two senders use (fault 51)', () => {
  const original = { messageId: 'a@x', fromAddress: 'ann@a.test', receivedAt: 10 }
  const answer = { messageId: 'b@x', references: ['a@x'], fromAddress: 'support@acme.test', receivedAt: 20 }
  const forged = { messageId: 'a@x', fromAddress: 'eve@e.test', receivedAt: 30, subject: 'Pay me' }

  it.each([
    ['forged last', [original, answer, forged]],
    ['forged first', [forged, answer, original]],
    ['forged between', [answer, forged, original]],
  ])('stays with whose message was received first: %s', (_, order) => {
    const store = threaded(...order)
    expect(store.groups((one) => `${one.messageId} ${one.fromAddress}`)).toEqual([
      ['a@x ann@a.test', 'b@x support@acme.test'],
      ['a@x eve@e.test'],
    ])
    const ofOriginal = store.messages.find((one) => one.headers.fromAddress === 'ann@a.test')!
    expect(ofOriginal.threadId).toBe(threadIdOf(ADDRESS, 'a@x'))
  })

  it('says why the other one stands alone', () => {
    const store = threaded(original, forged)
    expect(reasonOf(store, 1)).toMatchObject({
      code: 'message_id_taken',
      params: { id: 'a@x', holder: 'ann@a.test' },
      text: 'Begins a thread of its own: its Message-ID <a@x> belongs to an earlier message from ann@a.test.',
    })
  })

  it('does not join the threads of strangers who answer different mails with one id', () => {
    const store = threaded(
      { messageId: 'p@x' },
      { messageId: 'q@x' },
      { messageId: 'same@x', references: ['p@x'], fromAddress: 'ann@a.test', receivedAt: 5 },
      { messageId: 'same@x', references: ['q@x'], fromAddress: 'bob@b.test', receivedAt: 4 },
    )
    expect(store.groups((one) => `${one.messageId} ${one.fromAddress}`)).toEqual([
      ['p@x ann@a.test', 'same@x ann@a.test'],
      ['q@x ann@a.test', 'same@x bob@b.test'],
    ])
  })

  it('keeps two messages of one sender together', () => {
    const store = threaded(original, { ...original, receivedAt: 11 })
    expect(groups(store)).toEqual([['a@x', 'a@x']])
    expect(reasonOf(store, 1).code).toBe('same_message_id')
  })
})

describe('a Message-ID that is missing or garbage (fault 52)', () => {
  it('is replaced by one made from the content', () => {
    expect(stableMessageId('abc')).toBe(stableMessageId('abc'))
    expect(stableMessageId('abc')).not.toBe(stableMessageId('abd'))
    expect(stableMessageId('abc')).toMatch(/^[0-9a-f-]{36}@anteroom\.invalid$/)
    expect(usableMessageId(stableMessageId('abc'))).toBe(stableMessageId('abc'))
  })

  it.each([
    ['<a@b>', 'a@b'],
    [' a@b ', 'a@b'],
    ['no-at-sign-1', 'no-at-sign-1'],
    ['', null],
    ['<>', null],
    ['@', null],
    ['two words@b', null],
    ['nul\u0000@b', null],
    ['half\ud800@b', null],
    ['x'.repeat(999), null],
    [null, null],
  ])('%j is usable as %j', (id, expected) => {
    expect(usableMessageId(id)).toBe(expected)
  })
})

describe('References that are hostile (fault 53)', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `r${index}@x`)

  it('with 10,000 ids count the first and the last 50', () => {
    const asked: number[] = []
    const graph = {
      nodes: (ids: readonly string[]) => {
        asked.push(ids.length)
        return new Map()
      },
      nodesOf: () => [],
      claimants: () => [],
    }
    const decision = decideThread(ADDRESS, message({ messageId: 'm@x', references: many }), graph)
    expect(asked).toEqual([101])
    expect(decision.newNodes).toHaveLength(101)
    expect(decision.rootMessageId).toBe('r0@x')
    expect(decision.reason.params).toEqual({ id: 'r9999@x' })
  })

  it('that go round are one thread with one id from either end', () => {
    const a = { messageId: 'a@x', references: ['c@x'] }
    const b = { messageId: 'b@x', references: ['a@x', 'b@x'] }
    const c = { messageId: 'c@x', references: ['b@x', 'a@x', 'b@x'] }
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, a, c],
    ]) {
      const store = threaded(...order)
      expect(new Set(store.messages.map((one) => one.threadId))).toEqual(
        new Set([threadIdOf(ADDRESS, 'a@x')]),
      )
    }
  })

  it('to itself are none', () => {
    const store = threaded({ messageId: 'a@x', references: ['a@x'], inReplyTo: ['a@x'] })
    expect(reasonOf(store, 0).code).toBe('unusable_references')
  })
})

describe('threading afresh', () => {
  it('names the threads that there are in the end, each with its root', () => {
    const messages = [
      message({ messageId: 'c@x', references: ['b@x'] }),
      message({ messageId: 'b@x', references: ['a@x'] }),
      message({ messageId: 'z@x' }),
    ]
    const { roots, nodes, messages: placed } = threadAfresh(ADDRESS, messages, () => [])
    expect(roots).toEqual(
      new Map([
        [threadIdOf(ADDRESS, 'a@x'), 'a@x'],
        [threadIdOf(ADDRESS, 'z@x'), 'z@x'],
      ]),
    )
    expect(new Set(placed.map((one) => one.threadId))).toEqual(new Set(roots.keys()))
    expect(new Set(nodes.map((node) => node.threadId))).toEqual(new Set(roots.keys()))
  })
})

describe('a decision', () => {
  it('takes the same few looks into the graph in a thread of 2,000 as in one of 2', () => {
    const store = new ThreadStore()
    const ids = Array.from({ length: 2000 }, (_, index) => `m${String(index).padStart(4, '0')}@x`)
    let most = 0
    // Newest first, each naming all its ancestors as far as the parser keeps them.
    for (let index = ids.length - 1; index >= 0; index -= 1) {
      const ancestors = ids.slice(0, index)
      const references =
        ancestors.length <= 100 ? ancestors : [...ancestors.slice(0, 50), ...ancestors.slice(-50)]
      const before = store.looks
      store.add(message({ messageId: ids[index]!, references }))
      most = Math.max(most, store.looks - before)
    }
    expect(most).toBe(2)
    expect(new Set(store.messages.map((one) => one.threadId))).toEqual(
      new Set([threadIdOf(ADDRESS, 'm0000@x')]),
    )
    // The root was named from the first message on, so the id never changed.
    expect(store.aliases.size).toBe(0)
  })
})
