import { Phone, SquareCheck, StickyNote } from '@lucide/vue'
import type { Command } from '@/shell/commands.ts'

/** What can be written down on a record. */
export const KINDS = [
  { kind: 'note', icon: StickyNote, key: 'n' },
  { kind: 'call', icon: Phone, key: 'p' },
  { kind: 'task', icon: SquareCheck, key: 't' },
] as const

/** The command for each, while the page of a record is open. */
export const writeCommands = (run: (kind: (typeof KINDS)[number]['kind']) => void): Command[] =>
  KINDS.map(({ kind, icon, key }) => ({
    id: `timeline.${kind}`,
    title: `timeline.command.${kind}`,
    group: 'compose',
    place: 'record',
    icon,
    keys: [key],
    priority: 1,
    run: () => run(kind),
  }))
