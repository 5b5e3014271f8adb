import { ORPCError } from '@orpc/client'
import type { OutboxItemView } from '@contract/composing.ts'
import type { MessageId, OutboxId } from '@contract/ids.ts'
import { t } from '@/i18n.ts'
import { ConnectionLostError, rpc } from '@/rpc/client.ts'
import { openConnection } from '@/rpc/connection.ts'
import { runCommand } from '@/shell/commands.ts'
import { usePreferencesStore } from '@/stores/preferences.ts'
import { reportError } from '@/stores/report.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { keepUndo } from '@/stores/undoable.ts'
import { onOutboxChange } from './outbox-watch.ts'
import { useComposersStore } from './store.ts'
import type { OpenComposer } from './store.ts'

export type SendOptions = {
  closeThread?: boolean
  sendAt?: number
  /** The newest of what came into the conversation since the draft was begun that the writer was shown (D6). */
  seen?: MessageId
  /** Unfilled tokens were asked about. */
  withTokens?: boolean
  /** Put back to a draft when somebody answers before it is due. */
  onlyIfQuiet?: boolean
}

/** A time as people say it: the hour today, day and hour otherwise. */
export function spokenTime(ms: number, now = Date.now()): string {
  const sameDay = new Date(ms).toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(
    undefined,
    sameDay ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' },
  ).format(ms)
}

/**
 * Hands a draft over to the outbox and tells the user how it goes. The composer goes away once the engine
 * has it; on failure it stays as it is. Answers whether it was handed over.
 */
export async function sendDraft(composer: OpenComposer, options: SendOptions): Promise<boolean> {
  const { session } = composer
  const undoSeconds = usePreferencesStore().undoSeconds
  const version = await session.saver.flush()
  try {
    const { outboxId, releaseAt } = await rpc.drafts.send({
      id: session.id,
      version,
      undoSeconds,
      closeThread: options.closeThread ?? false,
      ...(options.sendAt !== undefined && { sendAt: options.sendAt }),
      ...(options.seen !== undefined && { seen: options.seen }),
      withTokens: options.withTokens ?? false,
      onlyIfQuiet: options.onlyIfQuiet ?? false,
    })
    useComposersStore().end(composer)
    tell(outboxId, releaseAt, options.sendAt !== undefined, options.onlyIfQuiet ?? false)
    return true
  } catch (error) {
    if (error instanceof ConnectionLostError && error.sent) return await clearUp(composer)
    throw error
  }
}

/** The answer to a send was lost: the draft itself tells whether it was handed over. */
async function clearUp(composer: OpenComposer): Promise<boolean> {
  const toasts = useToastsStore()
  const close = toasts.show(t('composer.send.unclear'), { stays: 0 })
  try {
    await openConnection()
    await rpc.drafts.get({ id: composer.session.id })
    toasts.show(t('composer.send.notHanded'), { tone: 'danger' })
    return false
  } catch (error) {
    // CONFLICT: it waits in the outbox. NOT_FOUND: it has left already.
    if (!(error instanceof ORPCError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT')))
      throw error
    useComposersStore().end(composer)
    toasts.show(t('composer.send.handed'))
    return true
  } finally {
    close()
  }
}

/** The most that a timer can wait, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1

/** "Sending in 10 s", with Undo, until it leaves; then what became of it. */
function tell(id: OutboxId, releaseAt: number, scheduled: boolean, onlyIfQuiet: boolean): void {
  const toasts = useToastsStore()
  const wait = Math.max(0, releaseAt - Date.now())
  const seconds = Math.round(wait / 1000)
  const text = scheduled
    ? t(onlyIfQuiet ? 'composer.later.scheduledIfQuiet' : 'composer.send.scheduled', {
        time: spokenTime(releaseAt),
      })
    : seconds > 0
      ? t('composer.send.sending', { n: seconds })
      : t('composer.send.sendingNow')
  const held = scheduled || seconds > 0
  const forget = held ? keepUndo(() => undoSend(id)) : () => {}
  const undo = {
    label: t('composer.send.undo'),
    run: async () => {
      forget()
      await undoSend(id)
    },
  }
  // The button goes when it can no longer keep its promise.
  const close = toasts.show(text, {
    stays: 0,
    ...(held && { action: undo }),
    ...(!scheduled &&
      seconds > 0 && { countdown: { until: releaseAt, text: (n) => t('composer.send.sending', { n }) } }),
  })
  setTimeout(close, scheduled ? 12_000 : Math.max(wait, 2000))
  setTimeout(forget, Math.min(wait, LONGEST_TIMER))
  follow(id, releaseAt, scheduled, () => {
    forget()
    close()
  })
}

/**
 * Says once how a sending ended; `gone` is called as soon as it no longer waits (sent at once, or taken back,
 * wherever that was done). A long one is left to the Outbox view.
 */
function follow(id: OutboxId, releaseAt: number, scheduled: boolean, gone: () => void): void {
  const until = releaseAt + 120_000
  const stop = onOutboxChange(async (ids) => {
    if (Date.now() > until) return stop()
    if (ids !== null && !ids.includes(id)) return
    // Taken back or discarded: there is nothing to say.
    const item = await rpc.outbox.get({ id }).catch(() => null)
    const waits = item?.delivery.state === 'held' || item?.delivery.state === 'queued'
    if (!waits || item.releaseAt < releaseAt) gone()
    if (!item) return stop()
    // Of one that was meant for later, the Outbox tells.
    if (scheduled ? !waits : announce(item)) stop()
  })
}

const told = new Set<string>()

function announce(item: OutboxItemView): boolean {
  const toasts = useToastsStore()
  const { state, serverText } = item.delivery
  const details = {
    label: t('composer.send.details'),
    run: async () => void (await runCommand('outbox.open', item.id)),
  }
  const words = {
    sent: () => toasts.show(t('composer.send.sent'), { tone: 'success' }),
    partly_sent: () => toasts.show(t('composer.send.partly'), { tone: 'danger', action: details }),
    failed: () =>
      toasts.show(t('composer.send.failed', { message: serverText ?? '' }), {
        tone: 'danger',
        action: details,
      }),
    unknown: () => toasts.show(t('composer.send.unknown'), { tone: 'danger', action: details }),
  }
  const say = words[state as keyof typeof words]
  if (!say) return false
  if (!told.has(item.id)) {
    told.add(item.id)
    say()
  }
  return true
}

/** Takes a message back out of the outbox and opens it as it was. */
export async function undoSend(id: OutboxId): Promise<void> {
  const composers = useComposersStore()
  const toasts = useToastsStore()
  try {
    const { draftId } = await rpc.outbox.undo({ id })
    await composers.openDraft(draftId)
    toasts.show(t('composer.send.undone'))
  } catch (error) {
    if (error instanceof ORPCError && error.code === 'CONFLICT')
      toasts.show(t('composer.send.undoLate'), { tone: 'danger' })
    else reportError(error)
  }
}
