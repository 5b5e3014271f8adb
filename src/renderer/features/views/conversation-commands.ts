import { CircleCheck, Mail, MailOpen, RotateCcw, UserPlus, UserRoundCheck } from '@lucide/vue'
import type { ThreadId, UserId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { pick } from '@/shell/pick.ts'
import { attempt } from '@/stores/report.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useToastsStore } from '@/stores/toasts.ts'

type Argument = { ids?: readonly ThreadId[]; assigneeId?: UserId | null } | undefined

/** Most ids in one call (the contract's limit); a larger choice goes in several. */
const MOST = 1000

/** Those that were named, or else the ones chosen, open, or under the keyboard. */
function targets(argument: Argument): ThreadId[] {
  return [...(argument?.ids ?? useSelectionStore().targets)]
}

async function inParts(ids: readonly ThreadId[], run: (part: ThreadId[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += MOST) await run(ids.slice(from, from + MOST))
}

/** Says what was done, with the way back. */
function done(text: string, undo: () => Promise<unknown>): void {
  useToastsStore().show(text, {
    tone: 'success',
    transient: true,
    action: { label: t('list.done.undo'), run: async () => void (await attempt(undo)) },
  })
}

async function close(ids: ThreadId[]): Promise<void> {
  await inParts(ids, (part) => rpc.threads.close({ ids: part }))
  useSelectionStore().clear()
  done(t('list.done.closed', { n: ids.length }, ids.length), () =>
    inParts(ids, (part) => rpc.threads.reopen({ ids: part })),
  )
}

async function reopen(ids: ThreadId[]): Promise<void> {
  await inParts(ids, (part) => rpc.threads.reopen({ ids: part }))
  useSelectionStore().clear()
  done(t('list.done.reopened', { n: ids.length }, ids.length), () =>
    inParts(ids, (part) => rpc.threads.close({ ids: part })),
  )
}

async function assign(ids: ThreadId[], assigneeId: UserId | null): Promise<void> {
  await inParts(ids, (part) => rpc.threads.assign({ ids: part, assigneeId }))
  useSelectionStore().clear()
  const name = useSessionStore().user(assigneeId)?.name
  useToastsStore().show(
    name
      ? t('list.done.assigned', { n: ids.length, name }, ids.length)
      : t('list.done.unassigned', { n: ids.length }, ids.length),
    { tone: 'success', transient: true },
  )
}

async function mark(ids: ThreadId[], read: boolean): Promise<void> {
  await inParts(ids, (part) => rpc.threads.markRead({ ids: part, read }))
  useSelectionStore().clear()
}

/** Asks to whom, by keyboard. Undefined when the user turned away. */
async function askAssignee(): Promise<UserId | null | undefined> {
  const session = useSessionStore()
  const picked = await pick({
    title: t('list.assign.title'),
    options: [
      ...session.users.map((user) => ({
        value: user.id as UserId | 'nobody',
        label: user.id === session.me?.id ? t('list.assign.me', { name: user.name }) : user.name,
        detail: user.email,
      })),
      { value: 'nobody' as const, label: t('list.assign.nobody') },
    ],
  })
  return picked === 'nobody' ? null : picked
}

/** What can be done with conversations, from the reader's head, the bulk bar, the palette and by key. */
export function conversationCommands(): Command[] {
  const some = () => useSelectionStore().targets.length > 0
  return [
    {
      id: 'conversation.close',
      title: 'list.command.close',
      group: 'conversation',
      icon: CircleCheck,
      keys: ['e'],
      when: some,
      run: (argument) => close(targets(argument as Argument)),
    },
    {
      id: 'conversation.reopen',
      title: 'list.command.reopen',
      group: 'conversation',
      icon: RotateCcw,
      keys: ['Shift+e'],
      when: some,
      run: (argument) => reopen(targets(argument as Argument)),
    },
    {
      id: 'conversation.assign',
      title: 'list.command.assign',
      group: 'conversation',
      icon: UserPlus,
      keys: ['i'],
      when: some,
      async run(argument) {
        const given = argument as Argument
        const ids = targets(given)
        const assigneeId = given?.assigneeId === undefined ? await askAssignee() : given.assigneeId
        if (assigneeId !== undefined) await assign(ids, assigneeId)
      },
    },
    {
      id: 'conversation.assignMe',
      title: 'list.command.assignMe',
      group: 'conversation',
      icon: UserRoundCheck,
      keys: ['Shift+m'],
      when: some,
      async run(argument) {
        const me = useSessionStore().me
        if (me) await assign(targets(argument as Argument), me.id)
      },
    },
    {
      id: 'conversation.read',
      title: 'list.command.read',
      group: 'conversation',
      icon: MailOpen,
      keys: ['Shift+i'],
      when: some,
      run: (argument) => mark(targets(argument as Argument), true),
    },
    {
      id: 'conversation.unread',
      title: 'list.command.unread',
      group: 'conversation',
      icon: Mail,
      keys: ['Shift+u'],
      when: some,
      run: (argument) => mark(targets(argument as Argument), false),
    },
  ]
}
