import { CircleCheck, Mail, MailOpen, RotateCcw, SkipForward, UserPlus, UserRoundCheck } from '@lucide/vue'
import type { InboxId, TeamId, ThreadId, UserId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { pick } from '@/shell/pick.ts'
import { router } from '@/shell/router.ts'
import { attempt } from '@/stores/report.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useToastsStore } from '@/stores/toasts.ts'

type Argument =
  | {
      ids?: readonly ThreadId[]
      /** What is left out stays; null takes it from them. */
      assigneeId?: UserId | null
      teamId?: TeamId | null
      /** `keep` closes only the conversation, not its ticket (D7). */
      ticket?: 'close' | 'keep'
    }
  | undefined
type Assignment = { assigneeId?: UserId | null; teamId?: TeamId | null }

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

async function close(ids: ThreadId[], ticket: 'close' | 'keep' = 'close'): Promise<void> {
  await inParts(ids, (part) => rpc.threads.close({ ids: part, ticket }))
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

async function assign(ids: ThreadId[], to: Assignment): Promise<void> {
  await inParts(ids, (part) => rpc.threads.assign({ ids: part, ...to }))
  useSelectionStore().clear()
  const session = useSessionStore()
  const name = session.user(to.assigneeId ?? null)?.name ?? session.team(to.teamId ?? null)?.name
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
async function askAssignee(): Promise<Assignment | undefined> {
  const session = useSessionStore()
  const picked = await pick<Assignment>({
    title: t('list.assign.title'),
    options: [
      ...session.activeUsers.map((user) => ({
        value: { assigneeId: user.id },
        label: user.id === session.me?.id ? t('list.assign.me', { name: user.name }) : user.name,
        detail: user.email,
      })),
      ...session.teams.map((team) => ({
        value: { teamId: team.id },
        label: team.name,
        detail: t('list.assign.team'),
      })),
      { value: { assigneeId: null, teamId: null }, label: t('list.assign.nobody') },
    ],
  })
  return picked
}

/** The part of an argument that says to whom. */
function assignmentOf({ assigneeId, teamId }: NonNullable<Argument>): Assignment {
  return { ...(assigneeId !== undefined && { assigneeId }), ...(teamId !== undefined && { teamId }) }
}

/** Opens the next conversation that nobody has taken, in the inbox on screen or in all (D5). */
async function nextUnassigned(): Promise<void> {
  const { params } = router.currentRoute.value
  const view = String(params['view'] ?? '')
  const inboxId = view.startsWith('inbox-') ? (view.slice('inbox-'.length) as InboxId) : undefined
  const afterId = useSelectionStore().open ?? undefined
  const { threadId } = await rpc.threads.nextUnassigned({
    ...(inboxId && { inboxId }),
    ...(afterId && { afterId }),
  })
  if (threadId === null) useToastsStore().show(t('list.nextUnassigned.none'), { transient: true })
  else await router.push(`/${inboxId ? view : 'unassigned'}/${threadId}`)
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
      run: (argument) => close(targets(argument as Argument), (argument as Argument)?.ticket),
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
        const asked = given?.assigneeId === undefined && given?.teamId === undefined
        const to = asked ? await askAssignee() : assignmentOf(given)
        if (to) await assign(ids, to)
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
        if (me) await assign(targets(argument as Argument), { assigneeId: me.id })
      },
    },
    {
      id: 'conversation.closeOnly',
      title: 'list.command.closeOnly',
      group: 'conversation',
      when: some,
      run: (argument) => close(targets(argument as Argument), 'keep'),
    },
    {
      id: 'conversation.nextUnassigned',
      title: 'list.command.nextUnassigned',
      group: 'go',
      icon: SkipForward,
      keys: ['g n'],
      run: nextUnassigned,
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
