import type { ChannelDriver, FlagChange, MailSession, RemoteFolder, RemoteMessage } from '../types.ts'
import { sampleMailbox, type SampleMail } from './mailbox.ts'

/** Where the sample's mail would go; nothing leaves the machine. */
const KEPT = '250 2.0.0 Kept on this machine: the sample sends nothing.'

/** A mail server that is a story: read like any other, and answers to it stay here. */
class SampleSession implements MailSession {
  readonly canIdle = true
  readonly #mails: readonly SampleMail[]
  #folder = 'INBOX'

  constructor(mails: readonly SampleMail[]) {
    this.#mails = mails
  }

  #open(): SampleMail[] {
    return this.#mails.filter((mail) => mail.folder === this.#folder)
  }

  async listFolders(): Promise<RemoteFolder[]> {
    return [
      { path: 'INBOX', role: 'inbox', selectable: true },
      { path: 'Sent', role: 'sent', selectable: true },
    ]
  }

  async open(path: string) {
    this.#folder = path
    const mails = this.#open()
    return {
      path,
      uidValidity: '1',
      uidNext: (mails.at(-1)?.uid ?? 0) + 1,
      highestModseq: '1',
      exists: mails.length,
    }
  }

  async uids(range?: { from: number }): Promise<number[]> {
    return this.#open()
      .map((mail) => mail.uid)
      .filter((uid) => uid >= (range?.from ?? 1))
  }

  async *fetch(uids: readonly number[]): AsyncGenerator<RemoteMessage> {
    const wanted = new Set(uids)
    for (const { uid, raw, at, seen, answered } of this.#open()) {
      if (!wanted.has(uid)) continue
      yield { uid, flags: { seen, answered }, modseq: '1', internalDate: at, raw, size: raw.byteLength }
    }
  }

  // Flags live in the workspace alone: the story has no server to tell them to.
  async *flags(): AsyncGenerator<FlagChange> {
    yield* []
  }
  async vanishedSince(): Promise<number[]> {
    return []
  }
  async setFlags(): Promise<void> {
    await Promise.resolve()
  }
  async append(): Promise<{ uid: null }> {
    return { uid: null }
  }
  async findByMessageId(): Promise<number[]> {
    return []
  }
  async count(): Promise<number> {
    return 0
  }

  async waitForChange({ signal }: { signal: AbortSignal }): Promise<'aborted'> {
    if (!signal.aborted) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    }
    return 'aborted'
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }
}

/** The kind `sample`: mail from the story, answers kept on the machine. */
export const createSampleDriver = (clock: { now(): number } = Date): ChannelDriver => ({
  kind: 'sample',
  filesSentCopy: true,
  async connect(settings) {
    return new SampleSession(await sampleMailbox(settings.address, clock.now()))
  },
  transport() {
    return {
      async send(envelope, _raw, markers) {
        markers.beforeEndOfData()
        return { accepted: envelope.to, rejected: [], serverText: KEPT }
      },
      async close() {
        await Promise.resolve()
      },
    }
  },
})
