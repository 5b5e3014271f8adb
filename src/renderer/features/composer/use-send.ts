import { computed, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { confirm } from '@/shell/confirm.ts'
import { reportError } from '@/stores/report.ts'
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

/**
 * Sending with its checks: what stops a mail is listed until it is put right, what only looks wrong is
 * asked about once.
 */
export function useSend(composer: OpenComposer, body: () => { text: string; hasImage: boolean }) {
  const { t } = useI18n()
  const { session } = composer
  const sending = ref(false)
  const stopping = shallowRef<SendConcern[]>([])

  const waiting = ref(false)
  const isUploading = () => [...session.uploads.values()].some(({ state }) => state === 'running')
  const isOpen = () => useComposersStore().open.includes(composer)

  const look = () => {
    const own = body()
    return sendConcerns({
      to: session.fields.to,
      cc: session.fields.cc,
      bcc: session.fields.bcc,
      subject: session.fields.subject,
      ...own,
      hasQuote: session.quotedHtml !== '',
      // A picture in the text is what "see the attached picture" means, too.
      attachmentCount:
        session.attachments.value.filter(({ inline }) => !inline).length + Number(own.hasImage),
      uploads: [...session.uploads.values()].map(({ name, state }) => ({ name, state })),
    })
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
      case 'unfilled_token':
        return t(
          'composer.check.unfilled_token',
          { tokens: concern.tokens.map((token) => `{{ ${token} }}`).join(', ') },
          concern.tokens.length,
        )
      case 'missing_attachment':
        return t('composer.check.missing_attachment', { words: concern.words })
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
    const concerns = look()
    stopping.value = concerns.filter(({ level }) => level === 'stop')
    if (stopping.value.length > 0) return
    const doubts = concerns.filter(({ level }) => level === 'confirm')
    if (doubts.length > 0) {
      const yes = await confirm({
        title: t('composer.check.title'),
        text: doubts.map(wordsOf).join(' '),
        action: t('composer.check.send'),
      })
      if (!yes) return
    }
    sending.value = true
    try {
      await sendDraft(composer, options)
    } catch (error) {
      // Not saved: the composer says so itself, in words, with what to do.
      if (!(error instanceof DraftNotSavedError)) reportError(error)
    } finally {
      sending.value = false
    }
  }

  return {
    sending: computed(() => sending.value || waiting.value),
    /** True while a mail that was sent off waits for its files. */
    waiting,
    send,
    /** What stops the mail, in words. */
    concerns: computed(() =>
      stopping.value.map((concern) => ({ kind: concern.kind, text: wordsOf(concern) })),
    ),
  }
}
