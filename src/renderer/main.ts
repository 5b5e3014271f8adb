import './styles.css'
import { createPinia } from 'pinia'
import { PiniaColada } from '@pinia/colada'
import { createApp } from 'vue'
import { host } from './host/index.ts'
import { i18n } from './i18n.ts'
import { keepConnected } from './rpc/connection.ts'
import App from './shell/App.vue'
import { runCommand } from './shell/commands.ts'
import { keepFocus } from './shell/keep-focus.ts'
import { listenForKeys } from './shell/keys.ts'
import { openRoute, router } from './shell/router.ts'
import { followChanges } from './stores/changes.ts'
import { usePreferencesStore } from './stores/preferences.ts'
import { reportError } from './stores/report.ts'

// Each feature says in its `register.ts` what it brings; what is heavy in it is loaded when first used.
const features = import.meta.glob<{ register: () => void }>('./features/*/register.ts', { eager: true })

void keepConnected()

const app = createApp(App)
app.config.errorHandler = reportError
app.use(createPinia()).use(PiniaColada).use(i18n).use(router)

app.runWithContext(() => {
  usePreferencesStore()
  Object.values(features).forEach(({ register }) => register())
  void followChanges()
})
listenForKeys()
keepFocus()
host.onOpenRoute(openRoute)
host.onCommand((id) => void runCommand(id))

// The first frame needs to know which view the address means.
void router.isReady().then(() => app.mount('#app'))
