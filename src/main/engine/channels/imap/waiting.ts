import { problemOf } from '../problems.ts'
import type { ImapLink } from './link.ts'

/** Waits for what the server reports by itself: with IDLE (RFC 2177), else by asking with NOOP now and then. */
export class ChangeWatch {
  /** The server reported a change that nobody was told yet. */
  changed = false
  #wake: (() => void) | null = null
  #canIdle: boolean | null = null

  /** To be called when a change is reported. */
  readonly report = (): void => {
    this.changed = true
    this.#wake?.()
  }

  /** False once the server refused IDLE, whatever it promised. */
  canIdle(link: ImapLink): boolean {
    return this.#canIdle ?? link.has('IDLE')
  }

  async wait(
    link: ImapLink,
    options: { maxMs: number; signal: AbortSignal },
  ): Promise<'changed' | 'timeout' | 'aborted'> {
    const end = performance.now() + options.maxMs
    for (;;) {
      if (link.failure) throw link.failure
      if (options.signal.aborted) return 'aborted'
      if (this.changed) {
        this.changed = false
        return 'changed'
      }
      const left = end - performance.now()
      if (left <= 0) return 'timeout'
      const ms = Math.min(left, link.times.probe)
      if (this.canIdle(link)) await link.alone(() => this.#idle(link, ms, options.signal))
      else await this.#pause(link, ms, options.signal)
    }
  }

  /** One IDLE of at most `ms`; that it ends when asked to proves that the server is alive. */
  async #idle(link: ImapLink, ms: number, signal: AbortSignal): Promise<void> {
    if (this.changed || signal.aborted || link.wanted) return
    let accepted = false
    let wanted = false
    let sent = false
    // Silence is a failure only while an answer is due: the "+", and the OK after DONE.
    let dog = link.expectAnswer()
    const expectAnswer = () => {
      dog.stop()
      dog = link.expectAnswer()
    }
    const stop = () => {
      wanted = true
      if (!accepted || sent || link.failure) return
      sent = true
      expectAnswer()
      try {
        link.raw.write('DONE')
      } catch {
        // It refuses to write because the server said BYE or the socket is gone.
        link.fail(link.lost())
      }
    }
    link.interrupt = stop
    this.#wake = stop
    signal.addEventListener('abort', stop, { once: true })
    const timer = setTimeout(stop, ms)
    try {
      const answer = await link.raw.exec('IDLE', false, {
        onPlusTag: () => {
          accepted = true
          dog.stop()
          if (wanted) stop()
        },
      })
      answer.next()
    } catch (error) {
      if (link.failure) throw link.failure
      const status = (error as { responseStatus?: unknown }).responseStatus
      if (status !== 'NO' && status !== 'BAD') throw link.fail(link.lost())
      this.#canIdle = false
      link.log?.info(
        { host: link.host, problem: problemOf(error, link.context) },
        'IDLE was refused; polling',
      )
    } finally {
      dog.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      link.interrupt = null
      this.#wake = null
    }
  }

  /** Waits, then asks with NOOP, which brings what is new (RFC 9051 section 6.1.2). */
  async #pause(link: ImapLink, ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#wake = null
        resolve()
      }
      const timer = setTimeout(wake, ms)
      signal.addEventListener('abort', wake, { once: true })
      this.#wake = wake
    })
    if (signal.aborted || this.changed || link.failure) return
    await link.alone(() => link.exec('NOOP', []))
  }
}
