import { usePreferencesStore } from './preferences.ts'
import type { CheckId } from './check-ids.ts'

/** Which checks this person has on; all, to begin with. */
export function useSendChecks() {
  const preferences = usePreferencesStore()
  const off = () => preferences.sendChecksOff.split(' ').filter(Boolean)
  return {
    isOn: (id: CheckId): boolean => !off().includes(id),
    set(id: CheckId, on: boolean): void {
      const others = off().filter((each) => each !== id)
      preferences.sendChecksOff = (on ? others : [...others, id]).join(' ')
    },
  }
}
