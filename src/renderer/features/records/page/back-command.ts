import type { Command } from '@/shell/commands.ts'

/** From the page of a record back to the list that it was opened from. */
export const backCommand = (run: () => void | Promise<void>): Command => ({
  id: 'records.back',
  title: 'records.command.back',
  group: 'go',
  place: 'record',
  keys: ['u'],
  run,
})
