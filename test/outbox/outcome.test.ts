import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SendError } from '../../src/main/engine/channels/types.ts'
import { outcomeOf, outcomeOfFailure, type Recipient } from '../../src/main/engine/outbox/outcome.ts'

const recipient = (address: string, state: Recipient['state'] = 'pending'): Recipient => ({
  address,
  state,
  server_text: null,
})
const refused = (address: string, permanent: boolean) => ({
  address,
  code: permanent ? 550 : 450,
  serverText: permanent ? '550 no' : '450 later',
  permanent,
})
const same = (address: string): string => address
const problem = { code: 'server_error', message: 'No.', hint: '', serverText: null } as const
const failure = (phase: 'before_data' | 'after_data', code: number | null): SendError =>
  new SendError({ phase, code, serverText: 'words', problem })

describe('outcomeOf', () => {
  const result = (accepted: string[], rejected: ReturnType<typeof refused>[]) => ({
    accepted,
    rejected,
    serverText: '250 ok',
  })

  test('all taken: sent; some failed: partly sent; some later: queued', () => {
    const list = [recipient('a'), recipient('b')]
    expect(outcomeOf(list, result(['a', 'b'], []), same, false).state).toBe('sent')
    expect(outcomeOf(list, result(['a'], [refused('b', true)]), same, false).state).toBe('partly_sent')
    expect(outcomeOf(list, result(['a'], [refused('b', false)]), same, false).state).toBe('queued')
    expect(outcomeOf(list, result(['a'], [refused('b', false)]), same, true).state).toBe('partly_sent')
  })

  const states = fc.constantFrom(
    'pending' as const,
    'deferred' as const,
    'accepted' as const,
    'failed' as const,
  )

  test('whoever has it is never tried again, and whoever was refused is never called served', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(states, fc.constantFrom('taken', 'later', 'never')), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.boolean(),
        (people, giveUp) => {
          const list = people.map(([state], index) => recipient(`r${index}`, state))
          const asked = people.map(([state, answer], index) => ({ address: `r${index}`, state, answer }))
          const open = asked.filter((one) => one.state === 'pending' || one.state === 'deferred')
          const outcome = outcomeOf(
            list,
            result(
              open.filter((one) => one.answer === 'taken').map((one) => one.address),
              open
                .filter((one) => one.answer !== 'taken')
                .map((one) => refused(one.address, one.answer === 'never')),
            ),
            same,
            giveUp,
          )
          for (const { address, state, answer } of asked) {
            const after = outcome.recipients.find((one) => one.address === address)!
            if (state === 'accepted' || state === 'failed') expect(after.state).toBe(state)
            else if (answer === 'taken') expect(after.state).toBe('accepted')
            else expect(after.state).toBe(answer === 'never' || giveUp ? 'failed' : 'deferred')
          }
          const waits = outcome.recipients.some((one) => one.state === 'deferred')
          expect(outcome.state === 'queued').toBe(waits)
        },
      ),
    )
  })
})

describe('outcomeOfFailure', () => {
  const list = [recipient('a', 'accepted'), recipient('b', 'deferred')]

  test('no answer after the end of DATA is unknown, whatever else', () => {
    expect(outcomeOfFailure(list, failure('after_data', null), true)).toMatchObject({
      state: 'unknown',
      recipients: list,
    })
  })

  test('before it, or with a temporary answer: another try', () => {
    expect(outcomeOfFailure(list, failure('before_data', null), false).state).toBe('queued')
    expect(outcomeOfFailure(list, failure('after_data', 451), false).state).toBe('queued')
    expect(outcomeOfFailure(list, new Error('no password'), false).state).toBe('queued')
  })

  test('a permanent answer, or too many temporary ones, is the end of it for those who have not got it', () => {
    for (const outcome of [
      outcomeOfFailure(list, failure('after_data', 554), false),
      outcomeOfFailure(list, failure('before_data', 451), true),
    ]) {
      expect(outcome.state).toBe('partly_sent')
      expect(outcome.recipients.map((one) => one.state)).toEqual(['accepted', 'failed'])
    }
    expect(outcomeOfFailure([recipient('a')], failure('before_data', 550), false).state).toBe('failed')
  })
})
