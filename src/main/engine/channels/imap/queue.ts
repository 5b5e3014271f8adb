/**
 * Hands items from a producer to one consumer. `room` lets the producer wait before it asks the server for
 * more; nothing ever waits inside a response, because a stalled parser looks like a dead server.
 */
export class HandOver<T> {
  readonly #items: { item: T; weight: number }[] = []
  #head = 0
  #weight = 0
  #ended = false
  #error: unknown = null
  #abandoned = false
  #wakeConsumer: (() => void) | null = null
  #wakeProducer: (() => void) | null = null

  /** Weight of what waits for the consumer, as the producer counts it. */
  get weight(): number {
    return this.#weight
  }

  /** True once the consumer stopped: nothing more is wanted. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  push(item: T, weight = 1): void {
    if (this.#abandoned) return
    this.#items.push({ item, weight })
    this.#weight += weight
    this.#wakeConsumer?.()
  }

  /** No more items; with an error, the consumer gets it after what was pushed before. */
  end(error: unknown = null): void {
    this.#ended = true
    this.#error = error
    this.#wakeConsumer?.()
  }

  /** Resolves when at most `weight` waits, or the consumer is gone. */
  async room(weight: number): Promise<void> {
    while (this.#weight > weight && !this.#abandoned) {
      await new Promise<void>((resolve) => (this.#wakeProducer = resolve))
    }
  }

  /** What the consumer iterates over, once. Leaving the loop early abandons the rest. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const next = this.#items[this.#head]
        if (next) {
          this.#head += 1
          this.#weight -= next.weight
          // Shifting an array of many thousand items one by one would be quadratic.
          if (this.#head > 1024 || this.#head === this.#items.length) {
            this.#items.splice(0, this.#head)
            this.#head = 0
          }
          this.#wakeProducer?.()
          yield next.item
          continue
        }
        if (this.#ended) {
          if (this.#error !== null) throw this.#error
          return
        }
        await new Promise<void>((resolve) => (this.#wakeConsumer = resolve))
        this.#wakeConsumer = null
      }
    } finally {
      this.#abandoned = true
      this.#items.length = 0
      this.#weight = 0
      this.#wakeProducer?.()
    }
  }
}
