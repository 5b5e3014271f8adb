import { Send } from '@lucide/vue'
import type { OutboxId } from '@contract/ids.ts'
import { registerCommands } from '@/shell/commands.ts'
import { fillSlot } from '@/shell/slots.ts'
import { openItem } from './outbox-panel.ts'

/** The panel of an outbox item; `outbox.open` takes its id. */
export function register(): void {
  fillSlot('layers', () => import('./OutboxPanel.vue'))
  registerCommands({
    id: 'outbox.open',
    title: 'outbox.region',
    group: 'go',
    icon: Send,
    hidden: true,
    run: (argument) => {
      const id =
        typeof argument === 'string' ? argument : (argument as { outboxId?: string } | undefined)?.outboxId
      if (id) openItem.value = id as OutboxId
    },
  })
}
