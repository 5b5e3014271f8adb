import { z } from 'zod'
import type { UserId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { useSessionStore } from '@/stores/session.ts'

/** What is wrong with the name and the address of somebody (`id`, or somebody new), in words; null for what is right. */
export function personErrors(
  { name, email }: { name: string; email: string },
  id: UserId | null,
): { name: string | null; email: string | null } {
  const address = email.trim().toLowerCase()
  const taken = useSessionStore().users.some((user) => user.id !== id && user.email.toLowerCase() === address)
  return {
    name: name.trim() === '' ? t('settings.people.nameMissing') : null,
    email: !z.email().max(320).safeParse(address).success
      ? t('settings.people.emailProblem')
      : taken
        ? t('settings.people.taken')
        : null,
  }
}
