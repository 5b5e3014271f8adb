import { onMounted, watchEffect } from 'vue'
import { t } from '@/i18n.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { useSessionStore } from '@/stores/session.ts'
import { firstScreenDone } from './first-screen.ts'

/** Names the window after what it shows and the workspace; null leaves the name to another screen. Call in a component. */
export function useWindowTitle(shown: () => string | null): void {
  const session = useSessionStore()
  watchEffect(() => {
    const name = shown()
    if (name !== null) document.title = `${name} · ${session.workspace?.name ?? t('app.name')}`
  })
}

/** For a screen without conversations. Call in its component. */
export function useScreenWithoutMail(): void {
  const selection = useSelectionStore()
  onMounted(() => {
    // The commands for conversations must not reach the one that was looked at before.
    selection.clear()
    selection.active = null
    firstScreenDone()
  })
}
