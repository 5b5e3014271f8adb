import { CircleCheckBig } from '@lucide/vue'
import type { Command } from '@/shell/commands.ts'

/** What the list lets the keyboard do. */
export type ListActions = {
  move(by: number, extend: boolean): void
  openActive(): void
  toggleActive(): void
  chooseAll(): void
  canChoose(): boolean
  hasActive(): boolean
  /** Closes the conversation under the keyboard, and goes on to the one below (1) or above (-1). */
  closeAnd(by: 1 | -1): Promise<void>
  back(): void
  canGoBack(): boolean
}

/** For what is to be known of the commands while no list is on screen. */
export const NO_LIST: ListActions = {
  move: () => {},
  openActive: () => {},
  toggleActive: () => {},
  chooseAll: () => {},
  canChoose: () => false,
  hasActive: () => false,
  closeAnd: async () => {},
  back: () => {},
  canGoBack: () => false,
}

/** The commands that exist while a list is on screen. Arrows and Enter belong to the listbox itself. */
export function listCommands(list: ListActions): Command[] {
  const { hasActive, canChoose } = list
  return [
    {
      id: 'list.next',
      title: 'list.command.next',
      group: 'list',
      keys: ['j'],
      repeats: true,
      hidden: true,
      run: () => list.move(1, false),
    },
    {
      id: 'list.previous',
      title: 'list.command.previous',
      group: 'list',
      keys: ['k'],
      repeats: true,
      hidden: true,
      run: () => list.move(-1, false),
    },
    {
      id: 'list.extendDown',
      title: 'list.command.extendDown',
      group: 'list',
      keys: ['Shift+j'],
      repeats: true,
      hidden: true,
      when: canChoose,
      run: () => list.move(1, true),
    },
    {
      id: 'list.extendUp',
      title: 'list.command.extendUp',
      group: 'list',
      keys: ['Shift+k'],
      repeats: true,
      hidden: true,
      when: canChoose,
      run: () => list.move(-1, true),
    },
    {
      id: 'list.open',
      title: 'list.command.open',
      group: 'list',
      keys: ['o'],
      hidden: true,
      when: hasActive,
      run: () => list.openActive(),
    },
    {
      id: 'conversation.closeNext',
      title: 'list.command.closeNext',
      group: 'conversation',
      icon: CircleCheckBig,
      keys: [']'],
      when: hasActive,
      run: () => list.closeAnd(1),
    },
    {
      id: 'conversation.closePrevious',
      title: 'list.command.closePrevious',
      group: 'conversation',
      keys: ['['],
      when: hasActive,
      run: () => list.closeAnd(-1),
    },
    {
      id: 'list.back',
      title: 'list.command.back',
      group: 'list',
      keys: ['u', 'Escape'],
      when: list.canGoBack,
      run: () => list.back(),
    },
    {
      id: 'list.toggle',
      title: 'list.command.toggle',
      group: 'list',
      keys: ['x'],
      when: () => hasActive() && canChoose(),
      run: () => list.toggleActive(),
    },
    {
      id: 'list.all',
      title: 'list.command.all',
      group: 'list',
      keys: ['* a'],
      when: canChoose,
      run: () => list.chooseAll(),
    },
  ]
}
