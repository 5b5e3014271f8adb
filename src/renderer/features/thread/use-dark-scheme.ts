import { computed, onScopeDispose, ref, type ComputedRef } from 'vue'
import { usePreferencesStore } from '@/stores/preferences.ts'

/** Whether the application is shown dark now: by the user's choice, or the system's. */
export function useDarkScheme(): ComputedRef<boolean> {
  const preferences = usePreferencesStore()
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  const update = () => (systemDark.value = system.matches)
  system.addEventListener('change', update)
  onScopeDispose(() => system.removeEventListener('change', update))
  return computed(() => (preferences.theme === 'system' ? systemDark.value : preferences.theme === 'dark'))
}
