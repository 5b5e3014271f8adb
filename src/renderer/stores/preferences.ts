import { reactive, toRefs, watch } from 'vue'
import { defineStore } from 'pinia'
import { host } from '@/host/index.ts'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'comfortable' | 'compact'

/** Pane widths are CSS pixels. */
type Preferences = {
  theme: Theme
  density: Density
  viewsWidth: number
  listWidth: number
  recordWidth: number
  recordShown: boolean
  notifications: boolean
  undoSeconds: number
  /** Ids of the checks before sending that are switched off, divided by spaces. */
  sendChecksOff: string
}

const KEY = 'anteroom.preferences'
const DEFAULTS: Preferences = {
  theme: 'system',
  density: 'comfortable',
  viewsWidth: 208,
  listWidth: 380,
  recordWidth: 288,
  recordShown: true,
  notifications: true,
  undoSeconds: 10,
  sendChecksOff: '',
}

/** Choices of this person on this machine; they never leave it. */
export const usePreferencesStore = defineStore('preferences', () => {
  const preferences = reactive<Preferences>({ ...DEFAULTS, ...read() })
  watch(preferences, (now) => localStorage.setItem(KEY, JSON.stringify(now)))
  watch(
    () => preferences.theme,
    (theme) => {
      applyTheme(theme)
      host.setTheme(theme)
    },
    { immediate: true },
  )
  watch(
    () => preferences.density,
    (density) => (document.documentElement.dataset['density'] = density),
    { immediate: true },
  )
  // Several windows share the choices.
  window.addEventListener('storage', (event) => {
    if (event.key === KEY) Object.assign(preferences, read())
  })
  return toRefs(preferences)
})

/** Every colour is a `light-dark()` pair, so the scheme of the root decides all of them. */
function applyTheme(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme
}

function read(): Partial<Preferences> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (typeof stored !== 'object' || stored === null) return {}
    // Only what is known and of the right type, so that an older or edited entry cannot break the frame.
    return Object.fromEntries(
      Object.entries(stored).filter(
        ([key, value]) => key in DEFAULTS && typeof value === typeof DEFAULTS[key as keyof Preferences],
      ),
    )
  } catch {
    return {}
  }
}
