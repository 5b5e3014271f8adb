import type { Command } from './commands.ts'

const FIELDS = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"]'
const NAMED = new Map([
  [' ', 'Space'],
  ['ArrowUp', 'Up'],
  ['ArrowDown', 'Down'],
  ['ArrowLeft', 'Left'],
  ['ArrowRight', 'Right'],
])

/** The signs where a keyboard of another script has letters: without and with Shift. */
const SIGNS: Record<string, readonly [string, string]> = {
  Semicolon: [';', ':'],
  Quote: ["'", '"'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Comma: [',', '<'],
  Period: ['.', '>'],
  Backquote: ['`', '~'],
}

/** What the key would type on a Latin keyboard, where it types a letter of another script; null where it does not. */
function latinOf({ key, code, shiftKey }: KeyboardEvent): string | null {
  if (!/^\p{L}$/u.test(key) || /^\p{Script=Latin}$/u.test(key)) return null
  return /^Key([A-Z])$/.exec(code)?.[1] ?? SIGNS[code]?.[shiftKey ? 1 : 0] ?? null
}

/** One key press as commands write it: "c", "#", "Shift+i", "Mod+k", "Shift+Up". Null for a lone modifier. */
export function strokeOf(event: KeyboardEvent, mac: boolean): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process'].includes(event.key)) return null
  // AltGr types signs ("#" on a Polish or Italian keyboard); it is no chord, though Windows reports Ctrl and Alt.
  const typing = event.getModifierState('AltGraph')
  const mod = !typing && (mac ? event.metaKey : event.ctrlKey)
  // With Option, a Mac types other signs ("¬" for l), also in chords.
  const underOption = mac && mod && event.altKey ? /^(?:Key|Digit)([A-Z\d])$/.exec(event.code)?.[1] : null
  const pressed = underOption ?? latinOf(event) ?? event.key
  const letter = /^[a-z]$/i.test(pressed)
  const key = NAMED.get(pressed) ?? (letter ? pressed.toLowerCase() : pressed)
  // What Shift does to a sign is already in the sign ("?"); only letters and named keys keep it.
  const shift = event.shiftKey && (letter || key.length > 1)
  const alt = event.altKey && !typing && (!mac || mod)
  const other = mac ? event.ctrlKey : event.metaKey
  return [mod && 'Mod', other && 'Other', alt && 'Alt', shift && 'Shift', key].filter(Boolean).join('+')
}

/** Whether the press belongs to an input method that composes a word (Safari tells it by the key code alone). */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229

/** Whether the press is typing: in a field, everything but a chord with Ctrl or Cmd belongs to the field. */
export function isTyping(target: EventTarget | null, stroke: string): boolean {
  if (stroke.startsWith('Mod+')) return false
  return target instanceof Element && target.closest(FIELDS) !== null
}

/** Of the commands with these keys, the one that can run now, the highest priority first. */
export function commandFor(keys: string, commands: readonly Command[]): Command | undefined {
  return commands
    .filter((command) => command.keys?.includes(keys))
    .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0))
    .find((command) => command.when?.() ?? true)
}
