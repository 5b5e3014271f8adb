import { ChartNoAxesGantt, ListPlus, Plus } from '@lucide/vue'
import type { RecordRef, RecordType } from '@contract/records.ts'
import { announced, registerCommands } from '@/shell/commands.ts'
import { recordPath } from '@/shell/place.ts'
import { router } from '@/shell/router.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'
import { creating, type NewRecord } from './creating.ts'
import { NO_GRID, gridCommands } from './list/grid-commands.ts'
import { backCommand } from './page/back-command.ts'
import RecordNav from './RecordNav.vue'
import { recordIcons } from '@/shell/record-icons.ts'
import { RECORD_TYPES } from './record-types.ts'

/** As the letters of Gmail's "go to" go; c is its own, for contacts. */
const KEYS: Record<RecordType, string> = { contact: 'g c', company: 'g p', deal: 'g l', ticket: 'g x' }

/** Lists and pages of contacts, companies, deals and tickets, and their part beside the conversation. */
export function register(): void {
  fillSlot('navigation', RecordNav)
  fillSlot('records', () => import('./RecordsScreen.vue'))
  fillSlot('contact', () => import('./thread/ThreadRecords.vue'))
  fillSlot('contactRecords', () => import('./thread/ThreadAssociations.vue'))
  fillSlot('composerOptions', () => import('./thread/ComposerRecords.vue'))
  fillSlot('layers', () => import('./CreateRecordDialog.vue'))
  fillSlot('propertyName', () => import('./fields/PropertyName.vue'))
  fillSlot('propertyValue', () => import('./fields/PropertyText.vue'))
  registerSettingsPage({
    id: 'properties',
    title: 'records.settings.properties',
    icon: ListPlus,
    order: 36,
    load: () => import('./settings/PropertiesPage.vue'),
  })
  registerSettingsPage({
    id: 'pipelines',
    title: 'records.settings.pipelines',
    icon: ChartNoAxesGantt,
    order: 37,
    load: () => import('./settings/PipelinesPage.vue'),
  })
  registerCommands(
    ...RECORD_TYPES.flatMap((type) => [
      {
        id: `go.${type}`,
        title: `records.go.${type}`,
        group: 'go' as const,
        icon: recordIcons[type],
        keys: [KEYS[type]],
        run: async () => void (await router.push(recordPath(type))),
      },
      {
        // With `{ values, associate, stay }`, or nothing.
        id: `records.new.${type}`,
        title: `records.new.${type}`,
        group: 'compose' as const,
        icon: Plus,
        run: (argument?: unknown) =>
          void (creating.value = { ...((argument ?? {}) as Partial<NewRecord>), type }),
      },
    ]),
    ...announced(
      ...gridCommands(NO_GRID),
      backCommand(() => {}),
    ),
    {
      // With the record that is meant.
      id: 'records.show',
      title: 'records.show',
      group: 'go',
      hidden: true,
      run: async (argument) => {
        const { type, id } = argument as RecordRef
        await router.push(recordPath(type, id))
      },
    },
  )
}
