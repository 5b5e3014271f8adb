import { describe, expect, it } from 'vitest'
import { conflictsOf, refusalOf } from '@/features/shortcuts/key-conflicts.ts'
import type { Command } from '@/shell/commands.ts'

const command = (id: string, keys: readonly string[], about: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'app',
  keys,
  run: () => {},
  ...about,
})

describe('keys that are chosen for a command', () => {
  const chosen = command('conversation.close', ['e'], { group: 'conversation' })
  const taken = (keys: string, ...others: Command[]) =>
    conflictsOf(chosen, keys, [chosen, ...others]).map(({ command: { id }, keys: lost }) => [id, ...lost])

  it('clash with the same keys, with what they begin and with what begins them', () => {
    const others = [command('a', ['g']), command('b', ['g i', 'x']), command('c', ['g i x'])]
    expect(taken('g i', ...others)).toEqual([
      ['a', 'g'],
      ['b', 'g i'],
      ['c', 'g i x'],
    ])
    expect(taken('g', command('b', ['g i', 'g u', 'x']))).toEqual([['b', 'g i', 'g u']])
    expect(taken('g', command('far', ['gg']))).toEqual([])
  })

  it('do not clash with its own, nor with those of another place', () => {
    expect(taken('e')).toEqual([])
    expect(taken('j', command('records.next', ['j'], { place: 'records' }))).toEqual([])
    expect(taken('j', command('list.next', ['j'], { group: 'list' }))).toEqual([['list.next', 'j']])
    expect(taken('j', command('anywhere', ['j']))).toEqual([['anywhere', 'j']])
  })

  it.each([
    ['Tab', 'moving'],
    ['Shift+Down', 'moving'],
    ['Space', 'moving'],
    ['Mod+c', 'editing'],
    ['Mod+Shift+z', 'editing'],
    ['Mod+w', 'system'],
    ['Other+k', 'system'],
    ['Mod+Other+k', 'system'],
    ['F5', 'system'],
    ['e', null],
    ['#', null],
    ['Mod+k', null],
    ['Mod+Enter', null],
    ['Alt+Down', null],
    ['Shift+e', null],
    ['F2', null],
  ])('%s: %s', (stroke, why) => {
    expect(refusalOf(stroke)).toBe(why)
  })
})
