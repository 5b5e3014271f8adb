import { describe, expect, it } from 'vitest'
import type { Command } from '@/shell/commands.ts'
import { commandFor, strokeOf } from '@/shell/strokes.ts'

const press = (about: Partial<KeyboardEvent> & { graph?: boolean }) =>
  ({
    code: '',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    getModifierState: () => about.graph ?? false,
    ...about,
  }) as KeyboardEvent

describe('a key press', () => {
  it.each([
    [{ key: 'c' }, 'c'],
    [{ key: 'C', shiftKey: true }, 'Shift+c'],
    [{ key: '?', shiftKey: true }, '?'],
    [{ key: 'k', ctrlKey: true }, 'Mod+k'],
    [{ key: 'ArrowDown', shiftKey: true }, 'Shift+Down'],
    [{ key: 'j', altKey: true }, 'Alt+j'],
    // AltGr on a Polish keyboard, as Windows reports it.
    [{ key: '#', ctrlKey: true, altKey: true, graph: true }, '#'],
    // The key where a Latin keyboard has its J.
    [{ key: 'о', code: 'KeyJ' }, 'j'],
    // Likewise its signs; but a German ö types itself, though it lies there too.
    [{ key: 'ж', code: 'Semicolon' }, ';'],
    [{ key: 'Ж', code: 'Semicolon', shiftKey: true }, ':'],
    [{ key: 'ö', code: 'Semicolon' }, 'ö'],
    // Letters stay where the keyboard has them (Dvorak, AZERTY).
    [{ key: 'a', code: 'KeyQ' }, 'a'],
    [{ key: 'C' }, 'c'],
    [{ key: 'Shift', shiftKey: true }, null],
    [{ key: 'Dead' }, null],
  ])('%o is %s', (about, stroke) => {
    expect(strokeOf(press(about), false)).toBe(stroke)
  })

  it('takes Cmd on a Mac, and leaves Ctrl to it', () => {
    expect(strokeOf(press({ key: 'k', metaKey: true }), true)).toBe('Mod+k')
    expect(strokeOf(press({ key: 'k', ctrlKey: true }), true)).toBe('Other+k')
    expect(strokeOf(press({ key: '¬', code: 'KeyL', metaKey: true, altKey: true }), true)).toBe('Mod+Alt+l')
    expect(strokeOf(press({ key: '¬', code: 'KeyL', altKey: true }), true)).toBe('¬')
  })

  it('runs the command with the highest priority that can run', () => {
    const command = (id: string, about: Partial<Command> = {}): Command => ({
      id,
      title: id,
      group: 'app',
      keys: ['e'],
      run: () => {},
      ...about,
    })
    const commands = [
      command('low'),
      command('high', { priority: 2, when: () => false }),
      command('middle', { priority: 1 }),
      command('other', { keys: ['x'], priority: 9 }),
    ]
    expect(commandFor('e', commands)?.id).toBe('middle')
    expect(commandFor('q', commands)).toBeUndefined()
  })
})
