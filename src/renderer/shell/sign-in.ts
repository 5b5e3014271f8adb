import { shallowRef } from 'vue'
import type { UserView } from '@contract/workspace.ts'
import { attempt } from '@/stores/report.ts'
import { useSessionStore } from '@/stores/session.ts'

/** Who is asked for their passphrase now, or null. */
export const askedToSignIn = shallowRef<UserView | null>(null)

/** Makes `user` the one who works in this window; asks for the passphrase where they have one. */
export async function signInAs(user: UserView): Promise<void> {
  const session = useSessionStore()
  if (user.id === session.me?.id) return
  if (user.hasPassphrase) askedToSignIn.value = user
  else await attempt(() => session.signIn(user.id))
}
