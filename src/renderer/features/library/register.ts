import { FileText, LibraryBig, TextQuote } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { fillSlot } from '@/shell/slots.ts'
import { entryPath } from './entries.ts'
import LibraryNav from './LibraryNav.vue'

/** Templates, snippets and documents: the page that keeps them, and the menu that puts them into a mail. */
export function register(): void {
  fillSlot('navigation', LibraryNav, 2)
  fillSlot('library', () => import('./LibraryScreen.vue'))
  fillSlot('composerInsert', () => import('./InsertMenu.vue'))
  registerCommands(
    {
      id: 'go.library',
      title: 'library.go',
      group: 'go',
      icon: LibraryBig,
      keys: ['g y'],
      run: async () => void (await router.push('/library')),
    },
    {
      id: 'library.newTemplate',
      title: 'library.new.template',
      group: 'compose',
      icon: FileText,
      run: async () => void (await router.push(entryPath('new-template'))),
    },
    {
      id: 'library.newSnippet',
      title: 'library.new.snippet',
      group: 'compose',
      icon: TextQuote,
      run: async () => void (await router.push(entryPath('new-snippet'))),
    },
  )
}
