import { Search } from '@lucide/vue'
import { registerCommands } from '@/shell/commands.ts'
import { fillSlot } from '@/shell/slots.ts'
import SearchBox from './SearchBox.vue'
import { focusSearch } from './focus.ts'

/** The search box in the bar at the top; its results are a list like any other. */
export function register(): void {
  fillSlot('search', SearchBox)
  registerCommands({
    id: 'search.focus',
    title: 'search.command',
    group: 'go',
    icon: Search,
    keys: ['/', 'Mod+f'],
    run: focusSearch,
  })
}
