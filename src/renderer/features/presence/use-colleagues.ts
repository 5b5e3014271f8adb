import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import type { PresenceView } from '@contract/presence.ts'
import type { UserView } from '@contract/workspace.ts'
import { usePresenceStore } from '@/stores/presence.ts'
import { useSessionStore } from '@/stores/session.ts'

/** The connection drops for a moment whenever the engine is started anew: only then is it worth a word. In ms. */
const PATIENCE = 1_500

export type Colleague = PresenceView & {
  user: Pick<UserView, 'name' | 'avatarUrl'>
  /** What they do, in words: "Bruno is typing…". */
  words: string
}

/** The others in a conversation, those who do the most first. */
export function useColleagues(threadId: MaybeRefOrGetter<string | null>) {
  const { t } = useI18n()
  const presence = usePresenceStore()
  const session = useSessionStore()

  const wordsOf = ({ doing, typing }: PresenceView, name: string): string => {
    if (!typing) return t(`presence.${doing}`, { name })
    return t(doing === 'answering' ? 'presence.typing' : 'presence.typingComment', { name })
  }
  const colleagues = computed<Colleague[]>(() =>
    presence
      .inThread(toValue(threadId))
      .map((one) => {
        const user = session.user(one.userId) ?? { name: t('thread.someone'), avatarUrl: null }
        return { ...one, user, words: wordsOf(one, user.name) }
      })
      .sort((a, b) => rank(b) - rank(a) || a.user.name.localeCompare(b.user.name)),
  )

  return colleagues
}

/** Whether it is unknown who else is here, and has been for long enough to be worth a word. */
export function usePresenceUnknown() {
  const presence = usePresenceStore()
  const unknown = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => presence.known,
    (known) => {
      clearTimeout(timer)
      if (known) unknown.value = false
      else timer = setTimeout(() => (unknown.value = true), PATIENCE)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))

  return unknown
}

const RANKS = { viewing: 0, commenting: 2, answering: 4 }
const rank = ({ doing, typing }: PresenceView): number => RANKS[doing] + Number(typing)
