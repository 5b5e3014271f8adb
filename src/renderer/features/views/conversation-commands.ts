import {
  AlarmClock,
  CircleCheck,
  FolderInput,
  Mail,
  MailOpen,
  RotateCcw,
  SkipForward,
  Undo2,
  UserPlus,
  UserRoundCheck,
} from '@lucide/vue'
import type { InboxId, TeamId, ThreadId, UserId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import type { Command } from '@/shell/commands.ts'
import { pick } from '@/shell/pick.ts'
import { router } from '@/shell/router.ts'
import { snoozeChoices, type SnoozeUntil } from '@/shell/snooze-times.ts'
import { doAll, targetsOf } from '@/stores/do-all.ts'
import { useSelectionStore } from '@/stores/selection.ts'
import { useSessionStore } from '@/stores/session.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { canUndo, undoLast } from '@/stores/undoable.ts'
import { fullTime } from '@/ui/time.ts'
import { askTime } from './ask-time.ts'

type Argument =
  | {
      ids?: readonly ThreadId[]
      /** What is left out stays; null takes it from them. */
      assigneeId?: UserId | null
      teamId?: TeamId | null
      /** `keep` closes only the conversation, not its ticket (D7). */
      ticket?: 'close' | 'keep'
      /** Until when it is snoozed; null ends that. */
      until?: SnoozeUntil | null
      /** Where to; asked for when it is left out. */
      inboxId?: InboxId
      /** The inbox that all of them are in. */
      from?: InboxId | null
    }
  | undefined
type Assignment = { assigneeId?: UserId | null; teamId?: TeamId | null }

/** Those that were named, or else the ones chosen, open, or under the keyboard. */
const targets = (argument: Argument): ThreadId[] => targetsOf(argument?.ids)

const close = (ids: ThreadId[], ticket: 'close' | 'keep' = 'close'): Promise<void> =>
  doAll(
    ids,
    (part) => rpc.threads.close({ ids: part, ticket }),
    (n) => t('list.done.closed', { n }, n),
  )

const reopen = (ids: ThreadId[]): Promise<void> =>
  doAll(
    ids,
    (part) => rpc.threads.reopen({ ids: part }),
    (n) => t('list.done.reopened', { n }, n),
  )

async function assign(ids: ThreadId[], to: Assignment): Promise<void> {
  const session = useSessionStore()
  const name = session.user(to.assigneeId ?? null)?.name ?? session.team(to.teamId ?? null)?.name
  await doAll(
    ids,
    (part) => rpc.threads.assign({ ids: part, ...to }),
    (n) => (name ? t('list.done.assigned', { n, name }, n) : t('list.done.unassigned', { n }, n)),
  )
}

/** Asks where to, among the inboxes where the user may act. Undefined when they turned away. */
async function askInbox(ids: readonly ThreadId[], now: InboxId | null): Promise<InboxId | undefined> {
  const others = useSessionStore().inboxes.filter(({ id, canAct }) => canAct && id !== now)
  if (ids.length > 0 && others.length > 0) {
    return await pick<InboxId>({
      title: t('list.move.title', { n: ids.length }, ids.length),
      options: others.map(({ id, name }) => ({ value: id, label: name })),
    })
  }
  useToastsStore().show(t('list.move.nowhere'), { transient: true })
  return undefined
}

/** Moves them to an inbox, or to the one that the user then chooses (D8). `from` is where all of them are. */
async function move(ids: ThreadId[], to?: InboxId, from: InboxId | null = null): Promise<void> {
  const inboxId = to ?? (await askInbox(ids, from))
  if (!inboxId) return
  const name = useSessionStore().inbox(inboxId)?.name ?? ''
  await doAll(
    ids,
    (part) => rpc.threads.move({ ids: part, inboxId }),
    (n) => t('list.done.moved', { n, name }, n),
  )
}

/** Asks until when, by keyboard. Undefined when the user turned away. */
const askSnooze = (): Promise<SnoozeUntil | undefined> =>
  pick<SnoozeUntil>({
    title: t('list.snooze.title'),
    options: snoozeChoices().map(({ until, label, detail }) => ({
      value: until,
      label,
      ...(detail && { detail }),
    })),
  })

/** Puts conversations away until a time or an answer; null brings them back. */
async function snooze(ids: ThreadId[], chosen: SnoozeUntil | null | undefined): Promise<void> {
  const until = chosen === 'ask' ? await askTime() : chosen
  if (until === undefined) return
  await doAll(
    ids,
    (part) => rpc.threads.snooze({ ids: part, until }),
    (n) => {
      if (until === null) return t('list.done.woken', { n }, n)
      if (until === 'reply') return t('list.done.snoozedReply', { n }, n)
      return t('list.done.snoozed', { n, time: fullTime(until) }, n)
    },
  )
}

/**
 * The button of the menu for what is chosen, or else open, so that the key opens what the pointer would. Null where
 * there is none on screen, as for the row under the keyboard.
 */
function snoozeButton(): HTMLElement | null {
  const { chosen, open } = useSelectionStore()
  if (chosen.size > 0) return document.querySelector('[data-snooze="chosen"]')
  return open === null ? null : document.querySelector('[data-snooze="open"]')
}

const mark = (ids: ThreadId[], read: boolean): Promise<void> =>
  doAll(
    ids,
    (part) => rpc.threads.markRead({ ids: part, read }),
    (n) => t(read ? 'list.done.read' : 'list.done.unread', { n }, n),
  )

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
      id: 'conversation.move',
      title: 'list.command.move',
      group: 'conversation',
      icon: FolderInput,
      keys: ['v'],
      when: some,
      run: (argument) => {
        const given = argument as Argument
        return move(targets(given), given?.inboxId, given?.from)
      },
    },
    {
      id: 'conversation.snooze',
      title: 'list.command.snooze',
      group: 'conversation',
      icon: AlarmClock,
      keys: ['b'],
      when: some,
      async run(argument) {
        const given = argument as Argument
        const ids = targets(given)
        const button = given ? null : snoozeButton()
        if (button) button.click()
        else await snooze(ids, given?.until === undefined ? await askSnooze() : given.until)
      },
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
      id: 'app.undo',
      title: 'list.command.undo',
      group: 'app',
      icon: Undo2,
      keys: ['z'],
      when: canUndo,
      run: undoLast,
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
