import { Forward, PenLine, Reply, ReplyAll } from '@lucide/vue'
import type { DraftId, MessageId, OutboxId } from '@contract/ids.ts'
import { registerCommands } from '@/shell/commands.ts'
import { router } from '@/shell/router.ts'
import { fillSlot } from '@/shell/slots.ts'
import { reportError } from '@/stores/report.ts'
import { formCommands } from './composer-commands.ts'
import { preloadComposerForm } from './composer-form.ts'
import { hasRemembered } from './remembered.ts'

/** The id out of a command's argument: itself, or a field of an object. */
function idFrom<Id extends string>(argument: unknown, field: string): Id | null {
  if (typeof argument === 'string') return argument as Id
  const value = (argument as Record<string, unknown> | undefined)?.[field]
  return typeof value === 'string' ? (value as Id) : null
}

/** Loaded with the first use: the first screen does without it. */
const composers = async () => (await import('./store.ts')).useComposersStore()

/** A new mail from a mailto: link (fault 66: it fills in, nothing more); without a usable link an empty one. */
async function openMailto(link: string): Promise<void> {
  const { readMailto } = await import('./mailto.ts')
  await (await composers()).openNew(readMailto(link) ?? undefined)
}

/** Writing mail: the dock, the answer in the conversation, and the commands that open them. */
export function register(): void {
  fillSlot('composers', () => import('./ComposerDock.vue'))
  fillSlot('reply', () => import('./TeammateDrafts.vue'), -1)
  fillSlot('reply', () => import('./ReplySlot.vue'))
  fillSlot('draft', () => import('./DraftWindow.vue'))
  fillSlot('layers', () => import('./ReturnedWatch.vue'))
  fillSlot('textEditor', () => import('./editor/TextEditor.vue'))

  const answer = (mode: 'reply' | 'reply_all' | 'forward') => async (argument: unknown) => {
    const id = idFrom<MessageId>(argument, 'messageId')
    if (!id) return
    // Its place in the conversation first: whoever is quicker than that would find the answer docked beside it.
    const [store] = await Promise.all([composers(), import('./ReplySlot.vue')])
    await store.answer(mode, id)
  }
  registerCommands(
    ...formCommands(),
    {
      id: 'composer.new',
      title: 'composer.compose',
      group: 'compose',
      icon: PenLine,
      keys: ['c'],
      run: async () => (await composers()).openNew(),
    },
    // With the id of a message; the conversation binds the keys, because it knows which message is meant.
    {
      id: 'composer.reply',
      title: 'composer.title.reply',
      group: 'conversation',
      icon: Reply,
      hidden: true,
      run: answer('reply'),
    },
    {
      id: 'composer.replyAll',
      title: 'composer.title.reply_all',
      group: 'conversation',
      icon: ReplyAll,
      hidden: true,
      run: answer('reply_all'),
    },
    {
      id: 'composer.forward',
      title: 'composer.title.forward',
      group: 'conversation',
      icon: Forward,
      hidden: true,
      run: answer('forward'),
    },
    {
      id: 'composer.answer',
      title: 'composer.title.reply',
      group: 'conversation',
      hidden: true,
      run: async (argument) => {
        const { mode, messageId } = (argument ?? {}) as { mode?: string; messageId?: string }
        if (messageId && (mode === 'reply' || mode === 'reply_all' || mode === 'forward'))
          await answer(mode)(messageId)
      },
    },
    {
      // For mailto: links in mail and from the system (fault 66: it fills in, nothing more).
      id: 'composer.mailto',
      title: 'composer.compose',
      group: 'compose',
      hidden: true,
      run: (argument) =>
        openMailto((typeof argument === 'string' ? argument : (argument as { url?: string })?.url) ?? ''),
    },
    {
      id: 'composer.openDraft',
      title: 'composer.dock',
      group: 'compose',
      hidden: true,
      run: async (argument) => {
        const id = idFrom<DraftId>(argument, 'draftId')
        if (id) await (await composers()).openDraft(id)
      },
    },
    {
      id: 'composer.undoSend',
      title: 'composer.send.undo',
      group: 'compose',
      hidden: true,
      run: async (argument) => {
        const id = idFrom<OutboxId>(argument, 'outboxId')
        if (id) await (await import('./sending.ts')).undoSend(id)
      },
    },
  )

  // A mailto: link, handed over by the system as a route of its own (fault 66: it fills in, nothing more).
  router.beforeEach((to) => {
    if (to.name !== 'compose') return true
    const link = to.query['mailto']
    void openMailto(typeof link === 'string' ? link : '').catch(reportError)
    return { path: '/', replace: true }
  })
  // Docked drafts come back after a reload of the window.
  if (hasRemembered()) void composers().then((store) => store.reopen(), reportError)
  preloadComposerForm()
}
