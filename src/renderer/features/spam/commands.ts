import { Mail, OctagonAlert } from '@lucide/vue'
import { shallowRef } from 'vue'
import type { ThreadId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { pick } from '@/shell/pick.ts'
import { router } from '@/shell/router.ts'
import { doAll } from '@/stores/do-all.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import type { ToastAction } from '@/stores/toasts.ts'
import { useToastsStore } from '@/stores/toasts.ts'

/** Whether the conversation that is open is spam, once that is known. */
export const openSpam = shallowRef<{ id: ThreadId; isSpam: boolean } | null>(null)
/** Whether all that are chosen are, once that is known. */
export const chosenSpam = shallowRef<boolean | null>(null)

const some = () => useSelectionStore().targets.length > 0
/** Whether what the next command is about is spam; as long as nothing else is known, what the list of it shows is. */
function isSpam(): boolean {
  const { chosen, open } = useSelectionStore()
  const openIsSpam = openSpam.value?.id === open ? openSpam.value?.isSpam : null
  const known = chosen.size > 0 ? chosenSpam.value : openIsSpam
  return known ?? router.currentRoute.value.params['view'] === 'spam'
}

/** What was blocked, in words for a toast. */
const named = (all: readonly string[]): string =>
  all.length > 2 ? t('spam.andMore', { first: all[0] ?? '', n: all.length - 1 }) : all.join(', ')

/** Marks conversations as spam; who wrote them is blocked, and can be chosen otherwise by the toast. */
export async function mark(ids: readonly ThreadId[], block: 'sender' | 'domain' | 'nobody'): Promise<void> {
  const blocked: string[] = []
  const domains: string[] = []
  const withoutJunk = new Set<string>()
  await doAll(
    ids,
    async (part) => {
      const answer = await rpc.spam.mark({ ids: part, block })
      blocked.push(...answer.blocked)
      domains.push(...answer.domains)
      answer.withoutJunk.forEach((address) => withoutJunk.add(address))
      return answer
    },
    (n) =>
      [
        t('spam.done.marked', { n }, n),
        blocked.length > 0 && t('spam.done.blocked', { names: named(blocked) }, blocked.length),
      ]
        .filter(Boolean)
        .join(' '),
    false,
    () => otherwise(ids, block, blocked, [...new Set(domains)]),
  )
  for (const address of withoutJunk) useToastsStore().show(t('spam.done.noJunk', { address }))
}

/** The button that blocks somebody else instead. */
function otherwise(
  ids: readonly ThreadId[],
  now: 'sender' | 'domain' | 'nobody',
  blocked: readonly string[],
  domains: readonly string[],
): ToastAction | undefined {
  if (blocked.length === 0 && domains.length === 0) return undefined
  return {
    label: t('spam.change'),
    async run() {
      const options = [
        { value: 'sender' as const, label: t('spam.block.sender') },
        ...(domains.length > 0 || now === 'domain'
          ? [
              {
                value: 'domain' as const,
                label: t('spam.block.domain', { domains: named(domains.length > 0 ? domains : blocked) }),
              },
            ]
          : []),
        { value: 'nobody' as const, label: t('spam.block.nobody') },
      ].filter(({ value }) => value !== now)
      const chosen = await pick({ title: t('spam.block.title'), options })
      if (chosen) await mark(ids, chosen)
    },
  }
}

/** Takes conversations back from spam. */
export async function unmark(ids: readonly ThreadId[]): Promise<void> {
  const unblocked: string[] = []
  const still: string[] = []
  await doAll(
    ids,
    async (part) => {
      const answer = await rpc.spam.unmark({ ids: part })
      unblocked.push(...answer.unblocked)
      still.push(...answer.stillBlocked)
      return answer
    },
    (n) =>
      [
        t('spam.done.unmarked', { n }, n),
        unblocked.length > 0 && t('spam.done.unblocked', { names: named(unblocked) }, unblocked.length),
        still.length > 0 && t('spam.done.stillBlocked', { names: named([...new Set(still)]) }, still.length),
      ]
        .filter(Boolean)
        .join(' '),
    false,
    () =>
      still.length > 0
        ? { label: t('spam.openList'), run: () => void router.push('/settings/blocked') }
        : undefined,
  )
}

/** What can be done about spam, by key, palette, menu and the bar of chosen conversations. */
export const spamCommands = (): Command[] => [
  {
    id: 'conversation.spam',
    title: 'spam.command.mark',
    group: 'conversation',
    icon: OctagonAlert,
    keys: ['!'],
    when: () => some() && !isSpam(),
    run: () => mark(useSelectionStore().targets, 'sender'),
  },
  {
    id: 'conversation.notSpam',
    title: 'spam.command.unmark',
    group: 'conversation',
    icon: Mail,
    keys: ['!'],
    when: () => some() && isSpam(),
    run: () => unmark(useSelectionStore().targets),
  },
]
