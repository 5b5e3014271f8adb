import { FileText, Printer } from '@lucide/vue'
import type { ThreadId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import type { Command } from '@/shell/commands.ts'
import { useSelectionStore } from '@/stores/selection.ts'

const one = (argument: unknown): ThreadId | null => {
  const { open, active } = useSelectionStore()
  return (argument as { ids?: readonly ThreadId[] } | undefined)?.ids?.[0] ?? open ?? active
}

/** Printing a conversation; what it takes is loaded with the first use. */
export const printCommands = (): Command[] => [
  {
    id: 'conversation.print',
    title: 'passOn.command.print',
    group: 'conversation',
    icon: Printer,
    when: () => one(undefined) !== null,
    run: async (argument) => {
      const id = one(argument)
      if (id) await (await import('./print-thread.ts')).printThread(id)
    },
  },
  {
    id: 'conversation.savePdf',
    title: 'passOn.command.pdf',
    group: 'conversation',
    icon: FileText,
    when: () => host.savePdf !== null && one(undefined) !== null,
    run: async (argument) => {
      const id = one(argument)
      if (id) await (await import('./print-thread.ts')).savePdf(id)
    },
  },
]
