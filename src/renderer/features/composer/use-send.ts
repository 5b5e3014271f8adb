import { computed, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { ORPCError } from '@orpc/client'
import type { DraftFactsView } from '@contract/composing.ts'
import type { MessageId } from '@contract/ids.ts'
import { ConnectionLostError, rpc } from '@/rpc/client.ts'
import { reportError } from '@/stores/report.ts'
import { useSendChecks } from '@/stores/send-checks.ts'
import { findings } from './checks/index.ts'
import { NOTHING_KNOWN, type CheckedMail, type Finding, type Place } from './checks/types.ts'
import { DraftNotSavedError } from './draft-saver.ts'
import { sendConcerns } from './send-checks.ts'
import type { SendConcern } from './send-checks.ts'
import { sendDraft } from './sending.ts'
import type { SendOptions } from './sending.ts'
import { useComposersStore } from './store.ts'
import type { OpenComposer } from './store.ts'

/** Settles when a reactive condition holds. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      condition,
      (holds) => {
        if (!holds) return
        queueMicrotask(() => stop())
        resolve()
      },
      { immediate: true },
    )
  })
}

/** Someone else's mail came in between the look and the sending (D6). */
const isNews = (error: unknown): boolean =>
  error instanceof ORPCError &&
  error.code === 'CONFLICT' &&
  (error.data as { field?: string } | undefined)?.field === 'news'

/** What the dialog "Before you send" shows. */
export type Doubts = {
  findings: readonly Finding[]
  news: DraftFactsView['news']
  answer: (goOn: boolean) => void
}

/**
 * Sending with its checks: what stops a mail is listed until it is put right, what only looks wrong is
 * asked about once.
 * @param focus  takes the writer to what is wrong, once the dialog is gone
 */
export function useSend(
  composer: OpenComposer,
  body: () => Pick<CheckedMail, 'hasImage' | 'tooLarge'>,
  focus: (place: Place) => void,
) {
  const { t } = useI18n()
  const { session } = composer
  const sending = ref(false)
  const stopping = shallowRef<SendConcern[]>([])

  const waiting = ref(false)
  const isUploading = () => [...session.uploads.values()].some(({ state }) => state === 'running')
  const isOpen = () => useComposersStore().open.includes(composer)

  const checks = useSendChecks()
  const doubts = shallowRef<Doubts | null>(null)
  /** What the writer was shown of what came in meanwhile. */
  let shown: MessageId | undefined

  const look = () =>
    sendConcerns({
      to: session.fields.to,
      cc: session.fields.cc,
      bcc: session.fields.bcc,
      uploads: [...session.uploads.values()].map(({ name, state }) => ({ name, state })),
    })

  function mailNow(): CheckedMail {
    const { channelId, to, cc, bcc, subject, html } = session.fields
    const { hasImage, tooLarge } = body()
    return {
      channelId,
      to,
      cc,
      bcc,
      subject,
      text: ownText(html),
      hasImage,
      hasQuote: session.quotedHtml !== '',
      // A picture in the text is what "see the attached picture" means, too.
      attachmentCount: session.attachments.value.filter(({ inline }) => !inline).length + Number(hasImage),
      tooLarge,
    }
  }

  async function factsOf({ to, cc, bcc }: CheckedMail): Promise<DraftFactsView> {
    try {
      return await rpc.drafts.facts({
        id: session.id,
        channelId: session.fields.channelId,
        recipients: [...to, ...cc, ...bcc].map(({ address }) => address),
        log: session.fields.log ?? false,
      })
    } catch (error) {
      // Without a connection the sending itself says so.
      if (error instanceof ConnectionLostError) return NOTHING_KNOWN
      throw error
    }
  }

  /** Asks about what looks wrong. Null when the writer goes back to the mail. */
  async function askAbout(): Promise<{ seen?: MessageId } | null> {
    const mail = mailNow()
    const facts = await factsOf(mail)
    const newest = facts.news[0]?.id
    const known = newest === shown ? { ...facts, news: [] } : facts
    const found = findings(mail, known, checks.isOn)
    // Where that check is off, mail that comes in meanwhile stops nothing.
    const seen = newest === undefined ? {} : { seen: newest }
    const [first] = found
    if (!first) return seen
    const goOn = await new Promise<boolean>((resolve) => {
      doubts.value = { findings: found, news: known.news, answer: resolve }
    })
    doubts.value = null
    shown = newest
    if (goOn) return seen
    setTimeout(() => focus(first.place), 0)
    return null
  }

  const wordsOf = (concern: SendConcern): string => {
    switch (concern.kind) {
      case 'invalid_recipient':
        return t(
          'composer.check.invalid_recipient',
          { addresses: concern.addresses.join(', ') },
          concern.addresses.length,
        )
      case 'uploading':
        return t('composer.check.uploading', concern.count)
      case 'upload_failed':
        return t('composer.check.upload_failed', { names: concern.names.join(', ') })
      default:
        return t(`composer.check.${concern.kind}`)
    }
  }

  // What was put right goes away by itself; nothing new is complained about while writing.
  watch(
    [
      () => session.fields.to,
      () => session.fields.cc,
      () => session.fields.bcc,
      () => session.fields.subject,
      () => session.fields.html,
      () => [...session.uploads.values()].map(({ state }) => state),
    ],
    () => {
      if (stopping.value.length === 0) return
      const now = look()
      stopping.value = now.filter(({ kind }) => stopping.value.some((before) => before.kind === kind))
    },
  )

  async function send(options: SendOptions): Promise<void> {
    if (sending.value || waiting.value) return
    if (isUploading()) {
      // The mail goes when its files are there; cancelling one ends the wait for it.
      waiting.value = true
      await until(() => !isUploading())
      waiting.value = false
      if (!isOpen()) return
    }
    stopping.value = look()
    if (stopping.value.length > 0) return
    sending.value = true
    try {
      await sendChecked(options)
    } catch (error) {
      // Not saved: the composer says so itself, in words, with what to do.
      if (!(error instanceof DraftNotSavedError)) reportError(error)
    } finally {
      sending.value = false
    }
  }

  async function sendChecked(options: SendOptions): Promise<void> {
    const agreed = await askAbout()
    if (!agreed || !isOpen()) return
    try {
      // Whoever was asked about unfilled tokens, or never wants to be, sends them knowing.
      await sendDraft(composer, { ...options, ...agreed, withTokens: true })
    } catch (error) {
      if (!isNews(error)) throw error
      await sendChecked(options)
    }
  }

  return {
    sending: computed(() => sending.value || waiting.value),
    /** What is asked before this mail leaves; null while nothing is. */
    doubts,
    /** True while a mail that was sent off waits for its files. */
    waiting,
    send,
    /** What stops the mail, in words. */
    concerns: computed(() =>
      stopping.value.map((concern) => ({ kind: concern.kind, text: wordsOf(concern) })),
    ),
  }
}

/** The text of a mail without what it quotes. */
function ownText(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  for (const quote of body.querySelectorAll('blockquote')) quote.remove()
  // Without a space the last word of a paragraph would run into the next one.
  for (const block of body.querySelectorAll('p, div, li, br, td, th, h1, h2, h3, h4, pre')) block.append('\n')
  for (const br of body.querySelectorAll('br')) br.replaceWith('\n')
  return body.textContent ?? ''
}
