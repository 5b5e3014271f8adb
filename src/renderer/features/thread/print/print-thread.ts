import type { MessageId, ThreadId } from '@contract/ids.ts'
import type { MessageView } from '@contract/messages.ts'
import type { ThreadItemView } from '@contract/threads.ts'
import { host } from '@/host/index.ts'
import { t } from '@/i18n.ts'
import { rpc } from '@/rpc/client.ts'
import { useToastsStore } from '@/stores/toasts.ts'
import { fullTime } from '@/ui/time.ts'
import { printDocument, type PrintedMessage } from './print-document.ts'

/** Bodies that are asked for at a time. */
const AT_ONCE = 6
/** Messages from which on it takes long enough to say so. */
const MANY = 30
/** How long a picture may take to come, in ms; without it the rest is printed. */
const PICTURES_MS = 5_000

const messagesOf = (items: readonly ThreadItemView[]): MessageView[] =>
  items.flatMap((item) => (item.type === 'message' ? [item.message] : []))

/** All messages of a conversation, oldest first. Comments are the team's own and stay out. */
async function messagesOfThread(id: ThreadId): Promise<{ subject: string; messages: MessageView[] }> {
  const thread = await rpc.threads.get({ id })
  let messages = messagesOf(thread.items)
  let cursor = thread.olderCursor
  while (cursor !== null) {
    const older = await rpc.threads.items({ id, cursor, limit: 200 })
    messages = [...messagesOf(older.items), ...messages]
    cursor = older.olderCursor
  }
  return { subject: thread.subject, messages }
}

async function withBodies(messages: readonly MessageView[]): Promise<PrintedMessage[]> {
  const printed: PrintedMessage[] = []
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const part = messages.slice(from, from + AT_ONCE)
    const bodies = await Promise.all(
      part.map(({ id }) => rpc.messages.body({ id: id as MessageId, whole: true })),
    )
    part.forEach((message, i) => printed.push({ message, body: bodies[i]! }))
  }
  return printed
}

/** A conversation as a document to be printed, and what it is called. */
async function documentOf(id: ThreadId): Promise<{ html: string; subject: string }> {
  const { subject, messages } = await messagesOfThread(id)
  const close =
    messages.length > MANY
      ? useToastsStore().show(t('passOn.preparing', { n: messages.length }), { stays: 0 })
      : null
  try {
    const html = printDocument(subject, await withBodies(messages), {
      noSubject: t('thread.noSubject'),
      to: t('passOn.paper.to'),
      cc: t('passOn.paper.cc'),
      files: t('passOn.paper.files'),
      facts: t('passOn.paper.facts', { n: messages.length, time: fullTime(Date.now()) }, messages.length),
      time: fullTime,
      fileUrl: (path) => host.fileUrl(path),
    })
    return { html, subject }
  } finally {
    close?.()
  }
}

/** Shows the document nowhere but on paper: in a frame of its own, without scripts, whose window is printed. */
async function printHtml(html: string, label: string): Promise<void> {
  document.querySelector('iframe[data-print]')?.remove()
  const frame = document.createElement('iframe')
  frame.dataset['print'] = ''
  frame.title = label
  frame.tabIndex = -1
  frame.setAttribute('aria-hidden', 'true')
  // `allow-modals` is what printing needs; nothing in it can run and ask for one.
  frame.setAttribute('sandbox', 'allow-same-origin allow-modals')
  frame.style.cssText = 'position: fixed; left: -10000px; top: 0; width: 800px; height: 600px; border: 0'
  frame.srcdoc = html
  const loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }))
  document.body.append(frame)
  await loaded
  const pictures = [...(frame.contentDocument?.querySelectorAll('.mail') ?? [])].flatMap((mail) => [
    ...(mail.shadowRoot?.querySelectorAll('img') ?? []),
  ])
  await Promise.race([
    Promise.all(pictures.map((picture) => picture.src && picture.decode().catch(() => undefined))),
    new Promise((done) => setTimeout(done, PICTURES_MS)),
  ])
  const paper = frame.contentWindow
  if (!paper) return
  paper.addEventListener('afterprint', () => frame.remove(), { once: true })
  paper.focus()
  paper.print()
}

/** Prints a whole conversation by the system's dialog, where it can also be saved as PDF. */
export async function printThread(id: ThreadId): Promise<void> {
  const { html, subject } = await documentOf(id)
  await printHtml(html, subject || t('thread.noSubject'))
}

/** Saves a whole conversation as PDF, where the shell can write one by itself. */
export async function savePdf(id: ThreadId): Promise<void> {
  if (!host.savePdf) return printThread(id)
  const { html, subject } = await documentOf(id)
  const result = await host.savePdf({ html, name: subject || t('thread.noSubject') })
  if (result === 'saved') useToastsStore().show(t('passOn.pdfSaved'), { transient: true })
  else if (result === 'unavailable') useToastsStore().show(t('passOn.pdfFailed'), { tone: 'danger' })
}
