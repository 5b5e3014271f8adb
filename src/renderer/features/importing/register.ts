import { Download, FileUp } from '@lucide/vue'
import type { RecordType } from '@contract/records.ts'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { registerSettingsPage } from '@/shell/settings-pages.ts'
import { fillSlot } from '@/shell/slots.ts'
import { exporting, type ExportWish } from './exporting.ts'
import { importPath, isImportType } from './import-types.ts'

/** Records from files and into files. */
export function register(): void {
  fillSlot('layers', () => import('./ExportDialog.vue'))
  registerSettingsPage({
    id: 'import',
    title: 'importing.title',
    icon: FileUp,
    order: 38,
    wide: true,
    load: () => import('./ImportPage.vue'),
  })
  registerCommands(
    {
      // With `{ type }`, or nothing.
      id: 'records.import',
      title: 'importing.command.import',
      group: 'app',
      icon: FileUp,
      run: async (argument) => {
        const { type } = (argument ?? {}) as { type?: RecordType }
        await router.push({ path: importPath(), query: type && isImportType(type) ? { type } : {} })
      },
    },
    {
      // With `{ type, ids }`: these records; with `{ type }`: all of them.
      id: 'records.export',
      title: 'importing.command.export',
      group: 'app',
      icon: Download,
      run: (argument) => {
        const { type = 'contact', ids = [] } = (argument ?? {}) as Partial<ExportWish>
        exporting.value = { type, ids }
      },
    },
  )
}
