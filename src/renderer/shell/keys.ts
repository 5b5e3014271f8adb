import { host } from '@/host/index.ts'
import { allCommands, runCommand } from './commands.ts'
import { commandFor, isComposing, isTyping, strokeOf } from './strokes.ts'

/** The second key of "g i" comes within so many ms, as the keys were pressed: a busy page may hear of them late. */
const SEQUENCE = 1_500

/** Listens for the keys of all commands, for as long as the page lives. */
export function listenForKeys(): void {
  const mac = host.platform === 'darwin'
  let first: { stroke: string; at: number } | null = null

  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isComposing(event)) return
    const stroke = strokeOf(event, mac)
    if (stroke === null || isTyping(event.target, stroke)) return
    // Behind a dialog nothing may happen; what is in it handles its own keys.
    if (document.querySelector('[data-modal], [popover="auto"]:popover-open')) return

    const sequence =
      first !== null && event.timeStamp - first.at < SEQUENCE ? `${first.stroke} ${stroke}` : null
    first = null
    const command =
      (sequence !== null && commandFor(sequence, allCommands.value)) || commandFor(stroke, allCommands.value)
    if (command) {
      event.preventDefault()
      // A key that is held down must not close one conversation after the other.
      if (!event.repeat || command.repeats) void runCommand(command.id)
    } else if (allCommands.value.some(({ keys }) => keys?.some((each) => each.startsWith(`${stroke} `)))) {
      first = { stroke, at: event.timeStamp }
    }
  })
}
