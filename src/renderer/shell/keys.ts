import { host } from '@/host/index.ts'
import { allCommands, runCommand, type Command } from './commands.ts'

/** How long the second key of "g i" may take, in ms. */
const SEQUENCE = 1_200
const FIELDS = 'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"]'
const NAMED = new Map([
  [' ', 'Space'],
  ['ArrowUp', 'Up'],
  ['ArrowDown', 'Down'],
  ['ArrowLeft', 'Left'],
  ['ArrowRight', 'Right'],
])

/** One key press as commands write it: "c", "#", "Shift+i", "Mod+k", "Shift+Up". Null for a lone modifier. */
export function strokeOf(event: KeyboardEvent, mac: boolean): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process'].includes(event.key)) return null
  const mod = mac ? event.metaKey : event.ctrlKey
  const letter = /^[a-z]$/i.test(event.key)
  const key = NAMED.get(event.key) ?? (letter ? event.key.toLowerCase() : event.key)
  // What Shift does to a sign is already in the sign ("?"); only letters and named keys keep it.
  const shift = event.shiftKey && (letter || key.length > 1)
  // AltGr types signs ("#" on a Polish or Italian keyboard); it is not a shortcut with Alt.
  const alt = event.altKey && !event.getModifierState('AltGraph') && (!mac || mod)
  const other = mac ? event.ctrlKey : event.metaKey
  return [mod && 'Mod', other && 'Other', alt && 'Alt', shift && 'Shift', key].filter(Boolean).join('+')
}

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

/** Listens for the keys of all commands, for as long as the page lives. */
export function listenForKeys(): void {
  const mac = host.platform === 'darwin'
  let first: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return
    const stroke = strokeOf(event, mac)
    if (stroke === null || isTyping(event.target, stroke)) return
    // Behind a dialog nothing may happen; what is in it handles its own keys.
    if (document.querySelector('[data-modal], :popover-open')) return

    clearTimeout(timer)
    const sequence = first === null ? null : `${first} ${stroke}`
    first = null
    const command =
      (sequence !== null && commandFor(sequence, allCommands.value)) || commandFor(stroke, allCommands.value)
    if (command) {
      event.preventDefault()
      void runCommand(command.id)
    } else if (allCommands.value.some(({ keys }) => keys?.some((each) => each.startsWith(`${stroke} `)))) {
      first = stroke
      timer = setTimeout(() => (first = null), SEQUENCE)
    }
  })
}
