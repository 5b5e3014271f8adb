import type { Command } from '@/shell/commands.ts'

/** What a list of records lets the keyboard do, wherever the focus is. */
export type GridActions = {
  shown(): boolean
  move(by: number, extend: boolean): void
  open(): void
  toggle(): void
  all(): Promise<void>
  hasChosen(): boolean
  clear(): void
}

/** For what is to be known of the commands while no list is on screen. */
export const NO_GRID: GridActions = {
  shown: () => false,
  move: () => {},
  open: () => {},
  toggle: () => {},
  all: async () => {},
  hasChosen: () => false,
  clear: () => {},
}

/** The commands that exist while a list of records is on screen. Arrows and Enter belong to the grid itself. */
export function gridCommands(grid: GridActions): Command[] {
  const place = 'records' as const
  const hidden = { group: 'list' as const, place, hidden: true, when: grid.shown }
  return [
    {
      ...hidden,
      id: 'records.next',
      title: 'records.command.next',
      keys: ['j'],
      repeats: true,
      run: () => grid.move(1, false),
    },
    {
      ...hidden,
      id: 'records.previous',
      title: 'records.command.previous',
      keys: ['k'],
      repeats: true,
      run: () => grid.move(-1, false),
    },
    {
      ...hidden,
      id: 'records.extendDown',
      title: 'records.command.extendDown',
      keys: ['Shift+j'],
      repeats: true,
      run: () => grid.move(1, true),
    },
    {
      ...hidden,
      id: 'records.extendUp',
      title: 'records.command.extendUp',
      keys: ['Shift+k'],
      repeats: true,
      run: () => grid.move(-1, true),
    },
    { ...hidden, id: 'records.open', title: 'records.command.open', keys: ['o'], run: () => grid.open() },
    {
      id: 'records.toggle',
      title: 'records.command.toggle',
      group: 'list',
      place,
      keys: ['x'],
      when: grid.shown,
      run: () => grid.toggle(),
    },
    {
      id: 'records.all',
      title: 'records.command.all',
      group: 'list',
      place,
      keys: ['* a'],
      when: grid.shown,
      run: () => grid.all(),
    },
    {
      id: 'records.clear',
      title: 'records.command.clear',
      group: 'list',
      place,
      keys: ['Escape'],
      when: grid.hasChosen,
      run: () => grid.clear(),
    },
  ]
}
