import { LibraryBig } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { libraryPath } from '@/shell/place.ts'
import { fillSlot } from '@/shell/slots.ts'
import { kindIcons, WRITTEN } from './entries.ts'
import LibraryNav from './LibraryNav.vue'

/** What is inserted into mails: the page that keeps them, and the menu that puts them into a mail. */
export function register(): void {
  fillSlot('navigation', LibraryNav, 2)
  fillSlot('library', () => import('./LibraryScreen.vue'))
  fillSlot('recordActions', () => import('./quotes/QuoteButton.vue'), 2)
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
    ...WRITTEN.map((kind) => ({
      id: `library.new.${kind}`,
      title: `library.new.${kind}`,
      group: 'compose' as const,
      icon: kindIcons[kind],
      run: async () => void (await router.push(libraryPath(`new-${kind}`))),
    })),
  )
}
