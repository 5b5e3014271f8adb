import { Forward, Link, Mails } from '@lucide/vue'
import type { ThreadId } from '@contract/ids.ts'
import { host } from '@/host/index.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { targetsOf } from '@/stores/do-all.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { copyText } from '@/ui/copy-text.ts'
import { handingOver } from './hand-over.ts'

type Argument = { ids?: readonly ThreadId[] } | undefined

const some = () => useSelectionStore().targets.length > 0
/** One conversation: the open one, or the one under the keyboard. */
const one = (argument: unknown): ThreadId | undefined => {
  const { open, active } = useSelectionStore()
  return (argument as Argument)?.ids?.[0] ?? open ?? active ?? undefined
}
const isThere = () => one(undefined) !== undefined

/** Lets the shell save what lies behind an authorised path; the engine names the file. */
export function saveFile(path: string): void {
  const link = document.createElement('a')
  link.href = `${host.fileUrl(path)}?download`
  link.download = ''
  link.click()
}

async function copyLink(id: ThreadId): Promise<void> {
  const link = host.linkToThread(id)
  const done = await copyText(link)
  useToastsStore().show(done ? t('passOn.link.copied') : t('passOn.link.failed', { link }), {
    ...(done ? { transient: true } : { tone: 'danger' as const, stays: 0 }),
  })
}

/** What takes conversations elsewhere, by key, palette and menu. */
export const passOnCommands = (): Command[] => [
  {
    id: 'conversation.handOver',
    title: 'passOn.command.team',
    group: 'conversation',
    icon: Forward,
    keys: ['Shift+f'],
    when: () => some() && useSessionStore().teams.length > 0,
    run: (argument) => {
      const ids = targetsOf((argument as Argument)?.ids)
      if (ids.length > 0) handingOver.value = ids
    },
  },
  {
    id: 'conversation.saveMailbox',
    title: 'passOn.command.mailbox',
    group: 'conversation',
    icon: Mails,
    when: isThere,
    run: async (argument) => {
      const id = one(argument)
      if (id) saveFile((await rpc.passOn.mailboxUrl({ id })).url)
    },
  },
  {
    id: 'conversation.copyLink',
    title: 'passOn.command.link',
    group: 'conversation',
    icon: Link,
    when: isThere,
    run: async (argument) => {
      const id = one(argument)
      if (id) await copyLink(id)
    },
  },
]
