import { Combine, Copy } from '@lucide/vue'
import type { RecordType } from '@contract/records.ts'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { fillSlot } from '@/shell/slots.ts'
import { duplicatesPath, isMergeable, merging, type Merging } from './merging.ts'

/** Two records become one, and back; and which ones may be the same. */
export function register(): void {
  fillSlot('recordActions', () => import('./MergeButton.vue'), 1)
  fillSlot('layers', () => import('./MergeDialog.vue'))
  fillSlot('duplicates', () => import('./DuplicatesPage.vue'))
  registerCommands(
    {
      // With the record that stays, and the other one if it is known.
      id: 'records.merge',
      title: 'merging.merge',
      group: 'app',
      icon: Combine,
      hidden: true,
      run: (argument) => void (merging.value = argument as Merging),
    },
    {
      // With `{ type }`, or nothing.
      id: 'records.duplicates',
      title: 'merging.command',
      group: 'go',
      icon: Copy,
      run: async (argument) => {
        const { type } = (argument ?? {}) as { type?: RecordType }
        await router.push(duplicatesPath(isMergeable(type) ? type : 'contact'))
      },
    },
  )
}
