import type { LibraryItemId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import { touches } from '@/stores/change.ts'
import { onEngineChange } from '@/stores/changes.ts'

/**
 * What others change in an entry shows in its editor too. Call in a component.
 * @param shown  its id; null where that would take away what is being written
 */
export function followEntry(shown: () => LibraryItemId | null, load: () => Promise<void>): void {
  onEngineChange((change) => {
    const id = shown()
    if (id !== null && touches(change, { library: [id] })) void load()
  })
}

/** What an editor does with a key: Mod+S and Mod+Enter save. */
export const savingKeys =
  (save: () => unknown) =>
  (event: KeyboardEvent): void => {
    const mod = host.platform === 'darwin' ? event.metaKey : event.ctrlKey
    if (!mod || (event.key !== 'Enter' && event.key.toLowerCase() !== 's')) return
    event.preventDefault()
    save()
  }
