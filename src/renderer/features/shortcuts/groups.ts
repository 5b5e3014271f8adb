import type { CommandGroup } from '@/shell/commands.ts'

/** The groups of commands in the order in which they are shown. */
export const GROUPS: readonly CommandGroup[] = ['conversation', 'compose', 'list', 'go', 'app']
