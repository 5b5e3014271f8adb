import { registerCommands } from '@/shell/commands.ts'
import { fillSlot } from '@/shell/slots.ts'
import { printCommands } from './print/commands.ts'

/** Brings the conversation and the window of one message. */
export function register(): void {
  // Loaded as soon as the first screen stands, so it is there before the first key press.
  fillSlot('thread', () => import('./ThreadPane.vue'))
  registerCommands(...printCommands())
  fillSlot('message', () => import('./FullMessage.vue'))
  // The open conversation brings these; until one is open, the list of shortcuts shows them all the same.
  const shown: [name: string, key: string][] = [
    ['reply', 'r'],
    ['replyAll', 'a'],
    ['forward', 'f'],
    ['comment', 'm'],
    ['nextMessage', 'n'],
    ['previousMessage', 'p'],
    ['expandAll', ';'],
    ['collapseAll', ':'],
  ]
  registerCommands(
    ...shown.map(([name, key]) => ({
      id: `thread.${name}`,
      title: `thread.command.${name}`,
      group: 'conversation' as const,
      keys: [key],
      when: () => false,
      run: () => {},
    })),
  )
}
